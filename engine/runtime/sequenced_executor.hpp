#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/runtime/cell.hpp"
#include "engine/runtime/executor.hpp"
#include "engine/runtime/input_turn.hpp"
#include "engine/runtime/log.hpp"
#include "engine/runtime/recorder.hpp"

namespace hts::runtime::detail {

/// Runs actors one input at a time on top of an executor that has the threads, the sockets and the
/// alarms (the machine). See Recorder.
///
/// 1. An input is a rung alarm, a lane job that comes home, or work from outside. Inputs from all
///    threads enter one queue; one task of the machine, the pump, takes them in order. Never two
///    threads run it at once.
/// 2. An input takes a number and the machine's time, the recorder is told, the input is run, then
///    every task that became ready, first in first out, until none is left.
/// 3. On the pump, now() and steady_now() are the input's. Turns count messages and look at no
///    clock.
/// 4. Observing work (Runtime::observe) has a turn like an input, and is not recorded: it must
///    change nothing that actors go by.
class SequencedExecutor final : public Executor, private Task {
 public:
  /// `recorder` may be null; otherwise it outlives this. `complain` gets what was not recorded,
  /// once. `wall_clock` may be empty: the machine's.
  SequencedExecutor(std::unique_ptr<Executor> machine, Recorder* recorder,
                    std::function<Timestamp()> wall_clock,
                    std::function<void(std::string_view)> complain);
  ~SequencedExecutor() override;

  [[nodiscard]] Timestamp now() const noexcept override;
  [[nodiscard]] SteadyTime steady_now() const noexcept override;
  [[nodiscard]] SteadyTime stopwatch() const noexcept override { return machine_->stopwatch(); }
  void schedule(Task& task) noexcept override;
  void share(Task& task) noexcept override { schedule(task); }
  [[nodiscard]] bool has_shared_work() const noexcept override { return false; }
  [[nodiscard]] std::unique_ptr<Alarm> make_alarm(AlarmTarget& target) override {
    return machine_->make_alarm(target);
  }
  [[nodiscard]] bool has_threads() const noexcept override { return machine_->has_threads(); }
  [[nodiscard]] Duration draw_lane_latency() noexcept override {
    return machine_->draw_lane_latency();
  }
  void start() override;
  /// From then on nothing is recorded.
  void stop() noexcept override;
  bool wait(const std::function<bool()>& done, SteadyTime deadline) override {
    return machine_->wait(done, deadline);
  }
  void notify() noexcept override { machine_->notify(); }
  [[nodiscard]] boost::asio::io_context* io() noexcept override { return machine_->io(); }

  [[nodiscard]] std::span<const Beat> beats() const noexcept override { return machine_->beats(); }
  [[nodiscard]] Executor& machine() noexcept override { return *machine_; }
  [[nodiscard]] bool is_sequenced() const noexcept override { return true; }
  [[nodiscard]] bool is_observing() const noexcept override;
  void ring(Cell& cell) noexcept override;
  void begin_job(LaneJob& job) noexcept override;
  void end_job(LaneJob& job) noexcept override;
  void enter(std::unique_ptr<OutsideWork> work) override;
  bool try_enter(std::unique_ptr<OutsideWork>& work, std::size_t most_waiting) override;
  void observe(std::unique_ptr<OutsideWork> work) override;
  void command(std::string_view name, std::string_view bytes) noexcept override;

 private:
  struct Input {
    InputRecord::Kind kind = InputRecord::Kind::start;
    bool is_observation = false;        // of the work
    Ref<Cell> cell;                     // alarm
    LaneJob* job = nullptr;             // job
    std::unique_ptr<OutsideWork> work;  // work
    Task* task = nullptr;               // stray
  };

  void run(Turn& turn) noexcept override;
  void work_on(Input& input);
  [[nodiscard]] bool on_pump() const noexcept { return pumping_ == this; }
  void queue(Input input) noexcept;
  void wake_pump() noexcept;
  void take(Input& input) noexcept;
  void record(const Input& input) noexcept;
  void report_stray() noexcept;

  static constinit inline thread_local const SequencedExecutor* pumping_ = nullptr;
  /// Then sockets and lanes that share the pump's thread get a turn.
  static constexpr std::size_t inputs_at_once = 256;

  const std::unique_ptr<Executor> machine_;
  const std::function<Timestamp()> wall_clock_;
  const std::function<void(std::string_view)> complain_;

  mutable std::mutex mutex_;
  std::vector<Input> incoming_;  // guarded by mutex_, as all below
  std::vector<Task*> before_start_;
  bool pump_scheduled_ = false;
  bool started_ = false;

  // Of the pump.
  Recorder* recorder_;
  std::vector<Input> taken_;
  std::size_t next_taken_ = 0;
  InputTurn turn_;
  std::uint64_t inputs_ = 0;
  bool observing_ = false;
  bool stray_reported_ = false;
  std::string scratch_;
};

}  // namespace hts::runtime::detail
