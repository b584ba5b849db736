#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/simulation/referee.hpp"
#include "engine/ports/forwarding_job_store.hpp"

namespace hts::simulation {

/// What a job store has answered to everybody who uses it, and the rules that its answers must
/// keep: no lease is held twice at once, a token is given once, only the holder ends a job, the
/// queue keeps its bound. Outlives the store and the processes that use it. One thread.
class JobWatch {
 public:
  explicit JobWatch(Referee& referee) : referee_(referee) {}

  /// `queued`: jobs that wait after the batch, parts not counted.
  void transacted(const ports::JobBatch& batch, const ports::JobBatchResult& answer,
                  std::uint64_t queued);
  void changed(const std::vector<jobs::JobRecord>& records);
  /// From now on only these leases are known: what was under way when the store failed, or its
  /// machine died, may have happened or not.
  void learn_anew(const std::vector<jobs::JobRecord>& running);

  [[nodiscard]] std::uint64_t leases() const noexcept { return leases_; }
  [[nodiscard]] std::uint64_t lost_leases() const noexcept { return lost_leases_; }
  [[nodiscard]] std::uint64_t refused_ends() const noexcept { return refused_ends_; }

 private:
  void finished(const jobs::Finish& finish, jobs::FinishResult result);
  void claimed(const jobs::JobRecord& record, time::Timestamp now);
  void check_bound(const ports::JobBatch& batch, const ports::JobBatchResult& answer,
                   std::uint64_t queued);

  Referee& referee_;
  std::map<jobs::JobId, jobs::Lease> held_;
  std::map<jobs::JobId, std::uint64_t> last_token_;
  std::map<jobs::JobId, std::set<std::uint64_t>> ended_;  ///< tokens whose end was taken
  std::uint64_t leases_ = 0;
  std::uint64_t lost_leases_ = 0;
  std::uint64_t refused_ends_ = 0;
};

/// A job store as a process uses it, watched. `watch` and `store` outlive it.
class WatchedJobStore final : public ports::ForwardingJobStore {
 public:
  WatchedJobStore(ports::JobStore& store, JobWatch& watch)
      : ForwardingJobStore(store), store_(store), watch_(watch) {}

  result::Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override;
  result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                      time::Timestamp now) override {
    return watched(ForwardingJobStore::cancel(id, now));
  }
  result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                     time::Timestamp now) override {
    return watched(ForwardingJobStore::retry(id, now));
  }
  result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                       time::Timestamp now) override {
    return watched(ForwardingJobStore::release(worker, now));
  }

 private:
  result::Result<std::vector<jobs::JobRecord>> watched(
      result::Result<std::vector<jobs::JobRecord>> answer);

  ports::JobStore& store_;
  JobWatch& watch_;
};

/// Every job that the store keeps, parts with their wholes; without `request` and `output`.
[[nodiscard]] result::Result<std::vector<jobs::JobRecord>> all_jobs(
    ports::JobStore& store, std::optional<jobs::JobState> state = std::nullopt);

}  // namespace hts::simulation
