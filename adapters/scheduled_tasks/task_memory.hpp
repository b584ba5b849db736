#pragma once

#include <filesystem>

#include "adapters/disk/disk.hpp"
#include "adapters/scheduled_tasks/task_run.hpp"

namespace hts::scheduled_tasks {

/// The memory in a file, a JSON document that is replaced whole. A missing file is an empty memory.
/// Errors: storage; one that cannot be understood names the file and says what to do. Times are
/// kept to the millisecond.
[[nodiscard]] result::Result<TaskMemory> load_memory(disk::Disk& disk,
                                                     const std::filesystem::path& path);
/// Durable when it returns.
[[nodiscard]] result::Status save_memory(disk::Disk& disk, const std::filesystem::path& path,
                                         const TaskMemory& memory);

}  // namespace hts::scheduled_tasks
