#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/disk/disk.hpp"

/// SQLite on a `disk::Disk`.
namespace hts::sqlite {

/// What a database asks besides its files, for runs that can be repeated.
struct DiskVfsSources {
  std::function<std::int64_t()> milliseconds;  ///< since 1970 UTC, for SQL's own time functions
  std::function<std::uint64_t()> random;       ///< any 64 bits, for the salts of the log
};

/// One registered VFS. Connections open files through it by its name and must be closed before it
/// is destroyed.
///
/// 1. The write-ahead log works in full; its shared memory and all locks are of this process, so
///    one process at a time may use a database this way. Connections of one process see each
///    other's locks by disk and path, also through different objects of this class.
/// 2. What SQLite syncs is synced, and with a new database or log its name.
/// 3. SQLite has one generator of random numbers in a process, which takes its seed from `random`
///    here: databases that are to be repeatable are opened one at a time and used by one thread.
///
/// Thread-safe. Files without a name are refused: keep temporary tables in memory.
class DiskVfs {
 public:
  DiskVfs(std::shared_ptr<disk::Disk> disk, DiskVfsSources sources);
  ~DiskVfs();
  DiskVfs(const DiskVfs&) = delete;
  DiskVfs& operator=(const DiskVfs&) = delete;

  [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }
  [[nodiscard]] disk::Disk& disk() const noexcept { return *disk_; }

 private:
  struct Registration;
  std::shared_ptr<disk::Disk> disk_;
  std::string name_;
  std::unique_ptr<Registration> registration_;
};

}  // namespace hts::sqlite
