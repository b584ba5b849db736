#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/schedule/cron_expression.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::schedule {

/// What becomes of due times that nobody was there for: the daemon was down, runs of other lines
/// took long, or the clock was set forward.
enum class MissedRuns {
  skip,      ///< nothing: the next due time is soon enough
  run_once,  ///< one run for all of them
  run_all,   ///< one run for each, the newest 24 at most, oldest first
};

/// One line of a schedule file:
/// `name  minute hour day month weekday  KST|UTC  task  [missed=…] [timeout=…] [key=value]…`;
/// instead of the five fields a nickname (`@daily`).
struct ScheduleLine {
  std::string name;  ///< of this line, unique: letters, digits, - and _; 64 at most
  CronExpression cron;
  std::string zone_name;  ///< "KST" or "UTC"
  time::Duration zone{};  ///< what it adds to UTC
  std::string task;       ///< "backup", "collect", ...: who knows tasks checks it
  MissedRuns missed = MissedRuns::run_once;
  std::chrono::seconds timeout{3600};
  /// What is left, in the order of the line, each key once: for the task.
  std::vector<std::pair<std::string, std::string>> options;

  /// Empty when it was not given.
  [[nodiscard]] std::string_view option(std::string_view key) const noexcept;
};

/// Error: invalid; its field is `name`, `cron`, `zone`, `task`, `missed`, `timeout` or the key.
/// The message of a wrong expression gives the position in the expression.
[[nodiscard]] result::Result<ScheduleLine> parse_schedule_line(std::string_view text);

/// The lines of a file; empty ones and what begins with `#` are passed over. Errors: as of a line,
/// with `file:number` as the field and in front of the message; a name that was given before.
[[nodiscard]] result::Result<std::vector<ScheduleLine>> parse_schedule(std::string_view text,
                                                                       std::string_view file);

/// "skip", "run_once", "run_all".
[[nodiscard]] std::string_view name_of(MissedRuns missed) noexcept;

}  // namespace hts::schedule
