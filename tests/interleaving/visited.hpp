#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hts::interleaving {

/// The states seen so far, by hash, each with a mask. Open addressing: millions of them at 16
/// bytes.
class Visited {
 public:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t mask = 0;
  };

  Visited() : entries_(1 << 12) {}

  /// The entry of that hash; `fresh` when it was not there.
  Entry& find_or_add(std::uint64_t hash, bool& fresh) {
    if (hash == 0) hash = 1;
    if (count_ * 2 >= entries_.size()) grow();
    Entry& entry = place_of(hash);
    fresh = entry.hash == 0;
    if (fresh) {
      entry.hash = hash;
      ++count_;
    }
    return entry;
  }

  void clear() {
    entries_.assign(1 << 12, {});
    count_ = 0;
  }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }

 private:
  Entry& place_of(std::uint64_t hash) {
    std::size_t at = hash & (entries_.size() - 1);
    while (entries_[at].hash != 0 && entries_[at].hash != hash)
      at = (at + 1) & (entries_.size() - 1);
    return entries_[at];
  }
  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.hash != 0) place_of(entry.hash) = entry;
    }
  }

  std::vector<Entry> entries_;
  std::size_t count_ = 0;
};

}  // namespace hts::interleaving
