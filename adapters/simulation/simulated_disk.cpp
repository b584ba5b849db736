#include "adapters/simulation/simulated_disk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "adapters/disk/disk_error.hpp"
#include "adapters/simulation/byte_hash.hpp"
#include "engine/runtime/random.hpp"

namespace hts::simulation {

using disk::Entry;
using disk::file_error;
using disk::LockKind;
using disk::OpenMode;
using result::Result;
using result::Status;
using result::success;
using runtime::detail::next_random;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view cannot_write = "Cannot write";
constexpr std::string_view cannot_read = "Cannot read";

void add_to(ByteHash& hash, const DiskNode& node) {
  if (!node.is_directory) {
    hash.add(std::uint64_t{node.content.bytes().size()});
    hash.add(node.content.bytes());
    return;
  }
  hash.add(std::uint64_t{node.names.size()});
  for (const auto& [name, below] : node.names) {
    hash.add(std::uint64_t{name.size()});
    hash.add(std::as_bytes(std::span{name}));
    add_to(hash, *below);
  }
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto [end, ignored] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return end == folder.end();
}

}  // namespace

class SimulatedDisk::OpenFile final : public disk::File {
 public:
  OpenFile(SimulatedDisk& disk, NodePtr node, fs::path path, bool is_writable)
      : disk_(disk),
        boot_(disk.boots_),
        node_(std::move(node)),
        path_(std::move(path)),
        is_writable_(is_writable) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    const std::lock_guard lock{disk_.mutex_};
    if (is_dead()) return disk_.powered_off(path_);
    const auto bytes = node_->content.bytes();
    if (offset >= bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::size_t>(into.size(), bytes.size() - offset);
    if (count > 0) std::memcpy(into.data(), bytes.data() + offset, count);
    return count;
  }

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const std::lock_guard lock{disk_.mutex_};
    if (auto refused = check_writable(); !refused) return refused;
    if (bytes.empty()) return success();
    auto verdict = disk_.begin(Operation::write, cannot_write, path_);
    if (verdict.is_partly_done) bytes = bytes.first(next_random(disk_.random_) % bytes.size());
    if (verdict.is_done || verdict.is_partly_done) node_->content.write(offset, bytes);
    if (verdict.error) return *std::move(verdict.error);
    return success();
  }

  Status truncate(std::uint64_t size) override {
    const std::lock_guard lock{disk_.mutex_};
    if (auto refused = check_writable(); !refused) return refused;
    const std::uint64_t before = node_->content.bytes().size();
    if (size == before) return success();
    auto verdict =
        disk_.begin(size > before ? Operation::allocating : Operation::other, cannot_write, path_);
    if (verdict.is_done) node_->content.truncate(size);
    if (verdict.error) return *std::move(verdict.error);
    return success();
  }

  Status sync() override {
    const std::lock_guard lock{disk_.mutex_};
    if (is_dead()) return disk_.powered_off(path_);
    return disk_.sync_content(*node_, path_);
  }

  Result<std::uint64_t> size() override {
    const std::lock_guard lock{disk_.mutex_};
    if (is_dead()) return disk_.powered_off(path_);
    return std::uint64_t{node_->content.bytes().size()};
  }

 private:
  [[nodiscard]] bool is_dead() const { return disk_.crashed_ || boot_ != disk_.boots_; }
  [[nodiscard]] Status check_writable() const {
    if (is_dead()) return disk_.powered_off(path_);
    if (!is_writable_) return file_error(cannot_write, path_, EBADF);
    return success();
  }

  SimulatedDisk& disk_;
  std::uint64_t boot_;
  NodePtr node_;
  fs::path path_;
  bool is_writable_;
};

class SimulatedDisk::HeldLock final : public disk::Lock {
 public:
  HeldLock(SimulatedDisk& disk, NodePtr node, std::uint64_t lock)
      : disk_(disk), node_(std::move(node)), lock_(lock) {}
  ~HeldLock() override { disk_.release(node_->id, lock_); }

 private:
  SimulatedDisk& disk_;
  NodePtr node_;
  std::uint64_t lock_;
};

SimulatedDisk::SimulatedDisk(std::uint64_t seed) : random_(seed) {}

