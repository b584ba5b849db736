#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

/// The steps that make a file appear whole or not at all: written under a temporary name in its own
/// folder, synced, renamed, the folder synced. All errors have code storage and name the path, the
/// system's reason and what to do.
namespace hts::parquet {

/// "Cannot write /data/x: No space left on device. Free some space …".
[[nodiscard]] result::Error file_error(std::string_view action, const std::filesystem::path& path,
                                       std::string_view reason);
[[nodiscard]] result::Error file_error(std::string_view action, const std::filesystem::path& path,
                                       int error_number);
/// The error of a write under a temporary name as one about the file that it was for.
[[nodiscard]] result::Error shown_as(result::Error error, const std::filesystem::path& temporary,
                                     const std::filesystem::path& path);
/// The reason inside one of DuckDB's messages, without its kind and the path in front of it.
[[nodiscard]] std::string reason_in(std::string_view duckdb_message);
/// Whether DuckDB gave up for want of memory, which says nothing about the file.
[[nodiscard]] bool is_out_of_memory(const result::Error& duckdb_error);

[[nodiscard]] result::Status make_directories(const std::filesystem::path& path);
/// Says before the work what a write would find out after it.
[[nodiscard]] result::Status check_writable(const std::filesystem::path& folder);
[[nodiscard]] result::Status write_synced(const std::filesystem::path& path, std::string_view text);
[[nodiscard]] result::Status sync_file(const std::filesystem::path& path);
[[nodiscard]] result::Status sync_directory(const std::filesystem::path& path);
/// Atomic; replaces a file, or an empty folder, at `to`.
[[nodiscard]] result::Status rename_to(const std::filesystem::path& from,
                                       const std::filesystem::path& to);

/// `.2020.parquet.4711-1.tmp` beside `path`: hidden, in the same file system, of this process only.
[[nodiscard]] std::filesystem::path temporary_path(const std::filesystem::path& path);
/// Removes what is left of interrupted writes. Requires the folder's exclusive lock: whoever holds
/// it knows that no live process is writing there.
void remove_temporaries(const std::filesystem::path& folder);

/// A file held open, so that one query that opens it several times by `name()` never mixes the file
/// with another that a rename put in its place.
class PinnedFile {
 public:
  [[nodiscard]] static result::Result<PinnedFile> open(const std::filesystem::path& path);
  ~PinnedFile();
  PinnedFile(PinnedFile&& other) noexcept;
  PinnedFile& operator=(PinnedFile&&) = delete;

  /// `/proc/self/fd/N`, of this process only.
  [[nodiscard]] std::string name() const;

 private:
  explicit PinnedFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// An advisory lock (flock) on a folder itself, so that no lock file is left in it. Released by the
/// destructor and by the end of the process, however it ends.
class DirectoryLock {
 public:
  enum class Kind { shared, exclusive };

  /// Makes the folder if it is missing. Waits until `patience` is over, then error: conflict.
  [[nodiscard]] static result::Result<DirectoryLock> acquire(const std::filesystem::path& folder,
                                                             Kind kind,
                                                             std::chrono::milliseconds patience);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&& other) noexcept;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace hts::parquet
