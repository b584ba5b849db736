#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/ports/job_store.hpp"

namespace hts::journal {

/// Jobs whose calls are part of the journal; see journaled_stores.hpp. What a store hears from
/// others enters as an input of its own. Thread-safe as the store below, which outlives it.
class JournaledJobStore final : public ports::JobStore {
 public:
  /// Null: only for replays.
  explicit JournaledJobStore(ports::JobStore* below) : below_(below) {}

  result::Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override;
  result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  result::Result<ports::JobPage> list(const ports::JobFilter& filter, std::uint64_t offset,
                                      std::uint64_t limit) override;
  result::Result<ports::JobCounts> counts() override;
  result::Result<std::vector<std::string>> part_outputs(const jobs::JobId& whole) override;
  result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                      time::Timestamp now) override;
  result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                     time::Timestamp now) override;
  result::Result<std::uint64_t> requeue_dead_letters(const std::optional<jobs::JobId>& id,
                                                     time::Timestamp now) override;
  result::Result<std::uint64_t> drop_dead_letters(const std::optional<jobs::JobId>& id) override;
  result::Status set_paused(bool paused) override;
  result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                       time::Timestamp now) override;
  result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                         std::uint64_t most) override;
  void listen(std::function<void(const ports::JobSignal&)> hear) override;

 private:
  ports::JobStore* below_;
};

}  // namespace hts::journal
