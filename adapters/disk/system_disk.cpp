#include <algorithm>
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

#include "adapters/disk/disk.hpp"
#include "adapters/disk/disk_error.hpp"

namespace hts::disk {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;
namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() {
    if (value_ >= 0) close(value_);
  }
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  [[nodiscard]] int get() const noexcept { return value_; }

 private:
  int value_;
};

Status sync_descriptor(int descriptor, const fs::path& path) {
  while (fsync(descriptor) != 0) {
    if (errno != EINTR) return file_error("Cannot write", path, errno);
  }
  return success();
}

class SystemFile final : public File {
 public:
  SystemFile(Descriptor descriptor, fs::path path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    std::size_t done = 0;
    while (done < into.size()) {
      const ssize_t count = pread(descriptor_.get(), into.data() + done, into.size() - done,
                                  static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return file_error("Cannot read", path_, errno);
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    return done;
  }

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      const ssize_t count =
          pwrite(descriptor_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return file_error("Cannot write", path_, errno);
      bytes = bytes.subspan(static_cast<std::size_t>(count));
      offset += static_cast<std::uint64_t>(count);
    }
    return success();
  }

  Status truncate(std::uint64_t size) override {
    while (ftruncate(descriptor_.get(), static_cast<off_t>(size)) != 0) {
      if (errno != EINTR) return file_error("Cannot write", path_, errno);
    }
    return success();
  }

  Status sync() override { return sync_descriptor(descriptor_.get(), path_); }

  Result<std::uint64_t> size() override {
    struct stat status{};
    if (fstat(descriptor_.get(), &status) != 0) return file_error("Cannot read", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }

 private:
  Descriptor descriptor_;
  fs::path path_;
};

/// The system releases a flock when its descriptor is closed.
class SystemLock final : public Lock {
 public:
  explicit SystemLock(Descriptor descriptor) : descriptor_(std::move(descriptor)) {}

 private:
  Descriptor descriptor_;
};

bool same_file(int descriptor, const fs::path& path) {
  struct stat held{};
  struct stat named{};
  return fstat(descriptor, &held) == 0 && stat(path.c_str(), &named) == 0 &&
         held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/// Nobody's removal of an empty folder at the same moment is taken for a file in the way.
std::error_code make_folders(const fs::path& folder) {
  // A folder that is there when it is to be made, and removed when it is looked at, is a name in
  // the way for the library. So is a link to nowhere, hence not without end.
  constexpr int attempts = 100;
  std::error_code failure;
  for (int i = 0; i < attempts; ++i) {
    failure.clear();
    fs::create_directories(folder, failure);
    if (failure != std::errc::file_exists) break;
  }
  if (failure) return failure;
  const fs::file_status status = fs::status(folder, failure);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return {ENOTDIR, std::generic_category()};
  }
  return {};
}

int flags_of(OpenMode mode) {
  switch (mode) {
    case OpenMode::read:
      return O_RDONLY;
    case OpenMode::write_new:
      return O_RDWR | O_CREAT | O_TRUNC;
    case OpenMode::update:
      return O_RDWR | O_CREAT;
  }
  return O_RDONLY;
}

class SystemDisk final : public Disk {
 public:
  Status make_directories(const fs::path& folder) override {
    const std::error_code failure = make_folders(folder);
    if (failure) return file_error("Cannot make the folder", folder, failure.value());
    return success();
  }

  Status check_writable(const fs::path& folder) override {
    if (access(folder.c_str(), W_OK | X_OK) == 0) return success();
    return file_error("Cannot write to the folder", folder, errno);
  }

  Result<bool> exists(const fs::path& path) override {
    std::error_code failure;
    const bool found = fs::exists(path, failure);
    if (failure) return file_error("Cannot read", path, failure.value());
    return found;
  }

  Result<std::uint64_t> file_size(const fs::path& path) override {
    std::error_code failure;
    const std::uint64_t bytes = fs::file_size(path, failure);
    if (failure) return file_error("Cannot read", path, failure.value());
    return bytes;
  }

  Result<std::vector<Entry>> list(const fs::path& folder) override {
    std::vector<Entry> entries;
    std::error_code failure;
    fs::directory_iterator entry{folder, failure};
    while (!failure && entry != fs::directory_iterator{}) {
      std::error_code gone;
      entries.push_back({entry->path().filename().string(), entry->is_directory(gone)});
      entry.increment(failure);
    }
    if (failure && failure != std::errc::no_such_file_or_directory) {
      return file_error("Cannot read the folder", folder, failure.value());
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return entries;
  }

  Result<std::unique_ptr<File>> open(const fs::path& path, OpenMode mode) override {
    constexpr mode_t owner_writes_all_read = 0644;
    Descriptor file{::open(path.c_str(), flags_of(mode) | O_CLOEXEC, owner_writes_all_read)};
    const char* action = mode == OpenMode::read ? "Cannot read" : "Cannot write";
    if (file.get() < 0) return file_error(action, path, errno);
    struct stat status{};
    if (fstat(file.get(), &status) != 0) return file_error(action, path, errno);
    if (S_ISDIR(status.st_mode)) return file_error(action, path, EISDIR);
    return std::unique_ptr<File>{std::make_unique<SystemFile>(std::move(file), path)};
  }

  Status sync_file(const fs::path& path) override {
    const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.get() < 0) return file_error("Cannot open", path, errno);
    return sync_descriptor(file.get(), path);
  }

  Status sync_files(std::span<const fs::path> paths) override {
    for (const fs::path& path : paths) {
      const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
      // Only begins to write, so that the first sync finds all of them under way and one commit of
      // the file system's journal holds them. Whether that worked is what the syncs tell.
      if (file.get() >= 0) (void)sync_file_range(file.get(), 0, 0, SYNC_FILE_RANGE_WRITE);
    }
    return Disk::sync_files(paths);
  }

  Status sync_directory(const fs::path& folder) override {
    const Descriptor file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (file.get() < 0) return file_error("Cannot open", folder, errno);
    // EINVAL: this file system has no such call for folders.
    while (fsync(file.get()) != 0) {
      if (errno == EINVAL) break;
      if (errno != EINTR) return file_error("Cannot write", folder, errno);
    }
    return success();
  }

  Status rename(const fs::path& from, const fs::path& to) override {
    if (std::rename(from.c_str(), to.c_str()) != 0) return file_error("Cannot write", to, errno);
    return success();
  }

  Status remove(const fs::path& path) override {
    std::error_code failure;
    fs::remove(path, failure);
    if (failure) return file_error("Cannot remove", path, failure.value());
    return success();
  }

  Status remove_all(const fs::path& path) override {
    std::error_code failure;
    fs::remove_all(path, failure);
    if (failure) return file_error("Cannot remove", path, failure.value());
    return success();
  }

  Result<std::unique_ptr<Lock>> lock_directory(const fs::path& folder, LockKind kind,
                                               std::chrono::milliseconds patience) override {
    constexpr std::chrono::milliseconds pause{5};
    const int operation = (kind == LockKind::shared ? LOCK_SH : LOCK_EX) | LOCK_NB;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
      const std::error_code failure = make_folders(folder);
      if (failure && failure != std::errc::no_such_file_or_directory) {
        return file_error("Cannot make the folder", folder, failure.value());
      }
      Descriptor file{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
      if (file.get() < 0 && errno != ENOENT) return file_error("Cannot open", folder, errno);
      if (file.get() >= 0 && flock(file.get(), operation) == 0) {
        // An abandoned write removes its empty folder: the lock must be on the one that is there.
        if (same_file(file.get(), folder)) {
          return std::unique_ptr<Lock>{std::make_unique<SystemLock>(std::move(file))};
        }
      } else if (file.get() >= 0 && errno != EWOULDBLOCK && errno != EINTR) {
        return file_error("Cannot lock", folder, errno);
      }
      if (std::chrono::steady_clock::now() >= deadline) {
        return make_error(ErrorCode::conflict, "Another process is writing to " + folder.string() +
                                                   ": try again when it has finished.");
      }
      std::this_thread::sleep_for(pause);
    }
  }

  fs::path temporary_path(const fs::path& path) override {
    return path.parent_path() / ("." + path.filename().string() + "." + std::to_string(getpid()) +
                                 "-" + std::to_string(++temporaries_) + ".tmp");
  }

 private:
  std::atomic<unsigned> temporaries_{0};
};

}  // namespace

std::shared_ptr<Disk> system_disk() {
  static const auto disk = std::make_shared<SystemDisk>();
  return disk;
}

}  // namespace hts::disk
