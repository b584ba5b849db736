#include "engine/schedule/task_calendar.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace hts::schedule {
namespace {

constexpr time::Duration memory = std::chrono::days{366};
constexpr time::Duration wrong_clock = std::chrono::hours{1};

}  // namespace

TaskCalendar::TaskCalendar(std::vector<ScheduleLine> lines, const std::vector<LineMark>& marks,
                           time::Timestamp now)
    : lines_(std::move(lines)), missed_(lines_.size()) {
  for (const ScheduleLine& line : lines_) {
    const auto mark = std::find_if(marks.begin(), marks.end(), [&](const LineMark& candidate) {
      return candidate.name == line.name;
    });
    done_up_to_.push_back(mark == marks.end() ? now : mark->done_up_to);
  }
}

time::Timestamp TaskCalendar::begin_of(std::size_t line, time::Timestamp now) const {
  const time::Timestamp done = done_up_to_[line];
  if (done > now) return done - now > wrong_clock ? now : done;
  return now - done > memory ? now - memory : done;
}

std::vector<DueRun> TaskCalendar::take_due(std::size_t line, time::Timestamp now) {
  const ScheduleLine& schedule = lines_[line];
  time::Timestamp& done = done_up_to_[line];
  done = begin_of(line, now);
  const std::size_t most = schedule.missed == MissedRuns::run_all ? most_runs : 1;
  std::deque<time::Timestamp> newest;
  std::uint64_t dropped = 0;
  for (auto due = schedule.cron.next_after(done, schedule.zone); due && *due <= now;
       due = schedule.cron.next_after(*due, schedule.zone)) {
    newest.push_back(*due);
    if (newest.size() <= most) continue;
    newest.pop_front();
    ++dropped;
  }
  if (newest.empty()) return {};
  done = newest.back();
  missed_[line] += dropped;
  if (schedule.missed == MissedRuns::skip && now - newest.back() > punctuality) {
    ++missed_[line];
    return {};
  }
  std::vector<DueRun> runs;
  for (const time::Timestamp due : newest) runs.push_back({line, due, std::exchange(dropped, 0)});
  return runs;
}

std::uint64_t TaskCalendar::pass_due(std::size_t line, time::Timestamp now) {
  const ScheduleLine& schedule = lines_[line];
  time::Timestamp& done = done_up_to_[line];
  done = begin_of(line, now);
  std::uint64_t passed = 0;
  for (auto due = schedule.cron.next_after(done, schedule.zone); due && *due <= now;
       due = schedule.cron.next_after(*due, schedule.zone)) {
    done = *due;
    ++passed;
  }
  return passed;
}

std::optional<time::Timestamp> TaskCalendar::next_due(std::size_t line, time::Timestamp now) const {
  return lines_[line].cron.next_after(begin_of(line, now), lines_[line].zone);
}

std::vector<LineMark> TaskCalendar::marks() const {
  std::vector<LineMark> marks;
  for (std::size_t i = 0; i < lines_.size(); ++i) marks.push_back({lines_[i].name, done_up_to_[i]});
  return marks;
}

}  // namespace hts::schedule
