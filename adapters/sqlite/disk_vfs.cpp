#include "adapters/sqlite/disk_vfs.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <filesystem>
#include <span>
#include <thread>
#include <utility>

#include <sqlite3.h>

#include "adapters/disk/disk_error.hpp"
#include "adapters/sqlite/disk_file_locks.hpp"

namespace hts::sqlite {
namespace {

namespace fs = std::filesystem;
using disk::OpenMode;

/// What xOpen makes and every other call finds again.
struct OpenFile {
  disk::Disk& disk;
  std::unique_ptr<disk::File> file;
  fs::path path;
  std::shared_ptr<DiskFileLocks> locks;  ///< of a database, not of its log
  int held_lock = SQLITE_LOCK_NONE;
  bool is_name_to_sync = false;  ///< it may be new, so its name does not last yet
};

/// What SQLite allocates for a file and hands back to each call.
struct FileHandle {
  sqlite3_file base;
  OpenFile* open;
};

OpenFile& open_file(sqlite3_file* file) {
  return *reinterpret_cast<FileHandle*>(file)->open;
}

/// No exception passes through SQLite's C code.
template <class Function>
int guarded(Function&& function) noexcept {
  try {
    return std::forward<Function>(function)();
  } catch (const std::bad_alloc&) {
    return SQLITE_IOERR_NOMEM;
  } catch (const std::exception&) {
    return SQLITE_IOERR;
  }
}

fs::path folder_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

int code_of(const result::Status& status, int otherwise) {
  if (status) return SQLITE_OK;
  return disk::is_disk_full(status.error()) ? SQLITE_FULL : otherwise;
}

int close_file(sqlite3_file* file) {
  return guarded([&] {
    auto* handle = reinterpret_cast<FileHandle*>(file);
    const std::unique_ptr<OpenFile> open{std::exchange(handle->open, nullptr)};
    if (open->locks != nullptr) {
      open->locks->unlock(open.get(), open->held_lock, SQLITE_LOCK_NONE);
      open->locks->release_memory(open.get());
    }
    return SQLITE_OK;
  });
}

int read_file(sqlite3_file* file, void* into, int amount, sqlite3_int64 offset) {
  return guarded([&] {
    const std::span bytes{static_cast<std::byte*>(into), static_cast<std::size_t>(amount)};
    const auto count = open_file(file).file->read_at(static_cast<std::uint64_t>(offset), bytes);
    if (!count) return SQLITE_IOERR_READ;
    if (*count == bytes.size()) return SQLITE_OK;
    // SQLite counts on zeros behind the end.
    std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(*count), bytes.end(), std::byte{});
    return SQLITE_IOERR_SHORT_READ;
  });
}

int write_file(sqlite3_file* file, const void* from, int amount, sqlite3_int64 offset) {
  return guarded([&] {
    const std::span bytes{static_cast<const std::byte*>(from), static_cast<std::size_t>(amount)};
    return code_of(open_file(file).file->write_at(static_cast<std::uint64_t>(offset), bytes),
                   SQLITE_IOERR_WRITE);
  });
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  return guarded([&] {
    return code_of(open_file(file).file->truncate(static_cast<std::uint64_t>(size)),
                   SQLITE_IOERR_TRUNCATE);
  });
}

int sync_file(sqlite3_file* file, int) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    if (const auto synced = open.file->sync(); !synced) return SQLITE_IOERR_FSYNC;
    if (open.is_name_to_sync) {
      if (const auto synced = open.disk.sync_directory(folder_of(open.path)); !synced) {
        return SQLITE_IOERR_DIR_FSYNC;
      }
      open.is_name_to_sync = false;
    }
    return SQLITE_OK;
  });
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  return guarded([&] {
    const auto bytes = open_file(file).file->size();
    if (!bytes) return SQLITE_IOERR_FSTAT;
    *size = static_cast<sqlite3_int64>(*bytes);
    return SQLITE_OK;
  });
}

int lock_file(sqlite3_file* file, int level) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    return open.locks != nullptr ? open.locks->lock(&open, open.held_lock, level) : SQLITE_OK;
  });
}

