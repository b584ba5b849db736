#include "engine/runtime/simulation/manual_executor.hpp"

#include "engine/runtime/random.hpp"

namespace hts::runtime::simulation {
class ManualExecutor::ManualAlarm final : public detail::Alarm {
 public:
  ManualAlarm(Alarms& alarms, detail::AlarmTarget& target)
      : alarms_(alarms), at_(alarms.end()), target_(target) {}
  ~ManualAlarm() override { disarm(); }

  void set(SteadyTime when) override {
    disarm();
    at_ = alarms_.emplace(when, this);
    kept_alive_ = detail::Ref<detail::AlarmTarget>(&target_);
  }
  void disarm() noexcept override {
    if (at_ == alarms_.end()) return;
    alarms_.erase(at_);
    at_ = alarms_.end();
    kept_alive_ = {};
  }
  void ring() noexcept {
    const detail::Ref<detail::AlarmTarget> target = kept_alive_;
    disarm();
    target->ring();
  }

 private:
  Alarms& alarms_;
  Alarms::iterator at_;
  detail::AlarmTarget& target_;
  detail::Ref<detail::AlarmTarget> kept_alive_;
};

ManualExecutor::ManualExecutor(std::optional<std::uint64_t> order_seed, Timestamp start)
    : start_(start), order_state_(order_seed) {}

ManualExecutor::~ManualExecutor() = default;

std::unique_ptr<detail::Alarm> ManualExecutor::make_alarm(detail::AlarmTarget& target) {
  return std::make_unique<ManualAlarm>(alarms_, target);
}

std::optional<SteadyTime> ManualExecutor::next_alarm() const {
  if (alarms_.empty()) return std::nullopt;
  return alarms_.begin()->first;
}

bool ManualExecutor::step() {
  if (tasks_.empty()) return false;
  if (order_state_)
    std::swap(tasks_.front(), tasks_[detail::next_random(*order_state_) % tasks_.size()]);
  detail::Task* task = tasks_.front();
  tasks_.pop_front();
  detail::Turn turn(*this, detail::Turn::Queueing::shared);
  turn.messages_left = batch_messages_;
  task->run(turn);
  return true;
}

std::size_t ManualExecutor::run() {
  std::size_t steps = 0;
  while (step()) ++steps;
  return steps;
}

bool ManualExecutor::ring_next(SteadyTime until) {
  if (alarms_.empty() || alarms_.begin()->first > until) return false;
  const auto first = alarms_.begin();
  if (first->first > steady_now()) elapsed_ += first->first - steady_now();
  first->second->ring();
  return true;
}

void ManualExecutor::advance(Duration duration) {
  const SteadyTime until = steady_now() + duration;
  run();
  while (ring_next(until)) run();
  elapsed_ += until - steady_now();
}

bool ManualExecutor::wait(const std::function<bool()>& done, SteadyTime deadline) {
  while (!done()) {
    if (step() || ring_next(deadline)) continue;
    if (deadline != SteadyTime::max() && deadline > steady_now()) {
      elapsed_ += deadline - steady_now();
    }
    return done();
  }
  return true;
}

}  // namespace hts::runtime::simulation
