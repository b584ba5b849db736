#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/runtime/callback.hpp"
#include "engine/runtime/clock.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::runtime {

/// Names one timer of one actor; never reused for another.
struct TimerId {
  std::uint64_t value = 0;  ///< 0: no timer
  friend bool operator==(TimerId, TimerId) = default;
};

namespace detail {

/// The timers of one actor, used on its turns only.
///
/// 1. Timers fire in order of their due time; those due at the same time in the order set.
/// 2. A cancelled timer never fires, even when it was due already; a timer may cancel itself.
/// 3. A repeating timer keeps its phase: it is due at start + n·period. Periods missed while the
///    actor was busy are skipped, never fired in a burst.
/// 4. A timer runs with the trace under which it was set. Whoever fires it restores the trace.
/// 5. Setting and cancelling are O(log n) of this actor's timers.
class TimerQueue {
 public:
  /// `period` zero: once.
  TimerId set(SteadyTime due, Duration period, Callback callback);
  /// False when there was no such timer any more.
  bool cancel(TimerId id);
  void clear();

  [[nodiscard]] std::optional<SteadyTime> next_due() const;
  /// Runs the first timer due at `now`. False when none is. What the callback throws is passed on,
  /// the timer being done (once) or set again (repeating).
  bool fire_one(SteadyTime now);

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size(); }

 private:
  struct Entry {
    SteadyTime due;
    Duration period{0};
    std::uint64_t order = 0;       // ties fire in the order set
    std::uint32_t generation = 1;  // of this place; part of the id
    std::uint32_t heap_at = 0;     // 1-based; 0: not set
    TraceId trace = 0;
    Callback callback;
  };

  [[nodiscard]] bool before(std::uint32_t a, std::uint32_t b) const noexcept;
  void sift_up(std::size_t at);
  void sift_down(std::size_t at);
  void place(std::size_t at, std::uint32_t entry) noexcept;
  void remove_from_heap(std::uint32_t entry);
  void free(std::uint32_t entry);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<std::uint32_t> heap_;
  std::uint64_t next_order_ = 0;
};

}  // namespace detail
}  // namespace hts::runtime
