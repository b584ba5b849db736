#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/schedule/schedule_line.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::schedule {

/// A run whose time has come.
struct DueRun {
  std::size_t line = 0;  ///< index into the schedule
  time::Timestamp due{};
  std::uint64_t missed = 0;  ///< due times before it that get no run of their own

  friend bool operator==(const DueRun&, const DueRun&) = default;
};

/// Up to when the due times of a line have been dealt with; what has to outlive the process.
struct LineMark {
  std::string name;
  time::Timestamp done_up_to{};

  friend bool operator==(const LineMark&, const LineMark&) = default;
};

/// Which lines of a schedule are due, told the time. Reads no clock.
///
/// 1. A due time is given out once at most, also over restarts that load the marks of before.
/// 2. A due time that is told late by more than `punctuality` was missed: see MissedRuns.
/// 3. A line that has no mark yet begins now: nothing of before was missed.
/// 4. A clock that is set back repeats nothing; one that is set back by more than an hour was wrong
///    before, so the line goes on from the new time.
/// 5. Due times that lie back by more than 366 days are forgotten.
///
/// A value of one thread.
class TaskCalendar {
 public:
  static constexpr time::Duration punctuality = std::chrono::minutes{5};
  static constexpr std::size_t most_runs = 24;

  TaskCalendar(std::vector<ScheduleLine> lines, const std::vector<LineMark>& marks,
               time::Timestamp now);

  [[nodiscard]] const std::vector<ScheduleLine>& lines() const noexcept { return lines_; }

  /// What is due of this line, oldest first; it is dealt with from now on. Costs a search a due
  /// time since the last call.
  [[nodiscard]] std::vector<DueRun> take_due(std::size_t line, time::Timestamp now);

  /// Deals with what is due of this line without running any of it. Returns how many due times.
  std::uint64_t pass_due(std::size_t line, time::Timestamp now);

  /// Due times of this line that `take_due` gave no run of their own.
  [[nodiscard]] std::uint64_t missed(std::size_t line) const noexcept { return missed_[line]; }

  /// When the line is due next, seen from `now`; not after `now` when runs wait to be taken.
  [[nodiscard]] std::optional<time::Timestamp> next_due(std::size_t line,
                                                        time::Timestamp now) const;

  /// One a line, in their order.
  [[nodiscard]] std::vector<LineMark> marks() const;

 private:
  [[nodiscard]] time::Timestamp begin_of(std::size_t line, time::Timestamp now) const;

  std::vector<ScheduleLine> lines_;
  std::vector<time::Timestamp> done_up_to_;
  std::vector<std::uint64_t> missed_;
};

}  // namespace hts::schedule
