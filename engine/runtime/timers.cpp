#include "engine/runtime/timers.hpp"

#include <algorithm>
#include <utility>

namespace hts::runtime::detail {

TimerId TimerQueue::set(SteadyTime due, Duration period, Callback callback, void* subject) {
  std::uint32_t at = 0;
  if (free_.empty()) {
    at = static_cast<std::uint32_t>(entries_.size());
    entries_.emplace_back();
  } else {
    at = free_.back();
    free_.pop_back();
  }
  Entry& entry = entries_[at];
  entry.period = period;
  entry.trace = current_trace();
  entry.subject = subject;
  entry.callback = std::move(callback);
  push(due, at);
  return {std::uint64_t{entry.generation} << 32 | at};
}

bool TimerQueue::is_set(TimerId id) const noexcept {
  const auto at = static_cast<std::uint32_t>(id.value);
  const auto generation = static_cast<std::uint32_t>(id.value >> 32);
  return generation != 0 && at < entries_.size() && entries_[at].generation == generation;
}

void* TimerQueue::subject_of(TimerId id) const noexcept {
  return is_set(id) ? entries_[static_cast<std::uint32_t>(id.value)].subject : nullptr;
}

bool TimerQueue::cancel(TimerId id) {
  if (!is_set(id)) return false;
  const Callback dying = free(static_cast<std::uint32_t>(id.value));
  ++dead_;
  if (dead_ > heap_.size() / 2) compact();
  return true;
}

void TimerQueue::clear() {
  // Without its last place, a heap is still one: what dies here may set timers.
  while (!heap_.empty()) {
    const Place place = heap_.back();
    heap_.pop_back();
    if (is_dead(place)) {
      --dead_;
    } else {
      const Callback dying = free(place.entry);
    }
  }
}

std::optional<SteadyTime> TimerQueue::next_due() {
  drop_dead_front();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().due;
}

bool TimerQueue::fire_one(SteadyTime now) {
  drop_dead_front();
  if (heap_.empty() || heap_.front().due > now) return false;
  const Place place = pop();
  const std::uint32_t at = place.entry;
  present_trace = entries_[at].trace;
  if (entries_[at].period == Duration::zero()) {
    Callback callback = free(at);
    callback();
    return true;
  }
  const Duration period = entries_[at].period;
  const auto missed = (now - place.due) / period;
  push(place.due + period * (missed + 1), at);
  // Outside of the entry while it runs: it may set timers (which moves entries) or cancel itself.
  Callback callback = std::move(entries_[at].callback);
  struct PutBack {
    TimerQueue& queue;
    const Place& place;
    Callback& callback;
    ~PutBack() {
      if (!queue.is_dead(place)) queue.entries_[place.entry].callback = std::move(callback);
    }
  } put_back{*this, place, callback};
  callback();
  return true;
}

void TimerQueue::push(SteadyTime due, std::uint32_t entry) {
  heap_.push_back({due, next_order_++, entry, entries_[entry].generation});
  std::push_heap(heap_.begin(), heap_.end());
}

TimerQueue::Place TimerQueue::pop() {
  std::pop_heap(heap_.begin(), heap_.end());
  const Place place = heap_.back();
  heap_.pop_back();
  return place;
}

void TimerQueue::drop_dead_front() {
  while (dead_ > 0 && is_dead(heap_.front())) {
    (void)pop();
    --dead_;
  }
}

void TimerQueue::compact() {
  std::erase_if(heap_, [this](const Place& place) { return is_dead(place); });
  std::make_heap(heap_.begin(), heap_.end());
  dead_ = 0;
}

Callback TimerQueue::free(std::uint32_t entry) {
  Callback callback = std::move(entries_[entry].callback);
  if (++entries_[entry].generation == 0) entries_[entry].generation = 1;
  free_.push_back(entry);
  return callback;
}

}  // namespace hts::runtime::detail
