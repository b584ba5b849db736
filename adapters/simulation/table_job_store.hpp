#pragma once

#include <memory>
#include <mutex>

#include "engine/jobs/job_table.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::simulation {

/// Jobs in memory: for tests, simulations and one-off commands. Copies are ways to the same jobs,
/// which live as long as one of them.
/// Thread-safe; calls take turns. Cost: lists and counts look at every job.
class TableJobStore final : public ports::JobStore {
 public:
  [[nodiscard]] result::Result<ports::JobBatchResult> transact(
      const ports::JobBatch& batch) override;
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  [[nodiscard]] result::Result<ports::JobPage> list(const ports::JobFilter& filter,
                                                    std::uint64_t offset,
                                                    std::uint64_t limit) override;
  [[nodiscard]] result::Result<ports::JobCounts> counts() override;
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

 private:
  [[nodiscard]] std::vector<jobs::JobRecord> records_of(const jobs::ChangedJobs& changed) const;
  template <class Change>
  result::Result<std::uint64_t> change_dead_letters(const std::optional<jobs::JobId>& id,
                                                    Change change);

  struct Shared {
    std::mutex mutex;
    jobs::JobTable table;
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
};

}  // namespace hts::simulation
