#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hts::market {

/// Which sequence numbers have been there. Mostly they grow, which costs O(1) each; one that comes
/// late is looked for, O(log n). Keeps the `most` highest and takes all below them as seen.
class SeenSequences {
 public:
  static constexpr std::size_t most = 65'536;

  [[nodiscard]] bool contains(std::uint64_t sequence) const noexcept {
    if (sequence <= forgotten_) return true;
    if (seen_.empty() || sequence > seen_.back()) return false;
    return std::binary_search(seen_.begin(), seen_.end(), sequence);
  }
  /// False when it was there before.
  bool insert(std::uint64_t sequence) {
    if (seen_.empty() || sequence > seen_.back()) {
      if (sequence <= forgotten_) return false;
      if (seen_.size() == most) forget_half();
      seen_.push_back(sequence);
      return true;
    }
    if (contains(sequence)) return false;
    seen_.insert(std::lower_bound(seen_.begin(), seen_.end(), sequence), sequence);
    return true;
  }
  void clear() noexcept {
    seen_.clear();
    forgotten_ = 0;
  }

 private:
  void forget_half() {
    const auto kept = seen_.begin() + most / 2;
    forgotten_ = *(kept - 1);
    seen_.erase(seen_.begin(), kept);
  }

  std::vector<std::uint64_t> seen_;  // ascending
  std::uint64_t forgotten_ = 0;      // this one and those below
};

}  // namespace hts::market
