#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/market_feed.hpp"

namespace hts::feed {

/// Finds the place of a symbol in a subscription by the name that the exchange gives it. Made once
/// a subscription; O(1) a look, no allocation.
class InstrumentTable {
 public:
  /// `codes[i]` is the name of instrument i; of equal names the first counts.
  explicit InstrumentTable(const std::vector<std::string>& codes);

  [[nodiscard]] std::optional<ports::FeedInstrument> find(std::string_view code) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct Slot {
    std::string code;  ///< empty: free
    ports::FeedInstrument instrument = 0;
  };
  [[nodiscard]] std::size_t place_of(std::string_view code) const noexcept;

  std::size_t size_ = 0;
  std::vector<Slot> slots_;  ///< a power of two, at most half full
};

}  // namespace hts::feed