void SimulatedDisk::set_faults(DiskFaults faults) {
  const std::lock_guard lock{mutex_};
  faults_ = faults;
}

void SimulatedDisk::crash() {
  const std::lock_guard lock{mutex_};
  crashed_ = true;
}

void SimulatedDisk::crash_after(std::uint64_t mutating_operations) {
  const std::lock_guard lock{mutex_};
  crash_at_ = operations_ + mutating_operations;
}

void SimulatedDisk::fail_after(std::uint64_t mutating_operations, int error_number) {
  const std::lock_guard lock{mutex_};
  fail_at_ = operations_ + mutating_operations;
  fail_with_ = error_number;
}

bool SimulatedDisk::crashed() const {
  const std::lock_guard lock{mutex_};
  return crashed_;
}

void SimulatedDisk::reboot() {
  const std::lock_guard lock{mutex_};
  names_.lose_power(random_);
  locks_.clear();
  crash_at_.reset();
  fail_at_.reset();
  crashed_ = false;
  ++boots_;
}

std::uint64_t SimulatedDisk::operations() const {
  const std::lock_guard lock{mutex_};
  return operations_;
}

std::uint64_t SimulatedDisk::failures() const {
  const std::lock_guard lock{mutex_};
  return failures_;
}

std::uint64_t SimulatedDisk::content_hash() const {
  const std::lock_guard lock{mutex_};
  ByteHash hash;
  add_to(hash, *names_.root());
  hash.add(random_);
  hash.add(operations_);
  return hash.value();
}

bool SimulatedDisk::happens(double rate) {
  if (rate <= 0) return false;
  constexpr double one = 18446744073709551616.0;  // 2^64
  return static_cast<double>(next_random(random_)) < rate * one;
}

result::Error SimulatedDisk::powered_off(const fs::path& path) const {
  return file_error("Cannot use", path, std::string_view{"the simulated power failed"},
                    "Start again after the reboot.");
}

SimulatedDisk::Verdict SimulatedDisk::begin(Operation operation, std::string_view action,
                                            const fs::path& path) {
  const std::uint64_t index = operations_++;
  const bool is_write = operation == Operation::write;
  if (crash_at_ == index || happens(faults_.crash_rate)) {
    crashed_ = true;
    const std::uint64_t fate = next_random(random_) % 3;
    return {fate == 0, is_write && fate == 1, powered_off(path)};
  }
  int error = 0;
  if (fail_at_ == index) {
    error = fail_with_;
  } else if (happens(faults_.error_rate)) {
    const bool may_be_full = is_write || operation == Operation::allocating;
    error = may_be_full && next_random(random_) % 2 == 0 ? ENOSPC : EIO;
  } else if (is_write && happens(faults_.short_write_rate)) {
    ++failures_;
    return {false, true, file_error(action, path, ENOSPC)};
  }
  if (error == 0) return {};
  ++failures_;
  return {false, is_write && next_random(random_) % 2 == 0, file_error(action, path, error)};
}

DiskPlace SimulatedDisk::find(const fs::path& path) const {
  if (path.native().find("..") == std::string::npos) return names_.find(path.native());
  return names_.find(path.lexically_normal().native());
}

Status SimulatedDisk::make_directories_at(const fs::path& folder) {
  constexpr std::string_view action = "Cannot make the folder";
  if (crashed_) return powered_off(folder);
  if (const auto there = find(folder); there.node != nullptr && there.node->is_directory) {
    return success();
  }
  fs::path path;
  for (const fs::path& name : folder) {
    path /= name;
    const DiskPlace place = find(path);
    if (place.error != 0) return file_error(action, folder, place.error);
    if (place.node != nullptr) {
      if (!place.node->is_directory) return file_error(action, folder, ENOTDIR);
      continue;
    }
    auto verdict = begin(Operation::allocating, action, path);
    if (verdict.is_done) names_.make(place, true);
    if (verdict.error) return *std::move(verdict.error);
  }
  return success();
}

Status SimulatedDisk::make_directories(const fs::path& folder) {
  const std::lock_guard lock{mutex_};
  return make_directories_at(folder);
}

