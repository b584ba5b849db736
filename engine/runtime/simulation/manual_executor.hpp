#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "engine/runtime/executor.hpp"

namespace hts::runtime::simulation {

/// Runs actors on the calling thread, in virtual time.
///
/// 1. Nothing happens but inside the calls below, on the caller's thread; not thread-safe.
/// 2. The clock moves only in `advance`, `spend` and `wait`: tests of time-outs take no time.
/// 3. Tasks run one at a time: first come, first served, or in an order drawn from a seed. Two
///    runs with the same seed and the same calls do the same things in the same order.
/// 4. Work for lanes runs as tasks too.
class ManualExecutor final : public detail::Executor {
 public:
  explicit ManualExecutor(std::optional<std::uint64_t> order_seed = std::nullopt,
                          Timestamp start = default_start);
  ~ManualExecutor() override;

  /// Runs one queued task. False when there was none.
  bool step();
  /// Runs tasks until none is queued, without moving the clock. Returns how many.
  std::size_t run();
  /// Moves the clock on by `duration`, ringing every alarm at its time and running all tasks
  /// before the clock moves on.
  void advance(Duration duration);

  /// Rings the first alarm due by `until`, moving the clock to it. False when there is none.
  bool ring_next(SteadyTime until);

  /// How long workers of lanes take; asked before and after each job. Empty: no time.
  void set_lane_latency(std::function<Duration()> draw) { draw_lane_latency_ = std::move(draw); }
  /// Messages a task may handle before others run, at most Turn::batch_messages.
  void set_batch(std::uint32_t messages) noexcept { batch_messages_ = messages; }

  /// Moves the clock and nothing else: inside a turn, a handler that takes its time.
  void spend(Duration duration) noexcept { elapsed_ += duration; }

  [[nodiscard]] std::size_t queued() const noexcept { return tasks_.size(); }
  [[nodiscard]] std::optional<SteadyTime> next_alarm() const;

  [[nodiscard]] Timestamp now() const noexcept override { return start_ + elapsed_; }
  [[nodiscard]] SteadyTime steady_now() const noexcept override {
    return SteadyTime(std::chrono::seconds{1}) + elapsed_;
  }
  void schedule(detail::Task& task) noexcept override { tasks_.push_back(&task); }
  void share(detail::Task& task) noexcept override { schedule(task); }
  [[nodiscard]] bool has_shared_work() const noexcept override { return !tasks_.empty(); }
  [[nodiscard]] std::unique_ptr<detail::Alarm> make_alarm(detail::AlarmTarget& target) override;
  [[nodiscard]] bool has_threads() const noexcept override { return false; }
  [[nodiscard]] Duration draw_lane_latency() noexcept override {
    return draw_lane_latency_ ? draw_lane_latency_() : Duration::zero();
  }
  void start() override {}
  void stop() noexcept override {}
  /// Runs tasks, and moves the clock from alarm to alarm when there are none.
  bool wait(const std::function<bool()>& done, SteadyTime deadline) override;
  void notify() noexcept override {}

  /// 2020-01-01T00:00:00Z.
  static constexpr Timestamp default_start{std::chrono::seconds{1'577'836'800}};

 private:
  class ManualAlarm;
  using Alarms = std::multimap<SteadyTime, ManualAlarm*>;  // equal times ring in the order set

  const Timestamp start_;
  Duration elapsed_{0};
  std::optional<std::uint64_t> order_state_;
  std::deque<detail::Task*> tasks_;
  Alarms alarms_;
  std::function<Duration()> draw_lane_latency_;
  std::uint32_t batch_messages_ = detail::Turn::batch_messages;
};

}  // namespace hts::runtime::simulation
