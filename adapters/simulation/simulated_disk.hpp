#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "adapters/disk/disk.hpp"
#include "adapters/simulation/simulated_disk_names.hpp"

namespace hts::simulation {

/// How often a mutating operation goes wrong, each from 0 to 1.
struct DiskFaults {
  double error_rate = 0;        ///< fails with EIO or ENOSPC, a write perhaps after a part
  double short_write_rate = 0;  ///< of writes: a part is written, then the disk is full
  double crash_rate = 0;        ///< the power fails before or after it
};

/// A disk in memory that behaves as badly as disks may, drawn from a seed.
///
/// 1. What was written is read at once. What was not synced is kept, dropped or torn (sector by
///    sector) when the power fails; names and contents are independent, see `disk::Disk`.
/// 2. Mutating operations: a write, a truncation that changes the size, a sync, a name made,
///    removed or renamed. Each may fail or meet a power failure. One that meets it is done, partly
///    done or not done; its caller gets an error in any case.
/// 3. From a power failure on every call fails until `reboot`; files and locks from before it stay
///    dead for ever.
/// 4. The same seed and calls give the same contents, errors and `content_hash`. Nothing of it
///    depends on addresses, clocks or the process.
///
/// Thread-safe, for the conformance suites; a run is repeatable with one thread only. A lock is
/// waited for only while another thread holds it: alone, patience would change nothing.
///
/// Cost: a write copies its bytes, and each synced sector that it changes once; no call copies a
/// whole file. Paths are absolute; relative ones begin at the root.
class SimulatedDisk final : public disk::Disk {
 public:
  explicit SimulatedDisk(std::uint64_t seed);

  void set_faults(DiskFaults faults);
  /// The power fails now.
  void crash();
  /// The power fails at the next mutating operation but this many.
  void crash_after(std::uint64_t mutating_operations);
  /// The next mutating operation but this many fails, with EIO or ENOSPC for example.
  void fail_after(std::uint64_t mutating_operations, int error_number);
  [[nodiscard]] bool crashed() const;
  /// Decides what is left of what was not synced, and lets calls succeed again. Cancels what
  /// `crash_after` and `fail_after` ordered; the fault rates stay. Without a crash before, the
  /// power fails first.
  void reboot();

  /// Mutating operations so far, those that failed included.
  [[nodiscard]] std::uint64_t operations() const;
  /// How many of them failed by the dice or by order, power failures apart.
  [[nodiscard]] std::uint64_t failures() const;
  /// Of all names and contents as they are seen now, and of the state of the dice. O(all bytes).
  [[nodiscard]] std::uint64_t content_hash() const;

  [[nodiscard]] result::Status make_directories(const std::filesystem::path& folder) override;
  [[nodiscard]] result::Status check_writable(const std::filesystem::path& folder) override;
  [[nodiscard]] result::Result<bool> exists(const std::filesystem::path& path) override;
  [[nodiscard]] result::Result<std::uint64_t> file_size(const std::filesystem::path& path) override;
  [[nodiscard]] result::Result<std::vector<disk::Entry>> list(
      const std::filesystem::path& folder) override;
  [[nodiscard]] result::Result<std::unique_ptr<disk::File>> open(const std::filesystem::path& path,
                                                                 disk::OpenMode mode) override;
  [[nodiscard]] result::Status sync_file(const std::filesystem::path& path) override;
  [[nodiscard]] result::Status sync_directory(const std::filesystem::path& folder) override;
  [[nodiscard]] result::Status rename(const std::filesystem::path& from,
                                      const std::filesystem::path& to) override;
  [[nodiscard]] result::Status remove(const std::filesystem::path& path) override;
  [[nodiscard]] result::Status remove_all(const std::filesystem::path& path) override;
  [[nodiscard]] result::Result<std::unique_ptr<disk::Lock>> lock_directory(
      const std::filesystem::path& folder, disk::LockKind kind,
      std::chrono::milliseconds patience) override;
  [[nodiscard]] std::filesystem::path temporary_path(const std::filesystem::path& path) override;

 private:
  class OpenFile;
  class HeldLock;
  struct Holder {
    std::uint64_t lock;
    std::thread::id thread;
    disk::LockKind kind;
  };
  /// What becomes of a mutating operation.
  struct Verdict {
    bool is_done = true;
    bool is_partly_done = false;  ///< a write whose beginning is there
    std::optional<result::Error> error;
  };
  enum class Operation { allocating, write, sync, other };

  [[nodiscard]] Verdict begin(Operation operation, std::string_view action,
                              const std::filesystem::path& path);
  [[nodiscard]] bool happens(double rate);
  [[nodiscard]] result::Error powered_off(const std::filesystem::path& path) const;
  [[nodiscard]] DiskPlace find(const std::filesystem::path& path) const;
  [[nodiscard]] result::Status make_directories_at(const std::filesystem::path& folder);
  [[nodiscard]] result::Status sync_content(DiskNode& node, const std::filesystem::path& path);
  [[nodiscard]] result::Status remove_below(const DiskPlace& place,
                                            const std::filesystem::path& path);
  void release(std::uint64_t node, std::uint64_t lock);

  mutable std::mutex mutex_;
  std::condition_variable released_;
  std::uint64_t random_;
  DiskFaults faults_;
  DiskNames names_;
  std::map<std::uint64_t, std::vector<Holder>> locks_;  ///< by the folder's node
  std::uint64_t operations_ = 0;
  std::uint64_t failures_ = 0;
  std::optional<std::uint64_t> crash_at_;
  std::optional<std::uint64_t> fail_at_;
  int fail_with_ = 0;
  bool crashed_ = false;
  std::uint64_t boots_ = 1;
  std::uint64_t temporaries_ = 0;
  std::uint64_t last_lock_ = 0;
};

}  // namespace hts::simulation