int unlock_file(sqlite3_file* file, int level) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    if (open.locks != nullptr) open.locks->unlock(&open, open.held_lock, level);
    return SQLITE_OK;
  });
}

int check_reserved_lock(sqlite3_file* file, int* is_reserved) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    *is_reserved = open.locks != nullptr && open.locks->is_reserved() ? 1 : 0;
    return SQLITE_OK;
  });
}

int control_file(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}

int sector_size(sqlite3_file*) {
  constexpr int sector = 512;
  return sector;
}

int device_characteristics(sqlite3_file*) {
  // A write that the power ends changes no byte outside of it, as SQLite assumes of every disk.
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

int map_memory(sqlite3_file* file, int region, int bytes, int make, void volatile** memory) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    if (open.locks == nullptr) return SQLITE_IOERR_SHMMAP;
    *memory = open.locks->memory(static_cast<std::size_t>(region), static_cast<std::size_t>(bytes),
                                 make != 0);
    return SQLITE_OK;
  });
}

int lock_memory(sqlite3_file* file, int first, int count, int flags) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    return open.locks->lock_memory(&open, static_cast<std::size_t>(first),
                                   static_cast<std::size_t>(count), flags);
  });
}

void memory_barrier(sqlite3_file*) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
}

int unmap_memory(sqlite3_file* file, int) {
  return guarded([&] {
    OpenFile& open = open_file(file);
    if (open.locks != nullptr) open.locks->release_memory(&open);
    return SQLITE_OK;
  });
}

constexpr sqlite3_io_methods file_methods = {
    2,  // with shared memory, without memory-mapped files
    close_file,
    read_file,
    write_file,
    truncate_file,
    sync_file,
    size_of_file,
    lock_file,
    unlock_file,
    check_reserved_lock,
    control_file,
    sector_size,
    device_characteristics,
    map_memory,
    lock_memory,
    memory_barrier,
    unmap_memory,
    nullptr,
    nullptr,
};

}  // namespace

struct DiskVfs::Registration {
  Registration(disk::Disk& used_disk, DiskVfsSources used_sources, const char* name)
      : disk(used_disk), sources(std::move(used_sources)) {
    constexpr int longest_path = 4096;
    vfs.iVersion = 2;
    vfs.szOsFile = sizeof(FileHandle);
    vfs.mxPathname = longest_path;
    vfs.zName = name;
    vfs.pAppData = this;
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    vfs.xCurrentTimeInt64 = current_time_milliseconds;
    sqlite3_vfs_register(&vfs, 0);
  }
  ~Registration() { sqlite3_vfs_unregister(&vfs); }
  Registration(const Registration&) = delete;
  Registration& operator=(const Registration&) = delete;