Status SimulatedDisk::check_writable(const fs::path& folder) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(folder);
  const DiskPlace place = find(folder);
  if (place.node != nullptr && place.node->is_directory) return success();
  const int error = place.error != 0 ? place.error : place.node == nullptr ? ENOENT : ENOTDIR;
  return file_error("Cannot write to the folder", folder, error);
}

Result<bool> SimulatedDisk::exists(const fs::path& path) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(path);
  return find(path).node != nullptr;
}

Result<std::uint64_t> SimulatedDisk::file_size(const fs::path& path) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(path);
  const DiskPlace place = find(path);
  if (place.error != 0) return file_error(cannot_read, path, place.error);
  if (place.node == nullptr) return file_error(cannot_read, path, ENOENT);
  if (place.node->is_directory) return file_error(cannot_read, path, EISDIR);
  return std::uint64_t{place.node->content.bytes().size()};
}

Result<std::vector<Entry>> SimulatedDisk::list(const fs::path& folder) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(folder);
  const DiskPlace place = find(folder);
  std::vector<Entry> entries;
  if (place.error == ENOTDIR || (place.node != nullptr && !place.node->is_directory)) {
    return file_error("Cannot read the folder", folder, ENOTDIR);
  }
  if (place.node == nullptr) return entries;
  for (const auto& [name, node] : place.node->names) entries.push_back({name, node->is_directory});
  return entries;
}

Result<std::unique_ptr<disk::File>> SimulatedDisk::open(const fs::path& path, OpenMode mode) {
  const std::lock_guard lock{mutex_};
  const bool is_writable = mode != OpenMode::read;
  const std::string_view action = is_writable ? cannot_write : cannot_read;
  if (crashed_) return powered_off(path);
  const DiskPlace place = find(path);
  if (place.error != 0) return file_error(action, path, place.error);
  NodePtr node = place.node;
  if (node != nullptr && node->is_directory) return file_error(action, path, EISDIR);
  if (node == nullptr) {
    if (!is_writable) return file_error(action, path, ENOENT);
    auto verdict = begin(Operation::allocating, action, path);
    if (verdict.is_done) node = names_.make(place, false);
    if (verdict.error) return *std::move(verdict.error);
  } else if (mode == OpenMode::write_new && !node->content.bytes().empty()) {
    auto verdict = begin(Operation::other, action, path);
    if (verdict.is_done) node->content.truncate(0);
    if (verdict.error) return *std::move(verdict.error);
  }
  return std::unique_ptr<disk::File>{
      std::make_unique<OpenFile>(*this, std::move(node), path, is_writable)};
}

Status SimulatedDisk::sync_content(DiskNode& node, const fs::path& path) {
  auto verdict = begin(Operation::sync, cannot_write, path);
  if (verdict.is_done) node.content.sync();
  if (!verdict.is_done && !crashed_) node.content.fail_sync(random_);
  if (verdict.error) return *std::move(verdict.error);
  return success();
}

Status SimulatedDisk::sync_file(const fs::path& path) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(path);
  const DiskPlace place = find(path);
  if (place.error != 0) return file_error("Cannot open", path, place.error);
  if (place.node == nullptr) return file_error("Cannot open", path, ENOENT);
  return sync_content(*place.node, path);
}

Status SimulatedDisk::sync_directory(const fs::path& folder) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(folder);
  const DiskPlace place = find(folder);
  if (place.error != 0) return file_error("Cannot open", folder, place.error);
  if (place.node == nullptr) return file_error("Cannot open", folder, ENOENT);
  if (!place.node->is_directory) return file_error("Cannot open", folder, ENOTDIR);
  auto verdict = begin(Operation::sync, cannot_write, folder);
  if (verdict.is_done) names_.sync(place.node);
  if (verdict.error) return *std::move(verdict.error);
  return success();
}

