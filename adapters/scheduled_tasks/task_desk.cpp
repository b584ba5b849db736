#include "adapters/scheduled_tasks/task_desk.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include "adapters/scheduled_tasks/task_memory.hpp"
#include "adapters/threads/interrupt_watch.hpp"

namespace hts::scheduled_tasks {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::size_t most_remembered = 500;
// Wall clocks jump, so nobody sleeps up to a due time.
constexpr std::chrono::seconds look_period{1};

result::Result<std::string> call(const Task& task, const schedule::ScheduleLine& line,
                                 time::Timestamp due, const std::atomic<bool>& cancelled) {
  try {
    return task(line, due, cancelled);
  } catch (const std::exception& error) {
    return make_error(ErrorCode::internal, std::string{"The task failed: "} + error.what());
  }
}

result::Status check_tasks(const std::vector<schedule::ScheduleLine>& lines,
                           const std::map<std::string, Task>& tasks) {
  for (const schedule::ScheduleLine& line : lines) {
    if (tasks.contains(line.task)) continue;
    std::string known;
    for (const auto& [name, task] : tasks) known += (known.empty() ? "" : ", ") + name;
    return make_error(ErrorCode::invalid,
                      "The line '" + line.name + "' of the schedule asks for the task '" +
                          line.task + "': give one of " + known + ".",
                      line.name);
  }
  return result::success();
}

}  // namespace

result::Result<std::unique_ptr<TaskDesk>> TaskDesk::open(Options options) {
  if (auto known = check_tasks(options.lines, options.tasks); !known) {
    return std::move(known).error();
  }
  auto memory = load_memory(*options.disk, options.memory);
  if (!memory) return std::move(memory).error();
  return std::unique_ptr<TaskDesk>(new TaskDesk(std::move(options), std::move(memory).value()));
}

TaskDesk::TaskDesk(Options options, TaskMemory memory)
    : options_(std::move(options)),
      calendar_(options_.lines, memory.marks, options_.now()),
      runs_(std::move(memory.runs)) {
  for (TaskRun& run : runs_) {
    if (run.outcome != TaskOutcome::running) continue;
    run.outcome = TaskOutcome::interrupted;
    run.text = "The daemon ended while it ran.";
  }
}

TaskDesk::~TaskDesk() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void TaskDesk::start() {
  has_ended_ = false;
  thread_ = std::thread([this] {
    serve();
    {
      const std::lock_guard lock(mutex_);
      has_ended_ = true;
    }
    changed_.notify_all();
  });
}

bool TaskDesk::stop(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  is_stopping_ = true;
  changed_.notify_all();
  return changed_.wait_for(lock, patience, [this] { return has_ended_; });
}

void TaskDesk::serve() {
  for (;;) {
    turn();
    std::unique_lock lock(mutex_);
    if (is_stopping_) return;
    changed_.wait_for(lock, look_period, [this] { return is_stopping_ || !waiting_.empty(); });
    if (is_stopping_) return;
  }
}

void TaskDesk::turn() {
  while (const auto next = take_next()) run(*next);
}

bool TaskDesk::has_waiting(std::size_t line) const {
  return std::any_of(waiting_.begin(), waiting_.end(),
                     [&](const Waiting& waiting) { return waiting.run.line == line; });
}

void TaskDesk::collect_due() {
  const auto before = calendar_.marks();
  for (std::size_t line = 0; line < calendar_.lines().size(); ++line) {
    if (has_waiting(line)) continue;
    const std::uint64_t missed = calendar_.missed(line);
    const auto due = calendar_.take_due(line, options_.now());
    for (const schedule::DueRun& run : due) waiting_.push_back({run, false});
    if (calendar_.missed(line) == missed) continue;
    tallies_[calendar_.lines()[line].name].missed += calendar_.missed(line) - missed;
  }
  // Where a clock went back far, the line begins anew after a restart as well.
  const auto after = calendar_.marks();
  for (std::size_t line = 0; line < after.size(); ++line) {
    if (after[line].done_up_to < before[line].done_up_to) is_unsaved_ = true;
  }
}

void TaskDesk::skip_due(const std::string& name) {
  const auto line = line_named(name);
  if (!line || calendar_.lines()[*line].missed == schedule::MissedRuns::run_all) return;
  tallies_[name].skipped += calendar_.pass_due(*line, options_.now());
}

std::optional<std::size_t> TaskDesk::line_named(const std::string& name) const {
  const auto& lines = calendar_.lines();
  const auto found =
      std::find_if(lines.begin(), lines.end(),
                   [&](const schedule::ScheduleLine& known) { return known.name == name; });
  if (found == lines.end()) return std::nullopt;
  return static_cast<std::size_t>(found - lines.begin());
}

std::optional<TaskDesk::Next> TaskDesk::take_next() {
  const std::lock_guard lock(mutex_);
  if (is_stopping_) return std::nullopt;
  collect_due();
  if (is_unsaved_ && !save()) return std::nullopt;
  if (waiting_.empty()) return std::nullopt;
  const Waiting next = waiting_.front();
  const schedule::DueRun& due = next.run;
  const schedule::ScheduleLine& line = calendar_.lines()[due.line];
  const time::Timestamp now = options_.now();
  runs_.push_back({line.name, line.task, due.due, now, now, due.missed, TaskOutcome::running, {}});
  waiting_.pop_front();
  if (!save()) {
    // It stays first in the queue: a disk that takes nothing is told of, and tried again.
    runs_.pop_back();
    waiting_.push_front(next);
    return std::nullopt;
  }
  return Next{line, due.due};
}

