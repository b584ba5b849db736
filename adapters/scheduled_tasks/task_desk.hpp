#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/scheduled_tasks/task_run.hpp"
#include "engine/result/result.hpp"
#include "engine/schedule/task_calendar.hpp"

namespace hts::scheduled_tasks {

/// Runs the tasks of a schedule when they are due, one at a time.
///
/// 1. That a due time is dealt with is durable before its run begins: a task runs once at most for
///    it, also when the process dies meanwhile. A run that the process did not survive is
///    remembered as interrupted.
///    Due times that wait for another run to end are due again after a restart, and so are those
///    that came since a line was seen for the first time.
/// 2. While a run goes on, others wait. Due times of the line that runs are skipped and counted,
///    unless it says `missed=run_all`; what the others missed goes as their lines say.
/// 3. A run whose timeout is over is told to stop; it counts as timed out whatever it returns.
/// 4. Another schedule may take the place of this one: what runs goes on to its end, and lines of
///    the same name go on where they were.
///
/// It is outside of what a journal records: tasks reach for networks and disks, and what they bring
/// to the actors enters like everything else.
///
/// Thread-safe; one thread of its own once started. Tests leave it alone and call `turn`.
class TaskDesk {
 public:
  struct Options {
    std::vector<schedule::ScheduleLine> lines;
    std::map<std::string, Task> tasks;  ///< by the word of the schedule
    std::shared_ptr<disk::Disk> disk;
    std::filesystem::path memory;  ///< the file; its folder exists
    std::function<time::Timestamp()> now;
    /// Hears of each run that has ended, on the thread that ran it. May be empty.
    std::function<void(const TaskRun&)> on_end = {};
  };

  /// Errors: invalid for a line whose task nobody knows, with the line's name as the field; those
  /// of load_memory.
  [[nodiscard]] static result::Result<std::unique_ptr<TaskDesk>> open(Options options);
  /// Tells what runs to stop, and waits for it.
  ~TaskDesk();

  void start();
  /// Tells what runs to stop and runs nothing more. False: it had not stopped within `patience`.
  [[nodiscard]] bool stop(std::chrono::milliseconds patience);

  /// Runs what is due now, and what was asked for, on the calling thread. Not beside `start`.
  void turn();

  /// Runs the line's task as soon as nothing else runs. Errors: not_found, field `task`; conflict
  /// while it runs or waits already.
  [[nodiscard]] result::Status trigger(const std::string& name);

  /// From now on these lines. Errors: as `open`; then nothing changes.
  [[nodiscard]] result::Status replace(std::vector<schedule::ScheduleLine> lines);

  using LineStatus = scheduled_tasks::LineStatus;
  [[nodiscard]] std::vector<LineStatus> status() const;
  /// The newest runs, newest first.
  [[nodiscard]] std::vector<TaskRun> history(std::size_t most) const;
  /// Why the memory could not be written the last time; empty: it could. Nothing is run then.
  [[nodiscard]] std::string problem() const;

 private:
  struct Waiting {
    schedule::DueRun run;
    bool is_by_hand = false;
  };
  struct Tally {
    std::uint64_t runs = 0;
    std::uint64_t failures = 0;
    std::uint64_t missed = 0;
    std::uint64_t skipped = 0;
  };
  struct Next {
    schedule::ScheduleLine line;
    time::Timestamp due{};
  };

  TaskDesk(Options options, TaskMemory memory);
  void serve();
  /// Something to run, noted durably as running.
  [[nodiscard]] std::optional<Next> take_next();
  void run(const Next& next);
  // These require mutex_.
  void collect_due();
  /// Of what came due while the line ran.
  void skip_due(const std::string& name);
  [[nodiscard]] std::optional<std::size_t> line_named(const std::string& name) const;
  [[nodiscard]] bool has_waiting(std::size_t line) const;
  /// What of the schedule is dealt with; what waits is not.
  [[nodiscard]] std::vector<schedule::LineMark> marks_with_waiting() const;
  [[nodiscard]] bool save();

  const Options options_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_:
  schedule::TaskCalendar calendar_;
  std::deque<Waiting> waiting_;
  std::vector<TaskRun> runs_;
  std::map<std::string, Tally> tallies_;  // by the line's name
  std::string problem_;
  bool is_unsaved_ = true;  ///< also from when on a new line begins, and what was interrupted
  bool is_stopping_ = false;
  bool has_ended_ = true;  ///< the thread is through

  std::thread thread_;
};

}  // namespace hts::scheduled_tasks
