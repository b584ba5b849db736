#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/job_store.hpp"

namespace hts::ports {

/// Passes every call on to another store; a store that adds something to one overrides what it
/// changes. What is below outlives it. As thread-safe as that is.
class ForwardingJobStore : public JobStore {
 public:
  explicit ForwardingJobStore(JobStore& below) : below_(below) {}

  [[nodiscard]] result::Result<JobBatchResult> transact(const JobBatch& batch) override;
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  [[nodiscard]] result::Result<JobPage> list(const JobFilter& filter, std::uint64_t offset,
                                             std::uint64_t limit) override;
  [[nodiscard]] result::Result<JobCounts> counts() override;
  [[nodiscard]] result::Result<std::vector<std::string>> part_outputs(
      const jobs::JobId& whole) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                                    time::Timestamp now) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                                   time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> requeue_dead_letters(
      const std::optional<jobs::JobId>& id, time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> drop_dead_letters(
      const std::optional<jobs::JobId>& id) override;
  [[nodiscard]] result::Status set_paused(bool paused) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                                     time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                                       std::uint64_t most) override;
  void listen(std::function<void(const JobSignal&)> hear) override;

 private:
  JobStore& below_;
};

}  // namespace hts::ports
