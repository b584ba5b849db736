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
/// 5. Of n timers of this actor, setting one is O(log n), and so is firing one. Cancelling is O(1)
///    amortised: the callback dies at once, its place in the queue when it comes up or when more
///    than half of the places are dead. Setting and cancelling a million keeps memory for a
///    million.
class TimerQueue {
 public:
  /// `period` zero: once. `subject` is what the timer is about, for `subject_of`.
  TimerId set(SteadyTime due, Duration period, Callback callback, void* subject = nullptr);
  /// Null when there is no such timer any more.
  [[nodiscard]] void* subject_of(TimerId id) const noexcept;
  /// False when there was no such timer any more.
  bool cancel(TimerId id);
  void clear();

  [[nodiscard]] std::optional<SteadyTime> next_due();
  /// Runs the first timer due at `now`. False when none is. What the callback throws is passed on,
  /// the timer being done (once) or set again (repeating).
  bool fire_one(SteadyTime now);

  [[nodiscard]] std::size_t size() const noexcept { return heap_.size() - dead_; }

 private:
  /// What a timer does; reused for another when it is done.
  struct Entry {
    Duration period{0};
    std::uint32_t generation = 1;  // part of the id
    TraceId trace = 0;
    void* subject = nullptr;
    Callback callback;
  };
  /// When. Dead when its entry is of another generation.
  struct Place {
    SteadyTime due;
    std::uint64_t order = 0;  // ties fire in the order set
    std::uint32_t entry = 0;
    std::uint32_t generation = 0;

    /// For the heap, whose first is its greatest.
    friend bool operator<(const Place& a, const Place& b) noexcept {
      return a.due != b.due ? a.due > b.due : a.order > b.order;
    }
  };

  [[nodiscard]] bool is_set(TimerId id) const noexcept;
  [[nodiscard]] bool is_dead(const Place& place) const noexcept {
    return entries_[place.entry].generation != place.generation;
  }
  void push(SteadyTime due, std::uint32_t entry);
  Place pop();
  void drop_dead_front();
  void compact();
  /// The callback's end may set and cancel timers: it should come last.
  [[nodiscard]] Callback free(std::uint32_t entry);

  std::vector<Entry> entries_;
  std::vector<std::uint32_t> free_;
  std::vector<Place> heap_;
  std::size_t dead_ = 0;  // places in heap_
  std::uint64_t next_order_ = 0;
};

}  // namespace detail
}  // namespace hts::runtime
