#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Copies of what a daemon keeps, made while it runs.
namespace hts::backup {

struct BackupPlan {
  /// SQLite files, each copied under its own name. One that is not there is passed over.
  std::vector<std::filesystem::path> databases;
  /// Small files that are replaced whole, never changed, likewise.
  std::vector<std::filesystem::path> files;
  /// A folder of folders that never change once they have their name; may be missing.
  std::filesystem::path runs;
  std::filesystem::path to;  ///< where backups are gathered, each a folder; made when missing
  std::size_t keep = 7;      ///< the newest that stay, this one included; at least 1
};

struct BackupReport {
  std::string name;  ///< of the folder: `20261122T033000Z`
  std::uint64_t databases = 0;
  std::uint64_t runs = 0;
  std::uint64_t bytes = 0;    ///< of the new backup, those shared with an earlier one included
  std::uint64_t removed = 0;  ///< older backups
};

/// Makes a backup and removes the oldest ones.
///
/// 1. It has its name once it is whole, checked and synced; what is left of one that was
///    interrupted is removed by the next.
/// 2. Each database is as it was at one moment (sqlite_copy.hpp). Runs are copied after them, so
///    every run that a database knows is there.
/// 3. Files of runs that the backup before has too are shared with it by hard links.
/// 4. Nothing older is removed unless the new one is whole.
///
/// One at a time. Errors: storage, naming the path; conflict when this second has a backup already;
/// cancelled soon after the flag is set. O(bytes that are new).
[[nodiscard]] result::Result<BackupReport> back_up(disk::Disk& disk, const BackupPlan& plan,
                                                   time::Timestamp now,
                                                   const std::atomic<bool>& cancelled);

}  // namespace hts::backup
