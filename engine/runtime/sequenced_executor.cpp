#include "engine/runtime/sequenced_executor.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "engine/runtime/lane.hpp"

namespace hts::runtime::detail {

SequencedExecutor::SequencedExecutor(std::unique_ptr<Executor> machine, Recorder* recorder,
                                     std::function<Timestamp()> wall_clock,
                                     std::function<void(std::string_view)> complain)
    : machine_(std::move(machine)),
      wall_clock_(std::move(wall_clock)),
      complain_(std::move(complain)),
      recorder_(recorder) {}

SequencedExecutor::~SequencedExecutor() {
  stop();
}

Timestamp SequencedExecutor::now() const noexcept {
  if (on_pump()) return turn_.now;
  return wall_clock_ ? wall_clock_() : machine_->now();
}

SteadyTime SequencedExecutor::steady_now() const noexcept {
  return on_pump() ? turn_.steady_now : machine_->steady_now();
}

bool SequencedExecutor::is_observing() const noexcept {
  return on_pump() && observing_;
}

void SequencedExecutor::schedule(Task& task) noexcept {
  if (on_pump()) {
    turn_.add(task);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    if (!started_) {
      before_start_.push_back(&task);
      return;
    }
  }
  Input input;
  input.kind = InputRecord::Kind::stray;
  input.task = &task;
  queue(std::move(input));
}

void SequencedExecutor::start() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(started_, true)) return;
    Input input;
    input.kind = InputRecord::Kind::start;
    incoming_.insert(incoming_.begin(), std::move(input));
    if (std::exchange(pump_scheduled_, true)) return;
  }
  machine_->schedule(*this);
  machine_->start();
}

void SequencedExecutor::stop() noexcept {
  machine_->stop();
  recorder_ = nullptr;
  const std::lock_guard lock(mutex_);
  if (!std::exchange(started_, true)) {
    // Never started: what is torn down now runs all the same.
    Input input;
    input.kind = InputRecord::Kind::start;
    incoming_.insert(incoming_.begin(), std::move(input));
    if (!std::exchange(pump_scheduled_, true)) machine_->schedule(*this);
  }
}

void SequencedExecutor::queue(Input input) noexcept {
  {
    const std::lock_guard lock(mutex_);
    incoming_.push_back(std::move(input));
    if (!started_ || std::exchange(pump_scheduled_, true)) return;
  }
  wake_pump();
}

void SequencedExecutor::wake_pump() noexcept {
  Turn* turn = Turn::current();
  if (turn != nullptr && &turn->executor() == machine_.get()) {
    turn->schedule(*this);
  } else {
    machine_->schedule(*this);
  }
}

void SequencedExecutor::ring(Cell& cell) noexcept {
  Input input;
  input.kind = InputRecord::Kind::alarm;
  input.cell = Ref<Cell>(&cell);
  queue(std::move(input));
}

void SequencedExecutor::begin_job(LaneJob& job) noexcept {
  if (on_pump()) job.number = ++turn_.jobs;
  if (recorder_ != nullptr) job.calls.begin_recording();
}

void SequencedExecutor::end_job(LaneJob& job) noexcept {
  Input input;
  input.kind = InputRecord::Kind::job;
  input.job = &job;
  queue(std::move(input));
}

void SequencedExecutor::enter(std::unique_ptr<OutsideWork> work) {
  Input input;
  input.kind = InputRecord::Kind::work;
  input.work = std::move(work);
  queue(std::move(input));
}

bool SequencedExecutor::try_enter(std::unique_ptr<OutsideWork>& work, std::size_t most_waiting) {
  {
    const std::lock_guard lock(mutex_);
    if (incoming_.size() >= most_waiting) return false;
    incoming_.emplace_back().kind = InputRecord::Kind::work;
    incoming_.back().work = std::move(work);
    if (!started_ || std::exchange(pump_scheduled_, true)) return true;
  }
  wake_pump();
  return true;
}

