#include "config/simulation/task_side.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "adapters/scheduled_tasks/task_memory.hpp"

namespace hts::simulation {
namespace {

using scheduled_tasks::TaskDesk;
using scheduled_tasks::TaskOutcome;
using scheduled_tasks::TaskRun;
using std::chrono::minutes;
using std::chrono::seconds;

const std::filesystem::path memory_path{"/state/schedule.json"};
constexpr std::size_t most_remembered = 500;
constexpr time::Duration wrong_clock = std::chrono::hours{1};
constexpr seconds look_period{1};
constexpr seconds longest_run{20};
constexpr seconds longest_slow_run{200};
constexpr double slow_rate = 0.1;
constexpr double failure_rate = 0.1;
constexpr double death_rate = 0.03;
/// A look.
constexpr double trigger_rate = 0.005;
constexpr double replace_rate = 0.002;

time::Timestamp newest_due(time::Timestamp now, time::Duration period) {
  return time::Timestamp{now.time_since_epoch() / period * period};
}

std::string name_of(const TaskRun& run) {
  return "the run of " + run.name + " that was due at " + time::format_iso8601(run.due);
}

/// Times are stored to the millisecond.
bool is_same(const TaskRun& a, const TaskRun& b) {
  return a.name == b.name && a.outcome == b.outcome && a.text == b.text && a.missed == b.missed &&
         time::to_milliseconds(a.due) == time::to_milliseconds(b.due) &&
         time::to_milliseconds(a.ended) == time::to_milliseconds(b.ended);
}

std::vector<TaskRun> oldest_first(const TaskDesk& desk) {
  auto runs = desk.history(most_remembered);
  std::ranges::reverse(runs);
  return runs;
}

}  // namespace

TaskSide::TaskSide(const Plan& plan, Dice dice, Referee& referee)
    : plan_(plan), dice_(dice), referee_(referee) {
  const auto add = [this](minutes period, const char* zone, const char* missed) {
    const std::string every = std::to_string(period.count());
    auto line = schedule::parse_schedule_line("every-" + every + " */" + every + " * * * * " +
                                              zone + " work missed=" + missed);
    Line& added = lines_.emplace_back();
    added.line = std::move(line).value();
    added.period = period;
  };
  add(minutes{1}, "UTC", "skip");
  add(minutes{3}, "KST", "run_once");
  add(minutes{6}, "UTC", "run_all");
  add(minutes{12}, "UTC", "skip");
}

TaskSide::Line& TaskSide::line_named(const std::string& name) {
  return *std::ranges::find(lines_, name, [](const Line& each) { return each.line.name; });
}

void TaskSide::meet(DaemonLife& life, Events& events, Surroundings surroundings) {
  if (!plan_.runs_tasks) return;
  life_ = &life;
  around_ = std::move(surroundings);
  spent_ = {};
  const auto died_at = std::exchange(died_at_, {});
  for (Line& each : lines_) {
    each.dealt_up_to = each.dealt_before.value_or(each.dealt_up_to);
    if (!died_at) continue;
    each.dealt_up_to = std::max(each.dealt_up_to, newest_due(*died_at, each.period));
    each.is_unsure = true;
  }
  watch_clock();
  // Runs take their time within a look. A machine that died meanwhile is back before that is over.
  const auto reached = std::exchange(reached_, {});
  for (Line& each : lines_) {
    if (!reached || *reached <= now() || *reached - now() > wrong_clock) continue;
    each.dealt_up_to = std::max(each.dealt_up_to, newest_due(*reached, each.period));
    each.is_unsure = true;
  }
  TaskDesk::Options options;
  for (const Line& each : lines_) options.lines.push_back(each.line);
  options.tasks["work"] = [this](const schedule::ScheduleLine& line, time::Timestamp due,
                                 const std::atomic<bool>&) { return run(line, due); };
  options.disk = around_.disk;
  options.memory = memory_path;
  options.now = [this] { return now(); };
  options.on_end = [this](const TaskRun& ended_run) { ended(ended_run); };
  auto opened = TaskDesk::open(std::move(options));
  if (!opened) {
    if (around_.is_dead()) return;
    referee_.violated("stores_readable",
                      "the memory of scheduled tasks does not open: " + opened.error().message);
    return;
  }
  desk_ = std::move(opened).value();
  learn_anew();
  schedule(events, {});
}

void TaskSide::part() {
  ++generation_;
  desk_.reset();
  life_ = nullptr;
}

void TaskSide::schedule(Events& events, time::Duration pause) {
  events.at(life_->now() + pause, [this, &events, generation = generation_] {
    if (generation == generation_) turn(events);
  });
}

void TaskSide::turn(Events& events) {
  spent_ = {};
  watch_clock();
  act();
  desk_->turn();
  reached_ = now();
  watch_clock();  // what waited may have run before the lines began anew
  if (around_.is_dead()) died_at_ = now();
  note_missed();
  if (referee_.failed() || around_.is_dead()) return;
  if (desk_->problem().empty()) {
    check_dealt();
    check_stored();
  }
  schedule(events, spent_ + look_period);
}

/// Now and then somebody asks for a run, or reads the schedule anew.
void TaskSide::act() {
  if (dice_.chance(trigger_rate)) {
    Line& line = lines_[dice_.below(lines_.size())];
    const time::Timestamp asked = now();
    if (desk_->trigger(line.line.name)) line.by_hand = asked;
  }
  if (dice_.chance(replace_rate)) {
    std::vector<schedule::ScheduleLine> lines;
    for (const Line& each : lines_) lines.push_back(each.line);
    for (Line& each : lines_) {
      if (each.by_hand) each.by_hand = now();  // it is asked for again
    }
    if (const auto replaced = desk_->replace(std::move(lines)); !replaced) {
      referee_.violated("task_schedule", "the same schedule is refused when it is read again: " +
                                             replaced.error().message);
    }
  }
}

result::Result<std::string> TaskSide::run(const schedule::ScheduleLine& line, time::Timestamp due) {
  ++runs_;
  if (std::exchange(is_running_, true)) {
    referee_.violated("task_alone", "two runs go on at once, one of them of " + line.name);
  }
  referee_.tell("task " + line.name + ", due " + time::format_iso8601(due));
  begun(line_named(line.name), due);
  spent_ +=
      dice_.between(time::Duration{0}, dice_.chance(slow_rate) ? longest_slow_run : longest_run);
  if (!is_calm_ && plan_.power_cut_rate > 0 && dice_.chance(death_rate)) around_.cut_power();
  is_running_ = false;
  if (dice_.chance(failure_rate)) throw std::runtime_error("it broke");
  if (dice_.chance(failure_rate)) {
    return result::make_error(result::ErrorCode::unavailable, "It cannot be done now.");
  }
  return std::string{"Done."};
}

void TaskSide::begun(Line& line, time::Timestamp due) {
  const std::string what =
      "the run of " + line.line.name + " that was due at " + time::format_iso8601(due);
  if (line.by_hand == due) {
    line.by_hand.reset();
    return;
  }
  if (newest_due(due, line.period) != due || due > std::max(highest_, now())) {
    referee_.violated("task_due", what + " was never due");
  }
  if (!line.begun.insert(due).second) {
    referee_.violated("task_once", what + " begins again");
  }
  const time::Timestamp next = newest_due(line.dealt_up_to, line.period) + line.period;
  if (line.line.missed == schedule::MissedRuns::run_all && line.is_known && !line.is_unsure &&
      due > next) {
    referee_.violated("task_dealt_with",
                      what + " comes without the one of " + time::format_iso8601(next));
  }
  line.is_unsure = false;
  line.dealt_up_to = std::max(line.dealt_up_to, due);
}

void TaskSide::ended(const TaskRun& run) {
  Line& line = line_named(run.name);
  if (line.line.missed == schedule::MissedRuns::run_all) return;
  // What came due meanwhile is skipped.
  line.dealt_up_to = std::max(line.dealt_up_to, newest_due(run.ended, line.period));
}

/// A clock that is set back by more than an hour was wrong before: from then on lines begin anew.
void TaskSide::watch_clock() {
  const time::Timestamp moment = now();
  for (Line& line : lines_) {
    if (!line.is_known) line.dealt_up_to = moment;
    if (highest_ - moment > wrong_clock) line.begun.clear();
    if (line.dealt_up_to - moment <= wrong_clock) continue;
    if (!line.dealt_before) line.dealt_before = line.dealt_up_to;
    line.dealt_up_to = moment;
    line.is_unsure = true;
  }
  highest_ = std::max(highest_, moment);
}

/// A life begins with what is stored.
void TaskSide::learn_anew() {
  const auto runs = oldest_first(*desk_);
  for (const TaskRun& known : stored_) {
    const bool is_there =
        std::ranges::any_of(runs, [&](const TaskRun& run) { return is_same(run, known); });
    if (is_there || runs.size() >= most_remembered) continue;
    referee_.violated("task_run_kept", name_of(known) + " ended as " +
                                           std::string{scheduled_tasks::name_of(known.outcome)} +
                                           ", and after a restart it is not known");
  }
  for (const TaskRun& run : runs) {
    Line& line = line_named(run.name);
    if (run.outcome == TaskOutcome::running) {
      referee_.violated("task_run_kept", name_of(run) + " still goes on after a restart");
    }
    // One that was noted and never begun: it counts. What an earlier life learned is dealt with.
    const bool is_new =
        std::ranges::none_of(stored_, [&](const TaskRun& known) { return is_same(run, known); });
    if (!is_new || run.outcome != TaskOutcome::interrupted ||
        newest_due(run.due, line.period) != run.due) {
      continue;
    }
    if (line.begun.insert(run.due).second) line.dealt_up_to = std::max(line.dealt_up_to, run.due);
  }
  for (Line& line : lines_) line.by_hand.reset();
}

/// What comes too late for a line that skips is dealt with, whatever the clock says later.
void TaskSide::note_missed() {
  const time::Timestamp moment = now();
  for (Line& line : lines_) {
    const time::Timestamp due = newest_due(moment, line.period);
    if (line.line.missed != schedule::MissedRuns::skip) continue;
    if (moment - due <= schedule::TaskCalendar::punctuality) continue;
    line.dealt_up_to = std::max(line.dealt_up_to, due);
  }
}

void TaskSide::check_dealt() {
  const time::Timestamp moment = now();
  for (Line& line : lines_) {
    line.is_known = true;
    line.dealt_before.reset();
    const time::Timestamp due = newest_due(moment, line.period);
    if (due <= line.dealt_up_to) continue;
    referee_.violated("task_dealt_with", "nothing runs, but the run of " + line.line.name +
                                             " that was due at " + time::format_iso8601(due) +
                                             " was left out");
  }
}

void TaskSide::check_stored() {
  const auto memory = scheduled_tasks::load_memory(*around_.disk, memory_path);
  if (!memory) {
    referee_.violated("stores_readable",
                      "the memory of scheduled tasks cannot be read: " + memory.error().message);
    return;
  }
  const auto runs = oldest_first(*desk_);
  if (!std::ranges::equal(runs, memory->runs, is_same)) {
    referee_.violated("task_run_stored", "the runs that are told are not those that are stored");
  }
  for (const auto& status : desk_->status()) {
    const auto last = std::find_if(runs.rbegin(), runs.rend(), [&](const TaskRun& run) {
      return run.name == status.line.name;
    });
    const bool is_told = status.last.has_value();
    if (is_told != (last != runs.rend()) || (is_told && !(*status.last == *last))) {
      referee_.violated("task_run_stored",
                        "the status of " + status.line.name + " does not tell its newest run");
    }
  }
  stored_ = runs;
}

}  // namespace hts::simulation
