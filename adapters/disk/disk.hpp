#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/result/result.hpp"

/// The seam below which every durable write of the daemon goes: the system's disk, or a simulated
/// one that forgets, tears and refuses as real disks do.
///
/// What a power failure leaves, and what the callers therefore have to do:
/// 1. A file's content lasts once `File::sync` or `Disk::sync_file` has returned. Of what was
///    written since, any part may be there.
/// 2. A name (made, renamed, removed) lasts once `Disk::sync_directory` of its folder has returned,
///    whatever was synced of the file. Names of one folder are not ordered among each other; a
///    rename is done or not done, never half.
/// 3. A sync that failed is no promise about anything: what it was for has to be written again.
///
/// All errors have code storage and name the path, the system's reason and what to do.
namespace hts::disk {

/// What a folder holds under one name.
struct Entry {
  std::string name;
  bool is_directory = false;  ///< links are followed
  friend bool operator==(const Entry&, const Entry&) = default;
};

enum class OpenMode {
  read,       ///< must exist; writes are errors
  write_new,  ///< made if missing, emptied if not
  update,     ///< made if missing, kept if not
};

enum class LockKind { shared, exclusive };

/// One open file. Used by one thread at a time; must not outlive its disk. A file that is renamed
/// or removed stays the same open file.
class File {
 public:
  virtual ~File() = default;

  /// How many bytes were read: fewer than asked for only at the end of the file, 0 after it.
  [[nodiscard]] virtual result::Result<std::size_t> read_at(std::uint64_t offset,
                                                            std::span<std::byte> into) = 0;
  /// All bytes, or an error: a part of them may then be there. A gap behind the present end reads
  /// as zeros.
  [[nodiscard]] virtual result::Status write_at(std::uint64_t offset,
                                                std::span<const std::byte> bytes) = 0;
  /// Cuts, or appends zeros.
  [[nodiscard]] virtual result::Status truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual result::Status sync() = 0;
  [[nodiscard]] virtual result::Result<std::uint64_t> size() = 0;
};

/// A lock that is held until its destruction or the end of the process, however it ends.
class Lock {
 public:
  virtual ~Lock() = default;
};

/// Thread-safe.
class Disk {
 public:
  virtual ~Disk() = default;

  /// The folder and those above it that are missing. Their names last only once they are synced:
  /// see `make_lasting_directories`.
  [[nodiscard]] virtual result::Status make_directories(const std::filesystem::path& folder) = 0;
  /// Says before the work what a write to the folder would find out after it.
  [[nodiscard]] virtual result::Status check_writable(const std::filesystem::path& folder) = 0;
  /// Whether there is a file or folder. An error when that cannot be told.
  [[nodiscard]] virtual result::Result<bool> exists(const std::filesystem::path& path) = 0;
  [[nodiscard]] virtual result::Result<std::uint64_t> file_size(
      const std::filesystem::path& path) = 0;
  /// In the order of the names; empty when the folder is missing.
  [[nodiscard]] virtual result::Result<std::vector<Entry>> list(
      const std::filesystem::path& folder) = 0;

  [[nodiscard]] virtual result::Result<std::unique_ptr<File>> open(
      const std::filesystem::path& path, OpenMode mode) = 0;
  /// The content of a file that somebody else wrote.
  [[nodiscard]] virtual result::Status sync_file(const std::filesystem::path& path) = 0;
  /// The same of several. A disk that works on them at once takes hardly longer than for one.
  [[nodiscard]] virtual result::Status sync_files(std::span<const std::filesystem::path> paths);
  /// The names in a folder. A file system that cannot do it keeps them by itself: success.
  [[nodiscard]] virtual result::Status sync_directory(const std::filesystem::path& folder) = 0;

  /// Atomic; replaces a file, or an empty folder, at `to`. An error names `to`.
  [[nodiscard]] virtual result::Status rename(const std::filesystem::path& from,
                                              const std::filesystem::path& to) = 0;
  /// A file or an empty folder. What is not there is removed already: success.
  [[nodiscard]] virtual result::Status remove(const std::filesystem::path& path) = 0;
  /// With everything below it, in no particular order. What is not there is removed already.
  [[nodiscard]] virtual result::Status remove_all(const std::filesystem::path& path) = 0;

  /// An advisory lock on a folder itself, over all processes, so that no lock file is left in it.
  /// Makes the folder if it is missing. Waits until `patience` is over, then error: conflict.
  [[nodiscard]] virtual result::Result<std::unique_ptr<Lock>> lock_directory(
      const std::filesystem::path& folder, LockKind kind, std::chrono::milliseconds patience) = 0;

  /// `.2020.parquet.4711-1.tmp` beside `path`: hidden, in the same file system, never given twice
  /// nor by another process. See `remove_temporaries`.
  [[nodiscard]] virtual std::filesystem::path temporary_path(const std::filesystem::path& path) = 0;
};

/// The disk of this machine. One for the whole process.
[[nodiscard]] std::shared_ptr<Disk> system_disk();

}  // namespace hts::disk
