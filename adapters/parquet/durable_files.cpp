#include "adapters/parquet/durable_files.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hts::parquet {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;
namespace fs = std::filesystem;

constexpr std::string_view temporary_suffix = ".tmp";

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const noexcept { return value_; }
  [[nodiscard]] int release() noexcept { return std::exchange(value_, -1); }

 private:
  int value_;
};

std::string reason_of(int error_number) {
  return std::generic_category().message(error_number);
}

/// What a person can do about it, as a sentence.
std::string_view remedy(std::string_view reason) {
  static const std::array<std::pair<int, std::string_view>, 9> remedies = {{
      {ENOSPC, "Free some space on that disk and try again."},
      {EDQUOT, "Free some space in that disk quota and try again."},
      {EACCES, "Make it accessible to this user, or choose another folder."},
      {EPERM, "Make it accessible to this user, or choose another folder."},
      {EROFS, "Mount it writable, or choose another folder."},
      {ENOTDIR, "A part of that path is a file: choose another folder."},
      {EEXIST, "A file has the name of a folder: move it, or choose another folder."},
      {EFBIG, "Raise this process's limit on file sizes (ulimit -f) and try again."},
      {EMFILE, "Raise this process's limit on open files (ulimit -n) and try again."},
  }};
  for (const auto& [number, sentence] : remedies) {
    if (reason == reason_of(number)) return sentence;
  }
  if (reason.find("failed to allocate") != std::string_view::npos) {
    return "Raise the memory limit of the Parquet reader, or ask for less.";
  }
  return "Check the disk and try again.";
}

Status sync_path(const fs::path& path, int flags) {
  const Descriptor file{open(path.c_str(), flags | O_CLOEXEC)};
  if (file.get() < 0) return file_error("Cannot open", path, errno);
  if (fsync(file.get()) != 0) return file_error("Cannot write", path, errno);
  return success();
}

bool same_file(int descriptor, const fs::path& path) {
  struct stat held{};
  struct stat named{};
  return fstat(descriptor, &held) == 0 && stat(path.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

}  // namespace

result::Error file_error(std::string_view action, const fs::path& path, std::string_view reason) {
  return make_error(ErrorCode::storage, std::string{action} + " " + path.string() + ": " +
                                            std::string{reason} + ". " +
                                            std::string{remedy(reason)});
}

result::Error file_error(std::string_view action, const fs::path& path, int error_number) {
  return file_error(action, path, reason_of(error_number));
}

result::Error shown_as(result::Error error, const fs::path& temporary, const fs::path& path) {
  const std::string& name = temporary.native();
  if (const auto found = error.message.find(name); found != std::string::npos) {
    error.message.replace(found, name.size(), path.native());
  }
  return error;
}

std::string reason_in(std::string_view duckdb_message) {
  std::string_view reason = duckdb_message.substr(0, duckdb_message.find('\n'));
  // `IO Error: Could not write file "/path": No space left on device`
  constexpr std::string_view kind_end = " Error: ";
  if (const auto end = reason.find(kind_end); end != std::string_view::npos) {
    reason.remove_prefix(end + kind_end.size());
  }
  if (const auto end = reason.rfind("\": "); end != std::string_view::npos) {
    reason.remove_prefix(end + 3);
  }
  while (!reason.empty() && (reason.back() == '.' || reason.back() == ' ')) reason.remove_suffix(1);
  return std::string{reason};
}

bool is_out_of_memory(const result::Error& duckdb_error) {
  return duckdb_error.message.starts_with("Out of Memory Error");
}

Status make_directories(const fs::path& path) {
  std::error_code failure;
  fs::create_directories(path, failure);
  if (!failure && !fs::is_directory(path, failure))
    failure.assign(ENOTDIR, std::generic_category());
  if (failure) return file_error("Cannot make the folder", path, failure.value());
  return success();
}

Status check_writable(const fs::path& folder) {
  if (access(folder.c_str(), W_OK | X_OK) == 0) return success();
  return file_error("Cannot write to the folder", folder, errno);
}

Status write_synced(const fs::path& path, std::string_view text) {
  const Descriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
  if (file.get() < 0) return file_error("Cannot write", path, errno);
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return file_error("Cannot write", path, errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fsync(file.get()) != 0) return file_error("Cannot write", path, errno);
  return success();
}

Status sync_file(const fs::path& path) {
  return sync_path(path, O_RDONLY);
}

Status sync_directory(const fs::path& path) {
  return sync_path(path, O_RDONLY | O_DIRECTORY);
}

Status rename_to(const fs::path& from, const fs::path& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return file_error("Cannot write", to, errno);
  return success();
}

result::Result<PinnedFile> PinnedFile::open(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_error("Cannot read", path, errno);
  return PinnedFile{descriptor};
}

PinnedFile::~PinnedFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

PinnedFile::PinnedFile(PinnedFile&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

std::string PinnedFile::name() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

fs::path temporary_path(const fs::path& path) {
  static std::atomic<unsigned> count{0};
  return path.parent_path() / ("." + path.filename().string() + "." + std::to_string(getpid()) +
                               "-" + std::to_string(++count) + std::string{temporary_suffix});
}

void remove_temporaries(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator{folder, ignored}) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(temporary_suffix)) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

result::Result<DirectoryLock> DirectoryLock::acquire(const fs::path& folder, Kind kind,
                                                     std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds pause{5};
  const int operation = (kind == Kind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (auto made = make_directories(folder); !made) return std::move(made).error();
    Descriptor descriptor{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (descriptor.get() < 0 && errno != ENOENT) return file_error("Cannot open", folder, errno);
    if (descriptor.get() >= 0 && flock(descriptor.get(), operation) == 0) {
      // An abandoned write removes its empty folder: the lock must be on the one that is there now.
      if (same_file(descriptor.get(), folder)) return DirectoryLock{descriptor.release()};
    } else if (descriptor.get() >= 0 && errno != EWOULDBLOCK && errno != EINTR) {
      return file_error("Cannot lock", folder, errno);
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return make_error(ErrorCode::conflict, "Another process is writing to " + folder.string() +
                                                 ": try again when it has finished.");
    }
    std::this_thread::sleep_for(pause);
  }
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

DirectoryLock& DirectoryLock::operator=(DirectoryLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace hts::parquet
