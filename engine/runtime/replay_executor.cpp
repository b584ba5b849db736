#include "engine/runtime/replay_executor.hpp"

#include <utility>

#include "engine/runtime/lane.hpp"

namespace hts::runtime {

/// Known as long as it exists, whether it is set or not: the record knows when it rang.
class ReplayExecutor::ReplayAlarm final : public detail::Alarm {
 public:
  ReplayAlarm(ReplayExecutor& executor, detail::AlarmTarget& target)
      : executor_(executor), owner_(target.alarm_owner()) {
    executor_.alarms_[owner_] = &target;
  }
  ~ReplayAlarm() override { executor_.alarms_.erase(owner_); }
  void set(SteadyTime) override {}
  void disarm() noexcept override {}

 private:
  ReplayExecutor& executor_;
  const std::uint64_t owner_;
};

ReplayExecutor::ReplayExecutor(OnCommand on_command) : on_command_(std::move(on_command)) {}

ReplayExecutor::~ReplayExecutor() = default;

std::unique_ptr<detail::Alarm> ReplayExecutor::make_alarm(detail::AlarmTarget& target) {
  return std::make_unique<ReplayAlarm>(*this, target);
}

ReplayExecutor::Played ReplayExecutor::play(const InputRecord& input, std::vector<PortCall> calls,
                                            const std::function<void()>& work) {
  Played played;
  turn_.now = input.now;
  turn_.steady_now = input.steady_now;
  playing_ = true;
  turn_.work(*this, [&] {
    switch (input.kind) {
      case InputRecord::Kind::start:
      case InputRecord::Kind::stray:
        break;
      case InputRecord::Kind::alarm:
        // The alarm of an actor that has ended since rings for nothing.
        if (const auto found = alarms_.find(input.subject); found != alarms_.end()) {
          found->second->ring();
        }
        break;
      case InputRecord::Kind::job:
        played = play_job(input, std::move(calls));
        break;
      case InputRecord::Kind::work:
        work();
        break;
    }
  });
  playing_ = false;
  return played;
}

ReplayExecutor::Played ReplayExecutor::play_job(const InputRecord& input,
                                                std::vector<PortCall> calls) {
  const auto found = jobs_.find(input.subject);
  if (found == jobs_.end()) return {.job_is_missing = true, .difference = std::nullopt};
  detail::LaneJob& job = *found->second;
  jobs_.erase(found);
  Played played;
  if (input.refusal != nullptr) {
    job.refuse(*input.refusal);
  } else {
    job.calls.begin_replay(std::move(calls));
    {
      const PortCalls::Scope scope(job.calls);
      job.work();
    }
    played.difference = job.calls.difference();
  }
  job.come_home();
  return played;
}

void ReplayExecutor::begin_job(detail::LaneJob& job) noexcept {
  job.number = ++turn_.jobs;
}

bool ReplayExecutor::keep_job(detail::LaneJob& job) noexcept {
  jobs_.emplace(job.number, &job);
  return true;
}

void ReplayExecutor::command(std::string_view name, std::string_view bytes) noexcept {
  if (playing_ && on_command_) on_command_(name, bytes);
}

void ReplayExecutor::stop() noexcept {
  while (!jobs_.empty()) {
    detail::LaneJob& job = *jobs_.begin()->second;
    jobs_.erase(jobs_.begin());
    job.refuse(result::make_error(result::ErrorCode::unavailable, "The replay has ended."));
    job.come_home();
  }
}

bool ReplayExecutor::wait(const std::function<bool()>& done, SteadyTime) {
  while (!done()) {
    if (!turn_.has_tasks()) return done();
    turn_.work(*this, [] {});
  }
  return true;
}

}  // namespace hts::runtime