Status SimulatedDisk::rename(const fs::path& from, const fs::path& to) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(to);
  const DiskPlace source = find(from);
  const DiskPlace target = find(to);
  const auto refuse = [&](int error) { return file_error(cannot_write, to, error); };
  if (source.error != 0 || target.error != 0) return refuse(std::max(source.error, target.error));
  if (source.node == nullptr) return refuse(ENOENT);
  if (source.node == target.node) return success();
  if (source.folder == nullptr || target.folder == nullptr) return refuse(EBUSY);
  if (source.node->is_directory && is_below(to, from)) return refuse(EINVAL);
  if (target.node != nullptr) {
    if (target.node->is_directory && !source.node->is_directory) return refuse(EISDIR);
    if (!target.node->is_directory && source.node->is_directory) return refuse(ENOTDIR);
    if (!target.node->names.empty()) return refuse(ENOTEMPTY);
  }
  auto verdict = begin(Operation::allocating, cannot_write, to);
  if (verdict.is_done) names_.rename(source, target);
  if (verdict.error) return *std::move(verdict.error);
  return success();
}

Status SimulatedDisk::remove(const fs::path& path) {
  constexpr std::string_view action = "Cannot remove";
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(path);
  const DiskPlace place = find(path);
  if (place.error == ENOTDIR) return file_error(action, path, place.error);
  if (place.node == nullptr) return success();
  if (place.folder == nullptr) return file_error(action, path, EBUSY);
  if (!place.node->names.empty()) return file_error(action, path, ENOTEMPTY);
  auto verdict = begin(Operation::other, action, path);
  if (verdict.is_done) names_.remove(place);
  if (verdict.error) return *std::move(verdict.error);
  return success();
}

Status SimulatedDisk::remove_below(const DiskPlace& place, const fs::path& path) {
  while (!place.node->names.empty()) {
    // Drawn, as a system lists a folder in no order that anybody could rely on.
    const auto index = next_random(random_) % place.node->names.size();
    const auto below = std::next(place.node->names.begin(), static_cast<std::ptrdiff_t>(index));
    const DiskPlace entry{place.node, below->first, below->second, 0};
    if (auto removed = remove_below(entry, path / entry.name); !removed) return removed;
  }
  auto verdict = begin(Operation::other, "Cannot remove", path);
  if (verdict.is_done) names_.remove(place);
  if (verdict.error) return *std::move(verdict.error);
  return success();
}

Status SimulatedDisk::remove_all(const fs::path& path) {
  const std::lock_guard lock{mutex_};
  if (crashed_) return powered_off(path);
  const DiskPlace place = find(path);
  if (place.error == ENOTDIR) return file_error("Cannot remove", path, place.error);
  if (place.node == nullptr) return success();
  if (place.folder == nullptr) return file_error("Cannot remove", path, EBUSY);
  return remove_below(place, path);
}

Result<std::unique_ptr<disk::Lock>> SimulatedDisk::lock_directory(
    const fs::path& folder, LockKind kind, std::chrono::milliseconds patience) {
  std::unique_lock lock{mutex_};
  const auto self = std::this_thread::get_id();
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (true) {
    if (auto made = make_directories_at(folder); !made) return std::move(made).error();
    const DiskPlace place = find(folder);
    auto& holders = locks_[place.node->id];
    const bool is_free = std::all_of(holders.begin(), holders.end(), [&](const Holder& holder) {
      return kind == LockKind::shared && holder.kind == LockKind::shared;
    });
    if (is_free) {
      holders.push_back({++last_lock_, self, kind});
      return std::unique_ptr<disk::Lock>{std::make_unique<HeldLock>(*this, place.node, last_lock_)};
    }
    const bool is_hopeless = std::any_of(holders.begin(), holders.end(), [&](const Holder& holder) {
      return holder.thread == self;
    });
    if (is_hopeless || released_.wait_until(lock, deadline) == std::cv_status::timeout) {
      return result::make_error(
          result::ErrorCode::conflict,
          "Another process is writing to " + folder.string() + ": try again when it has finished.");
    }
  }
}

void SimulatedDisk::release(std::uint64_t node, std::uint64_t held) {
  const std::lock_guard lock{mutex_};
  const auto found = locks_.find(node);
  if (found == locks_.end()) return;
  std::erase_if(found->second, [held](const Holder& holder) { return holder.lock == held; });
  if (found->second.empty()) locks_.erase(found);
  released_.notify_all();
}

fs::path SimulatedDisk::temporary_path(const fs::path& path) {
  const std::lock_guard lock{mutex_};
  return path.parent_path() / ("." + path.filename().string() + "." + std::to_string(boots_) + "-" +
                               std::to_string(++temporaries_) + ".tmp");
}

}  // namespace hts::simulation
