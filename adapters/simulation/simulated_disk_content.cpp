#include "adapters/simulation/simulated_disk_content.hpp"

#include <algorithm>
#include <cstring>

#include "engine/runtime/random.hpp"

namespace hts::simulation {
namespace {

using runtime::detail::next_random;

constexpr std::uint64_t sector_of(std::uint64_t offset) {
  return offset / DiskContent::sector_size;
}

/// The end of the sectors that hold this many bytes.
constexpr std::uint64_t sectors_in(std::uint64_t bytes) {
  return (bytes + DiskContent::sector_size - 1) / DiskContent::sector_size;
}

bool toss(std::uint64_t& random) {
  return next_random(random) % 2 == 0;
}

/// How one power failure treats the changes of one file: extremes are as likely as a mixture.
class Fate {
 public:
  explicit Fate(std::uint64_t& random) : random_(random), kind_(next_random(random) % 4) {}
  [[nodiscard]] bool keeps_next() {
    if (kind_ == 0) return true;
    if (kind_ == 1) return false;
    return toss(random_);
  }

 private:
  std::uint64_t& random_;
  std::uint64_t kind_;
};

}  // namespace

void DiskContent::save(std::uint64_t first_sector, std::uint64_t end_sector) {
  end_sector = std::min(end_sector, sectors_in(synced_size_));
  for (std::uint64_t sector = first_sector; sector < end_sector; ++sector) {
    const auto [place, is_new] = saved_.try_emplace(sector);
    if (!is_new) continue;
    const std::uint64_t offset = sector * sector_size;
    if (offset >= bytes_.size()) continue;
    const std::size_t count = std::min<std::size_t>(sector_size, bytes_.size() - offset);
    std::memcpy(place->second.bytes.data(), bytes_.data() + offset, count);
  }
}

void DiskContent::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  const std::uint64_t end = offset + bytes.size();
  const std::uint64_t end_sector = sectors_in(end);
  save(sector_of(offset), end_sector);
  for (auto rewritten = saved_.lower_bound(sector_of(offset));
       rewritten != saved_.end() && rewritten->first < end_sector; ++rewritten) {
    rewritten->second.is_lost = false;
  }
  if (end > bytes_.size()) bytes_.resize(end);
  std::memcpy(bytes_.data() + offset, bytes.data(), bytes.size());
}

void DiskContent::truncate(std::uint64_t size) {
  if (size < bytes_.size()) save(sector_of(size), sectors_in(bytes_.size()));
  bytes_.resize(size);
}

void DiskContent::sync() {
  std::erase_if(saved_, [](const auto& entry) { return !entry.second.is_lost; });
  synced_size_ = bytes_.size();
}

void DiskContent::fail_sync(std::uint64_t& random) {
  for (auto& [sector, saved] : saved_) saved.is_lost = saved.is_lost || toss(random);
  for (std::uint64_t sector = sectors_in(synced_size_); sector < sectors_in(bytes_.size());
       ++sector) {
    if (saved_.contains(sector) || toss(random)) continue;
    saved_[sector].is_lost = true;
  }
}

void DiskContent::restore(std::uint64_t offset, std::span<const std::byte> saved) {
  if (offset >= bytes_.size()) return;
  const std::size_t count = std::min<std::size_t>(saved.size(), bytes_.size() - offset);
  std::memcpy(bytes_.data() + offset, saved.data(), count);
}

void DiskContent::lose_power(std::uint64_t& random) {
  const std::uint64_t size = bytes_.size();
  if (saved_.empty() && size == synced_size_) return;
  Fate fate{random};
  std::uint64_t left = size;
  if (size != synced_size_) {
    if (!fate.keeps_next()) left = synced_size_;
    if (size > synced_size_ && toss(random) && toss(random)) {
      left = synced_size_ + next_random(random) % (size - synced_size_ + 1);
    }
  }
  bytes_.resize(left);
  for (const auto& [sector, saved] : saved_) {
    const std::uint64_t offset = sector * sector_size;
    if (saved.is_lost || !fate.keeps_next()) {
      restore(offset, saved.bytes);
    } else if (offset + sector_size > size) {
      // Where a cut was undone, what it cut was never changed.
      const std::uint64_t kept = size > offset ? size - offset : 0;
      restore(offset + kept, std::span{saved.bytes}.subspan(kept));
    }
  }
  for (std::uint64_t sector = sectors_in(synced_size_); sector < sectors_in(left); ++sector) {
    if (saved_.contains(sector) || fate.keeps_next()) continue;
    std::array<std::byte, sector_size> dropped{};
    constexpr std::uint64_t one_in = 4;
    if (next_random(random) % one_in == 0) {
      for (std::byte& byte : dropped) byte = static_cast<std::byte>(next_random(random));
    }
    restore(sector * sector_size, dropped);
  }
  saved_.clear();
  synced_size_ = left;
}

}  // namespace hts::simulation
