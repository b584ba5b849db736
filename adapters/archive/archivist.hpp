#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/jobs/job_record.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/result/result.hpp"

namespace hts::archive {

/// Jobs that ended, or may have, and are not in the history yet, as far as it is known.
struct ArchiveReadings {
  std::uint64_t waiting = 0;
  std::uint64_t bytes = 0;                ///< of the requests that are in memory
  std::optional<time::Timestamp> oldest;  ///< the first end among those in memory
};

/// Brings the jobs that have ended from their store into the history.
///
/// 1. What is told of (`changed`, `heard_of`) waits in memory, in the order of ids, each job once,
///    and is recorded in batches by `work`. What the history or the store refuses waits on.
/// 2. What an earlier process did not get to, or what waited when there was too much
///    (`most_waiting`), is found by a look through all ended jobs of the store: at the start, and
///    again on demand. Only those that the history lacks are recorded. A look costs a page of the
///    store and a question to the history for each job on it.
/// 3. Parts are no jobs of their own here.
///
/// Thread-safe; `work` by one thread at a time. Both stores outlive it.
class Archivist {
 public:
  static constexpr std::size_t most_waiting = 50'000;
  static constexpr std::size_t jobs_a_batch = 4'000;

  Archivist(ports::JobStore& jobs, ports::JobHistory& history) : jobs_(jobs), history_(history) {}

  /// Jobs that a worker of this process took, with request and lease: short ones are remembered
  /// until they end, so that the store need not be asked again.
  void claimed(const std::vector<jobs::JobRecord>& records);
  /// Durable states, as ports::JobBatchResult::changed has them. True: some of them wait now.
  bool changed(const std::vector<jobs::JobRecord>& records);
  /// Somebody changed it, nobody knows how.
  void heard_of(const jobs::JobId& id);
  /// Call before and after what may take jobs out of the list of those that ended: a look that is
  /// under way might step over another one then.
  void note_departure() noexcept { is_disturbed_ = true; }
  void look_through_again();

  enum class Step { idle, recorded, looked };
  /// Records a batch, or looks at a page. Errors: those of either store; nothing is lost by them.
  [[nodiscard]] result::Result<Step> work();

  [[nodiscard]] ArchiveReadings readings() const;
  [[nodiscard]] std::uint64_t waiting() const;
  /// Every job that finished before is in the history.
  [[nodiscard]] bool has_all_before(time::Timestamp finished) const;

 private:
  struct Waiting {
    std::map<jobs::JobId, ports::EndedJob> ended;
    std::set<jobs::JobId> unread;  ///< to be read in the store first
    [[nodiscard]] std::size_t size() const noexcept { return ended.size() + unread.size(); }
  };
  struct Origin {
    std::string request;
    std::string worker;
  };
  struct Look {
    std::size_t state = 0;  ///< in the order of the ended ones
    std::uint64_t offset = 0;
  };

  /// Requires the lock. False: no room.
  bool make_room();
  void take_batch();
  void put_back();
  [[nodiscard]] result::Status record_batch();
  [[nodiscard]] result::Status look_at_a_page(Look look);

  ports::JobStore& jobs_;
  ports::JobHistory& history_;
  std::atomic<bool> is_disturbed_ = false;
  mutable std::mutex mutex_;
  Waiting waiting_;
  Waiting under_way_;  ///< read without the lock by the thread that works
  std::map<jobs::JobId, Origin> origins_;
  std::optional<Look> look_ = Look{};
  bool looks_again_ = false;
};

}  // namespace hts::archive
