#include "adapters/scheduled_tasks/task_memory.hpp"

#include <array>
#include <exception>
#include <string>
#include <utility>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "adapters/disk/durable.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::scheduled_tasks {
namespace {

namespace json = boost::json;
using result::Result;

constexpr std::array outcomes = {TaskOutcome::running, TaskOutcome::done, TaskOutcome::failed,
                                 TaskOutcome::timed_out, TaskOutcome::interrupted};

TaskOutcome outcome_named(std::string_view name) {
  for (const TaskOutcome outcome : outcomes) {
    if (name_of(outcome) == name) return outcome;
  }
  return TaskOutcome::interrupted;
}

std::string text_of(const json::object& object, const char* key) {
  return std::string{object.at(key).as_string()};
}

time::Timestamp time_of(const json::object& object, const char* key) {
  return time::from_milliseconds(object.at(key).to_number<std::int64_t>());
}

/// Throws what Boost.JSON does when something is missing or of another type.
TaskMemory read_memory(std::string_view text) {
  const json::value document = json::parse(text);
  TaskMemory memory;
  for (const json::value& entry : document.at("marks").as_array()) {
    const json::object& mark = entry.as_object();
    memory.marks.push_back({text_of(mark, "name"), time_of(mark, "done_up_to")});
  }
  for (const json::value& entry : document.at("runs").as_array()) {
    const json::object& run = entry.as_object();
    memory.runs.push_back({text_of(run, "name"), text_of(run, "task"), time_of(run, "due"),
                           time_of(run, "started"), time_of(run, "ended"),
                           run.at("missed").to_number<std::uint64_t>(),
                           outcome_named(text_of(run, "outcome")), text_of(run, "text")});
  }
  return memory;
}

std::string write_memory(const TaskMemory& memory) {
  std::string text;
  hts::json::Writer writer{text};
  writer.begin_object();
  writer.key("marks");
  writer.begin_array();
  for (const schedule::LineMark& mark : memory.marks) {
    writer.begin_object();
    writer.member("name", mark.name);
    writer.member("done_up_to", time::to_milliseconds(mark.done_up_to));
    writer.end_object();
  }
  writer.end_array();
  writer.key("runs");
  writer.begin_array();
  for (const TaskRun& run : memory.runs) {
    writer.begin_object();
    writer.member("name", run.name);
    writer.member("task", run.task);
    writer.member("due", time::to_milliseconds(run.due));
    writer.member("started", time::to_milliseconds(run.started));
    writer.member("ended", time::to_milliseconds(run.ended));
    writer.member("missed", run.missed);
    writer.member("outcome", name_of(run.outcome));
    writer.member("text", run.text);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  text += '\n';
  return text;
}

}  // namespace

std::string_view name_of(TaskOutcome outcome) noexcept {
  static constexpr std::array<std::string_view, outcomes.size()> names = {
      "running", "done", "failed", "timed_out", "interrupted"};
  return names[static_cast<std::size_t>(outcome)];
}

Result<TaskMemory> load_memory(disk::Disk& disk, const std::filesystem::path& path) {
  const auto is_there = disk.exists(path);
  if (!is_there) return is_there.error();
  if (!*is_there) return TaskMemory{};
  const auto text = disk::read_text(disk, path);
  if (!text) return text.error();
  try {
    return read_memory(*text);
  } catch (const std::exception&) {
    return result::make_error(
        result::ErrorCode::storage,
        "The memory of the scheduled tasks, " + path.string() +
            ", cannot be understood: put it back from a backup, or remove it, and every task "
            "begins anew.",
        path.string());
  }
}

result::Status save_memory(disk::Disk& disk, const std::filesystem::path& path,
                           const TaskMemory& memory) {
  const std::filesystem::path temporary = disk.temporary_path(path);
  auto saved = disk::write_synced(disk, temporary, write_memory(memory));
  if (saved) saved = disk.rename(temporary, path);
  if (!saved) {
    (void)disk.remove(temporary);
    return saved;
  }
  return disk.sync_directory(path.parent_path());
}

}  // namespace hts::scheduled_tasks
