#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include <sqlite3.h>

#include "adapters/disk/disk.hpp"

/// What the connections to one database share: locks and the log's shared memory. Included only by
/// the disk's VFS.
namespace hts::sqlite {

/// Thread-safe. A `Holder` is any address that stands for one connection's file.
class DiskFileLocks {
 public:
  using Holder = const void*;

  /// The one of this database, as long as somebody holds it.
  [[nodiscard]] static std::shared_ptr<DiskFileLocks> of(const disk::Disk& disk,
                                                         const std::filesystem::path& path);

  /// SQLite's levels, SQLITE_LOCK_…; `held` is what the holder has now, and has afterwards.
  [[nodiscard]] int lock(Holder holder, int& held, int wanted);
  void unlock(Holder holder, int& held, int wanted);
  [[nodiscard]] bool is_reserved();

  /// Null when there is none and it is not to be made. Zeroed; lives as long as this object.
  [[nodiscard]] volatile void* memory(std::size_t region, std::size_t bytes, bool make);
  /// `flags` as SQLite's xShmLock gives them.
  [[nodiscard]] int lock_memory(Holder holder, std::size_t first, std::size_t count, int flags);
  /// Gives up whatever the holder has of the memory's locks.
  void release_memory(Holder holder);

 private:
  struct Slot {
    std::vector<Holder> shared;
    Holder exclusive = nullptr;
  };

  std::mutex mutex_;
  std::size_t shared_ = 0;
  Holder reserved_ = nullptr;
  Holder pending_ = nullptr;
  Holder exclusive_ = nullptr;
  std::array<Slot, SQLITE_SHM_NLOCK> slots_;
  std::vector<std::unique_ptr<std::vector<std::uint64_t>>> regions_;
};

}  // namespace hts::sqlite
