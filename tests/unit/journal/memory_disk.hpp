#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "adapters/disk/disk.hpp"

namespace hts::testing {

/// Files in memory, all in one folder, with switches that make every write or fsync fail.
/// Thread-safe, as far as the journal uses it.
class MemoryDisk final : public disk::Disk {
 public:
  void fail_writes(bool fail) { set(fail_writes_, fail); }
  void fail_syncs(bool fail) { set(fail_syncs_, fail); }
  [[nodiscard]] std::uint64_t syncs() const {
    const std::lock_guard lock(mutex_);
    return syncs_;
  }
  void put(const std::string& path, std::string bytes) {
    const std::lock_guard lock(mutex_);
    files_[path] = std::make_shared<std::string>(std::move(bytes));
  }
  [[nodiscard]] std::string content(const std::string& path) const {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(path);
    return found == files_.end() ? "" : *found->second;
  }

  result::Status make_directories(const std::filesystem::path&) override {
    return result::success();
  }
  result::Status check_writable(const std::filesystem::path&) override { return result::success(); }
  result::Result<bool> exists(const std::filesystem::path& path) override {
    const std::lock_guard lock(mutex_);
    return files_.count(path.string()) != 0;
  }
  result::Result<std::uint64_t> file_size(const std::filesystem::path& path) override {
    return content(path.string()).size();
  }
  result::Result<std::vector<disk::Entry>> list(const std::filesystem::path&) override {
    const std::lock_guard lock(mutex_);
    std::vector<disk::Entry> entries;
    for (const auto& [path, bytes] : files_) {
      entries.push_back({std::filesystem::path(path).filename().string(), false});
    }
    return entries;
  }
  result::Result<std::unique_ptr<disk::File>> open(const std::filesystem::path& path,
                                                   disk::OpenMode mode) override {
    const std::lock_guard lock(mutex_);
    if (mode == disk::OpenMode::read && files_.count(path.string()) == 0) {
      return refusal(path, "no such file");
    }
    if (mode != disk::OpenMode::read && fail_writes_) return refusal(path, "no space left");
    auto& bytes = files_[path.string()];
    if (bytes == nullptr || mode == disk::OpenMode::write_new) {
      bytes = std::make_shared<std::string>();
    }
    return {std::make_unique<MemoryFile>(*this, bytes)};
  }
  result::Status sync_file(const std::filesystem::path&) override { return result::success(); }
  result::Status sync_directory(const std::filesystem::path&) override { return result::success(); }
  result::Status rename(const std::filesystem::path&, const std::filesystem::path& to) override {
    return refusal(to, "not here");
  }
  result::Status remove(const std::filesystem::path& path) override {
    const std::lock_guard lock(mutex_);
    files_.erase(path.string());
    return result::success();
  }
  result::Status remove_all(const std::filesystem::path& path) override { return remove(path); }
  result::Result<std::unique_ptr<disk::Lock>> lock_directory(const std::filesystem::path& folder,
                                                             disk::LockKind,
                                                             std::chrono::milliseconds) override {
    return refusal(folder, "not here");
  }
  std::filesystem::path temporary_path(const std::filesystem::path& path) override {
    return path.string() + ".tmp";
  }

 private:
  class MemoryFile final : public disk::File {
   public:
    MemoryFile(MemoryDisk& disk, std::shared_ptr<std::string> bytes)
        : disk_(disk), bytes_(std::move(bytes)) {}
    result::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
      const std::lock_guard lock(disk_.mutex_);
      if (offset >= bytes_->size()) return std::size_t{0};
      return bytes_->copy(reinterpret_cast<char*>(into.data()), into.size(), offset);
    }
    result::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
      const std::lock_guard lock(disk_.mutex_);
      // A refused write may leave a part.
      const std::size_t count = disk_.fail_writes_ ? bytes.size() / 2 : bytes.size();
      bytes_->resize(std::max<std::size_t>(bytes_->size(), offset + count));
      bytes_->replace(offset, count, reinterpret_cast<const char*>(bytes.data()), count);
      if (disk_.fail_writes_) return refusal("journal", "no space left");
      return result::success();
    }
    result::Status truncate(std::uint64_t size) override {
      const std::lock_guard lock(disk_.mutex_);
      bytes_->resize(size);
      return result::success();
    }
    result::Status sync() override {
      const std::lock_guard lock(disk_.mutex_);
      ++disk_.syncs_;
      if (disk_.fail_syncs_) return refusal("journal", "input/output error");
      return result::success();
    }
    result::Result<std::uint64_t> size() override {
      const std::lock_guard lock(disk_.mutex_);
      return bytes_->size();
    }

   private:
    MemoryDisk& disk_;
    std::shared_ptr<std::string> bytes_;
  };

  static result::Error refusal(const std::filesystem::path& path, const std::string& reason) {
    return result::make_error(result::ErrorCode::storage, path.string() + ": " + reason + ".");
  }
  void set(bool& flag, bool value) {
    const std::lock_guard lock(mutex_);
    flag = value;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<std::string>> files_;
  std::uint64_t syncs_ = 0;
  bool fail_writes_ = false;
  bool fail_syncs_ = false;
};

}  // namespace hts::testing
