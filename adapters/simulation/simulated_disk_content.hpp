#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

/// What one simulated file holds: what its readers see, and what a power failure would leave of it.
/// Included only by the simulated disk.
namespace hts::simulation {

/// Changes that were not synced are kept, dropped or mixed sector by sector when the power fails;
/// new sectors that are dropped read as zeros or as what somebody else left there.
///
/// Cost: a write saves each sector of synced content that it changes once until the next sync, and
/// nothing of what it appends.
class DiskContent {
 public:
  static constexpr std::uint64_t sector_size = 512;

  [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
  void write(std::uint64_t offset, std::span<const std::byte> bytes);
  void truncate(std::uint64_t size);

  void sync();
  /// A sync that fails may have lost some of what it was to write: visible until the next power
  /// failure, it lasts only when it is written again.
  void fail_sync(std::uint64_t& random);
  /// Decides what is left; the content is then as if synced.
  void lose_power(std::uint64_t& random);

 private:
  struct Saved {
    std::array<std::byte, sector_size> bytes{};
    bool is_lost = false;  ///< the sector of a failed sync: nobody will write it any more
  };

  void save(std::uint64_t first_sector, std::uint64_t end_sector);
  void restore(std::uint64_t offset, std::span<const std::byte> saved);

  std::vector<std::byte> bytes_;
  std::uint64_t synced_size_ = 0;
  /// The synced content of sectors that were changed since. A sector that is not here is as synced
  /// if it lies below the synced size, and new otherwise.
  std::map<std::uint64_t, Saved> saved_;
};

}  // namespace hts::simulation
