#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/schedule/schedule_line.hpp"
#include "engine/schedule/task_calendar.hpp"
#include "engine/time/timestamp.hpp"

/// What the words of a schedule stand for, and what is remembered of their runs.
namespace hts::scheduled_tasks {

enum class TaskOutcome : std::uint8_t {
  running,
  done,
  failed,
  timed_out,    ///< stopped because its line's timeout was over
  interrupted,  ///< the process stopped or died meanwhile; it is not repeated by itself
};

/// "running", "done", "failed", "timed_out", "interrupted".
[[nodiscard]] std::string_view name_of(TaskOutcome outcome) noexcept;

struct TaskRun {
  std::string name;  ///< of the line
  std::string task;
  time::Timestamp due{};
  time::Timestamp started{};
  time::Timestamp ended{};   ///< as `started` while it runs
  std::uint64_t missed = 0;  ///< due times before it that it stands for
  TaskOutcome outcome = TaskOutcome::running;
  std::string text;  ///< what it did, or what went wrong: a sentence

  friend bool operator==(const TaskRun&, const TaskRun&) = default;
};

/// Does a line's work; may take long. Stops early, with any result, once the flag is set: the time
/// is over, or the process stops. Returns what it did, a sentence.
using Task = std::function<result::Result<std::string>(
    const schedule::ScheduleLine& line, time::Timestamp due, const std::atomic<bool>& cancelled)>;

/// How one line of the schedule is.
struct LineStatus {
  schedule::ScheduleLine line;
  std::optional<time::Timestamp> next = {};  ///< when it is due; not when it waits for another run
  std::optional<TaskRun> last = {};          ///< the newest run, which may go on
  // Since the start of the process, or since the line was new:
  std::uint64_t runs = 0;      ///< that have ended
  std::uint64_t failures = 0;  ///< among them: neither done nor interrupted
  std::uint64_t missed = 0;    ///< due times without a run of their own: the process was down
  std::uint64_t skipped = 0;   ///< due times that came while the line's own run went on
};

/// What outlives the process.
struct TaskMemory {
  std::vector<schedule::LineMark> marks;
  std::vector<TaskRun> runs;  ///< oldest first

  friend bool operator==(const TaskMemory&, const TaskMemory&) = default;
};

}  // namespace hts::scheduled_tasks