  static Registration& of(sqlite3_vfs* vfs) { return *static_cast<Registration*>(vfs->pAppData); }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                  int* flags_out) {
    file->pMethods = nullptr;  // nothing to close unless all goes well
    return guarded([&] {
      disk::Disk& disk = of(vfs).disk;
      if (name == nullptr) return SQLITE_CANTOPEN;
      fs::path path{name};
      const bool may_make = (flags & SQLITE_OPEN_CREATE) != 0;
      auto opened = may_make ? disk.open(path, OpenMode::update) : open_existing(disk, path, flags);
      if (!opened) {
        return disk::is_disk_full(opened.error()) ? SQLITE_FULL : SQLITE_CANTOPEN;
      }
      auto made = std::make_unique<OpenFile>(OpenFile{disk, *std::move(opened), path, nullptr});
      // It may be there without its name being synced, left by a process that died.
      made->is_name_to_sync = may_make;
      if ((flags & SQLITE_OPEN_MAIN_DB) != 0) made->locks = DiskFileLocks::of(disk, path);
      if (flags_out != nullptr) *flags_out = flags;
      reinterpret_cast<FileHandle*>(file)->open = made.release();
      file->pMethods = &file_methods;
      return SQLITE_OK;
    });
  }

  static result::Result<std::unique_ptr<disk::File>> open_existing(disk::Disk& disk,
                                                                   const fs::path& path,
                                                                   int flags) {
    auto found = disk.open(path, OpenMode::read);
    if (!found || (flags & SQLITE_OPEN_READWRITE) == 0) return found;
    return disk.open(path, OpenMode::update);
  }

  static int remove(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    return guarded([&] {
      disk::Disk& disk = of(vfs).disk;
      const fs::path path{name};
      const auto exists = disk.exists(path);
      if (!exists) return SQLITE_IOERR_DELETE;
      if (!*exists) return SQLITE_IOERR_DELETE_NOENT;
      if (const auto removed = disk.remove(path); !removed) return SQLITE_IOERR_DELETE;
      if (sync_directory == 0) return SQLITE_OK;
      return code_of(disk.sync_directory(folder_of(path)), SQLITE_IOERR_DIR_FSYNC);
    });
  }

  static int access(sqlite3_vfs* vfs, const char* name, int question, int* answer) {
    return guarded([&] {
      disk::Disk& disk = of(vfs).disk;
      const auto exists = disk.exists(name);
      if (!exists) return SQLITE_IOERR_ACCESS;
      *answer = *exists ? 1 : 0;
      if (*exists && question == SQLITE_ACCESS_EXISTS) {
        // An empty journal is none, as SQLite's own VFS sees it.
        const auto size = disk.file_size(name);
        if (size && *size == 0) *answer = 0;
      }
      return SQLITE_OK;
    });
  }

  static int full_path(sqlite3_vfs*, const char* name, int size, char* into) {
    const std::size_t length = std::strlen(name);
    if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
    std::memcpy(into, name, length + 1);
    return SQLITE_OK;
  }

  static int randomness(sqlite3_vfs* vfs, int size, char* into) {
    return guarded([&] {
      std::span bytes{into, static_cast<std::size_t>(size)};
      while (!bytes.empty()) {
        const std::uint64_t word = of(vfs).sources.random();
        const std::size_t count = std::min(bytes.size(), sizeof word);
        std::memcpy(bytes.data(), &word, count);
        bytes = bytes.subspan(count);
      }
      return size;
    });
  }

  static int sleep(sqlite3_vfs*, int microseconds) {
    std::this_thread::sleep_for(std::chrono::microseconds{microseconds});
    return microseconds;
  }

  static int current_time_milliseconds(sqlite3_vfs* vfs, sqlite3_int64* milliseconds) {
    return guarded([&] {
      constexpr sqlite3_int64 julian_day_of_1970 = 210'866'760'000'000;
      *milliseconds = julian_day_of_1970 + of(vfs).sources.milliseconds();
      return SQLITE_OK;
    });
  }

  static int current_time(sqlite3_vfs* vfs, double* days) {
    constexpr double milliseconds_a_day = 86'400'000.0;
    sqlite3_int64 milliseconds = 0;
    const int code = current_time_milliseconds(vfs, &milliseconds);
    *days = static_cast<double>(milliseconds) / milliseconds_a_day;
    return code;
  }

  disk::Disk& disk;
  DiskVfsSources sources;
  sqlite3_vfs vfs{};
};

namespace {

std::string next_name() {
  static std::atomic<unsigned> count{0};
  return "hts-disk-" + std::to_string(++count);
}

}  // namespace

DiskVfs::DiskVfs(std::shared_ptr<disk::Disk> disk, DiskVfsSources sources)
    : disk_(std::move(disk)), name_(next_name()) {
  const auto seed = static_cast<int>(sources.random() | 1U);  // 0 would mean no seed
  sqlite3_initialize();
  // The seed is taken at the next number; then it is forgotten for whoever starts the generator
  // anew, which undoes what it produced unless that is saved and restored.
  char ignored = 0;
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, seed, nullptr);
  sqlite3_randomness(1, &ignored);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SAVE);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_SEED, 0, nullptr);
  sqlite3_test_control(SQLITE_TESTCTRL_PRNG_RESTORE);
  registration_ = std::make_unique<Registration>(*disk_, std::move(sources), name_.c_str());
}

DiskVfs::~DiskVfs() = default;

}  // namespace hts::sqlite
