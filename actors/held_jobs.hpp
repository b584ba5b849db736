#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "actors/messages.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/timers.hpp"

namespace hts::actors {

/// A lease: a job may be held twice when its first lease was lost while its work still runs.
struct HeldKey {
  jobs::JobId id;
  std::uint64_t token = 0;

  friend auto operator<=>(const HeldKey&, const HeldKey&) = default;
};

/// A job whose lease this process holds.
struct HeldJob {
  SharedJob job;
  std::shared_ptr<JobControl> control;
  bool is_running = false;  ///< else it waits for a worker
  std::size_t worker = 0;   ///< that of the desk's, while it runs
  runtime::SteadyTime started{};
  runtime::TimerId time_limit{};
  bool timed_out = false;
  bool cancel_requested = false;
  bool is_handed_back = false;  ///< cancelled before the store knew, or as the daemon stops
  bool is_lost = false;         ///< the lease is another's; what its work says counts nothing
  double announced = 0;         ///< the progress that was last told
};

/// The jobs whose leases this process holds: those that wait for a worker, highest priority first
/// and then in order of their claims, and those that run. One thread. O(log n) a call, adding O(n)
/// of those that wait.
class HeldJobs {
 public:
  void add(jobs::JobRecord record);

  [[nodiscard]] std::size_t size() const noexcept { return held_.size(); }
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }
  [[nodiscard]] std::size_t running() const noexcept { return held_.size() - waiting_.size(); }

  /// The next that waits, from now on running. Requires one.
  [[nodiscard]] std::pair<HeldKey, HeldJob*> start_next();
  /// Null when it is not held.
  [[nodiscard]] HeldJob* find(const HeldKey& key);
  /// Every lease on that job.
  [[nodiscard]] std::vector<HeldKey> keys_of(const jobs::JobId& id) const;
  void remove(const HeldKey& key);
  /// All that wait, no longer held.
  [[nodiscard]] std::vector<HeldKey> take_waiting();

  [[nodiscard]] const std::map<HeldKey, HeldJob>& all() const noexcept { return held_; }
  [[nodiscard]] std::map<HeldKey, HeldJob>& all() noexcept { return held_; }

 private:
  std::map<HeldKey, HeldJob> held_;
  std::deque<HeldKey> waiting_;
};

/// The progress of these, to be read in work on a lane: it is noted in a recorded run, and a replay
/// reads what was noted.
[[nodiscard]] std::vector<double> read_progress(
    std::span<const std::shared_ptr<JobControl>> controls);

}  // namespace hts::actors
