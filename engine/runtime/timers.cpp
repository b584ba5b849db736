#include "engine/runtime/timers.hpp"

#include <utility>

namespace hts::runtime::detail {

TimerId TimerQueue::set(SteadyTime due, Duration period, Callback callback) {
  std::uint32_t at = 0;
  if (free_.empty()) {
    at = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[at];
  entry.due = due;
  entry.period = period;
  entry.order = next_order_++;
  entry.trace = current_trace();
  entry.callback = std::move(callback);
  heap_.push_back(at);
  entry.heap_at = static_cast<std::uint32_t>(heap_.size());
  sift_up(heap_.size() - 1);
  return {std::uint64_t{entry.generation} << 32 | at};
}

bool TimerQueue::cancel(TimerId id) {
  const auto at = static_cast<std::uint32_t>(id.value);
  const auto generation = static_cast<std::uint32_t>(id.value >> 32);
  if (generation == 0 || at >= entries_.size() || entries_[at].generation != generation) {
    return false;
  }
  if (entries_[at].heap_at == 0) return false;
  remove_from_heap(at);
  free(at);
  return true;
}

void TimerQueue::clear() {
  while (!heap_.empty()) {
    const std::uint32_t at = heap_.back();
    remove_from_heap(at);
    free(at);
  }
}

std::optional<SteadyTime> TimerQueue::next_due() const {
  if (heap_.empty()) return std::nullopt;
  return entries_[heap_.front()].due;
}

bool TimerQueue::fire_one(SteadyTime now) {
  if (heap_.empty()) return false;
  const std::uint32_t at = heap_.front();
  if (entries_[at].due > now) return false;

  // Outside of the entry while it runs: it may set timers (which moves entries) or cancel itself.
  Callback callback = std::move(entries_[at].callback);
  present_trace = entries_[at].trace;
  if (entries_[at].period == Duration::zero()) {
    remove_from_heap(at);
    free(at);
    callback();
    return true;
  }
  Entry& entry = entries_[at];
  const auto missed = (now - entry.due) / entry.period;
  entry.due += entry.period * (missed + 1);
  entry.order = next_order_++;
  sift_down(0);
  const std::uint32_t generation = entry.generation;
  struct PutBack {
    TimerQueue& queue;
    std::uint32_t at;
    std::uint32_t generation;
    Callback& callback;
    ~PutBack() {
      Entry& entry = queue.entries_[at];
      if (entry.generation == generation) entry.callback = std::move(callback);
    }
  } put_back{*this, at, generation, callback};
  callback();
  return true;
}

bool TimerQueue::before(std::uint32_t a, std::uint32_t b) const noexcept {
  const Entry& x = entries_[a];
  const Entry& y = entries_[b];
  return x.due != y.due ? x.due < y.due : x.order < y.order;
}

void TimerQueue::place(std::size_t at, std::uint32_t entry) noexcept {
  heap_[at] = entry;
  entries_[entry].heap_at = static_cast<std::uint32_t>(at + 1);
}

void TimerQueue::sift_up(std::size_t at) {
  const std::uint32_t entry = heap_[at];
  while (at > 0 && before(entry, heap_[(at - 1) / 2])) {
    place(at, heap_[(at - 1) / 2]);
    at = (at - 1) / 2;
  }
  place(at, entry);
}

void TimerQueue::sift_down(std::size_t at) {
  const std::uint32_t entry = heap_[at];
  for (;;) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], entry)) break;
    place(at, heap_[child]);
    at = child;
  }
  place(at, entry);
}

void TimerQueue::remove_from_heap(std::uint32_t entry) {
  const std::size_t at = entries_[entry].heap_at - 1;
  entries_[entry].heap_at = 0;
  const std::uint32_t last = heap_.back();
  heap_.pop_back();
  if (last == entry) return;
  place(at, last);
  sift_up(at);
  sift_down(entries_[last].heap_at - 1);
}

void TimerQueue::free(std::uint32_t entry) {
  Callback dead = std::move(entries_[entry].callback);  // its end may set or cancel timers
  if (++entries_[entry].generation == 0) entries_[entry].generation = 1;
  free_.push_back(entry);
}

}  // namespace hts::runtime::detail