void SequencedExecutor::observe(std::unique_ptr<OutsideWork> work) {
  Input input;
  input.kind = InputRecord::Kind::work;
  input.is_observation = true;
  input.work = std::move(work);
  queue(std::move(input));
}

void SequencedExecutor::command(std::string_view name, std::string_view bytes) noexcept {
  // Outside of the pump the actors' world has ended, or it was not they who said it.
  if (on_pump() && !observing_ && recorder_ != nullptr) recorder_->on_command(name, bytes);
}

void SequencedExecutor::run(Turn&) noexcept {
  const SequencedExecutor* before = std::exchange(pumping_, this);
  const SteadyTime began = machine_->stopwatch();
  bool more = true;
  for (std::size_t left = inputs_at_once; left > 0; --left) {
    if (next_taken_ == taken_.size()) {
      taken_.clear();
      next_taken_ = 0;
      const std::lock_guard lock(mutex_);
      if (incoming_.empty() && !turn_.has_tasks()) {
        slow = machine_->stopwatch() - began >= Turn::slow_time;
        pump_scheduled_ = false;
        more = false;
        break;
      }
      taken_.swap(incoming_);
    }
    // No input, but tasks that a busy one left over: they go on as a start that starts nothing.
    if (next_taken_ == taken_.size()) taken_.emplace_back();
    Input input = std::move(taken_[next_taken_++]);
    take(input);
  }
  pumping_ = before;
  if (!more) return;
  slow = machine_->stopwatch() - began >= Turn::slow_time;
  machine_->schedule(*this);
}

void SequencedExecutor::record(const Input& input) noexcept {
  InputRecord record;
  record.kind = input.kind;
  record.number = ++inputs_;
  record.now = turn_.now;
  record.steady_now = turn_.steady_now;
  if (recorder_ == nullptr) return;
  scratch_.clear();
  switch (input.kind) {
    case InputRecord::Kind::start:
      break;
    case InputRecord::Kind::alarm:
      record.subject = input.cell->id();
      break;
    case InputRecord::Kind::job:
      record.subject = input.job->number;
      if (input.job->refusal) record.refusal = &*input.job->refusal;
      record.calls = &input.job->calls;
      break;
    case InputRecord::Kind::work:
      record.name = input.work->name();
      input.work->encode(scratch_);
      record.bytes = scratch_;
      break;
    case InputRecord::Kind::stray:
      report_stray();
      break;
  }
  recorder_->on_input(record);
}

void SequencedExecutor::report_stray() noexcept {
  if (std::exchange(stray_reported_, true) || !complain_) return;
  complain_(
      "Something outside reached an actor without Runtime::enter: the journal cannot be replayed "
      "past it. This is a defect of the program.");
}

void SequencedExecutor::take(Input& input) noexcept {
  turn_.now = wall_clock_ ? wall_clock_() : machine_->now();
  turn_.steady_now = std::max(turn_.steady_now, machine_->steady_now());
  observing_ = input.is_observation;
  if (!observing_) record(input);
  turn_.work(*this, [&] { work_on(input); });
  observing_ = false;
}

void SequencedExecutor::work_on(Input& input) {
  switch (input.kind) {
    case InputRecord::Kind::start: {
      std::vector<Task*> first;
      {
        const std::lock_guard lock(mutex_);
        first.swap(before_start_);
      }
      for (Task* task : first) turn_.add(*task);
      break;
    }
    case InputRecord::Kind::alarm:
      input.cell->take_alarm();
      break;
    case InputRecord::Kind::job:
      input.job->come_home();
      break;
    case InputRecord::Kind::work:
      try {
        input.work->run();
      } catch (const std::exception& error) {
        if (complain_) complain_(error.what());
      } catch (...) {
        if (complain_) complain_("something that is not a std::exception was thrown");
      }
      break;
    case InputRecord::Kind::stray:
      turn_.add(*input.task);
      break;
  }
}

}  // namespace hts::runtime::detail