void TaskDesk::run(const Next& next) {
  using Clock = std::chrono::steady_clock;
  const schedule::ScheduleLine& line = next.line;
  const auto deadline = Clock::now() + line.timeout;
  const threads::InterruptWatch watch([this, deadline] {
    if (Clock::now() >= deadline) return true;
    const std::lock_guard lock(mutex_);
    return is_stopping_;
  });
  const auto result = call(options_.tasks.find(line.task)->second, line, next.due, watch.flag());

  TaskRun ended;
  {
    const std::lock_guard lock(mutex_);
    TaskRun& run = runs_.back();
    run.ended = options_.now();
    run.text = result ? *result : result.error().message;
    if (Clock::now() >= deadline) {
      run.outcome = TaskOutcome::timed_out;
      run.text = "It was stopped after " + std::to_string(line.timeout.count()) +
                 " s, its timeout. " + run.text;
    } else if (!result && is_stopping_) {
      run.outcome = TaskOutcome::interrupted;
    } else {
      run.outcome = result ? TaskOutcome::done : TaskOutcome::failed;
    }
    Tally& tally = tallies_[line.name];
    ++tally.runs;
    if (run.outcome == TaskOutcome::failed || run.outcome == TaskOutcome::timed_out) {
      ++tally.failures;
    }
    ended = run;
    skip_due(line.name);
    (void)save();
  }
  if (options_.on_end) options_.on_end(ended);
}

std::vector<schedule::LineMark> TaskDesk::marks_with_waiting() const {
  auto marks = calendar_.marks();
  for (const Waiting& waiting : waiting_) {
    if (waiting.is_by_hand) continue;
    time::Timestamp& done = marks[waiting.run.line].done_up_to;
    done = std::min(done, waiting.run.due - std::chrono::milliseconds{1});
  }
  return marks;
}

bool TaskDesk::save() {
  if (runs_.size() > most_remembered) {
    runs_.erase(runs_.begin(), runs_.end() - static_cast<std::ptrdiff_t>(most_remembered));
  }
  const auto saved = save_memory(*options_.disk, options_.memory, {marks_with_waiting(), runs_});
  is_unsaved_ = !saved.ok();
  problem_ = saved ? "" : saved.error().message;
  return saved.ok();
}

result::Status TaskDesk::trigger(const std::string& name) {
  {
    const std::lock_guard lock(mutex_);
    const auto line = line_named(name);
    if (!line) {
      std::string known;
      for (const auto& each : calendar_.lines()) known += (known.empty() ? "" : ", ") + each.name;
      return make_error(ErrorCode::not_found,
                        "No line of the schedule is called '" + name.substr(0, 64) +
                            "': there are " + (known.empty() ? "none" : known) + ".",
                        "task");
    }
    const bool runs =
        !runs_.empty() && runs_.back().outcome == TaskOutcome::running && runs_.back().name == name;
    if (runs || has_waiting(*line)) {
      return make_error(ErrorCode::conflict,
                        "'" + name + "' runs or waits already: ask again when it is over.", "task");
    }
    waiting_.push_back({{*line, options_.now(), 0}, true});
  }
  changed_.notify_all();
  return result::success();
}

result::Status TaskDesk::replace(std::vector<schedule::ScheduleLine> lines) {
  if (auto known = check_tasks(lines, options_.tasks); !known) return known;
  {
    const std::lock_guard lock(mutex_);
    const time::Timestamp now = options_.now();
    // What waits is due again, as after a restart.
    auto marks = marks_with_waiting();
    std::vector<std::string> by_hand;
    for (const Waiting& waiting : waiting_) {
      if (waiting.is_by_hand) by_hand.push_back(calendar_.lines()[waiting.run.line].name);
    }
    waiting_.clear();
    calendar_ = schedule::TaskCalendar(std::move(lines), marks, now);
    for (const std::string& name : by_hand) {
      if (const auto line = line_named(name)) waiting_.push_back({{*line, now, 0}, true});
    }
    is_unsaved_ = true;
    std::erase_if(tallies_, [&](const auto& tally) { return !line_named(tally.first); });
  }
  changed_.notify_all();
  return result::success();
}

std::vector<LineStatus> TaskDesk::status() const {
  const std::lock_guard lock(mutex_);
  const time::Timestamp now = options_.now();
  std::vector<LineStatus> all;
  for (std::size_t i = 0; i < calendar_.lines().size(); ++i) {
    LineStatus status{calendar_.lines()[i]};
    status.next = calendar_.next_due(i, now);
    const auto last = std::find_if(runs_.rbegin(), runs_.rend(), [&](const TaskRun& run) {
      return run.name == status.line.name;
    });
    if (last != runs_.rend()) status.last = *last;
    if (const auto tally = tallies_.find(status.line.name); tally != tallies_.end()) {
      status.runs = tally->second.runs;
      status.failures = tally->second.failures;
      status.missed = tally->second.missed;
      status.skipped = tally->second.skipped;
    }
    all.push_back(std::move(status));
  }
  return all;
}

std::vector<TaskRun> TaskDesk::history(std::size_t most) const {
  const std::lock_guard lock(mutex_);
  const auto count = static_cast<std::ptrdiff_t>(std::min(most, runs_.size()));
  return {runs_.rbegin(), runs_.rbegin() + count};
}

std::string TaskDesk::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace hts::scheduled_tasks
