#include "engine/runtime/turn.hpp"

#include <utility>

#include "engine/runtime/executor.hpp"
#include "engine/runtime/lane.hpp"

namespace hts::runtime::detail {

Turn::~Turn() {
  spill();
  current_ = before_;
  for (std::size_t i = 0; i < lanes_to_wake_; ++i) to_wake_.at(i)->wake();
}

bool Turn::wakes_later(Lane& lane) noexcept {
  // Sequenced actors have turns of their own inside of the visit.
  Turn* visit = this;
  while (visit->before_ != nullptr) visit = visit->before_;
  if (visit->queueing_ != Queueing::visiting || visit->lanes_to_wake_ == to_wake_.size()) {
    return false;
  }
  visit->to_wake_.at(visit->lanes_to_wake_++) = &lane;
  return true;
}

Task* Turn::next() noexcept {
  if (first_ == nullptr) return nullptr;
  // A task that handled nothing still costs something, or a chain of those would never end.
  const std::uint32_t used = batch_messages - messages_left + 1;
  turn_messages_left_ -= used < turn_messages_left_ ? used : turn_messages_left_;
  if (over_ || turn_messages_left_ == 0 ||
      (queueing_ == Queueing::inside && executor_.has_shared_work())) {
    spill();
    return nullptr;
  }
  Task* task = first_;
  first_ = task->next_in_turn;
  if (first_ == nullptr) last_ = nullptr;
  if (task->heavy) share_rest();
  messages_left = batch_messages;
  batch_began_ = {};
  return task;
}

void Turn::to_shared(Task& task) noexcept {
  executor_.schedule(task);
}

void Turn::share_rest() noexcept {
  Task* task = std::exchange(first_, nullptr);
  last_ = nullptr;
  while (task != nullptr) executor_.share(*std::exchange(task, task->next_in_turn));
}

void Turn::spill() noexcept {
  Task* task = std::exchange(first_, nullptr);
  last_ = nullptr;
  while (task != nullptr) executor_.schedule(*std::exchange(task, task->next_in_turn));
}

}  // namespace hts::runtime::detail
