#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "engine/market/timeframe.hpp"
#include "engine/time/timestamp.hpp"

/// Holes in a series of candles. A hole is not an error: thin markets have minutes without a trade,
/// and stock exchanges close at night; whoever backtests wants to know.
namespace hts::market {

/// Candles that are missing between two neighbours.
struct Gap {
  time::Timestamp after{};   ///< open time of the last candle before the hole
  time::Timestamp before{};  ///< open time of the first candle after it
  std::uint64_t missing = 0;

  friend bool operator==(const Gap&, const Gap&) = default;
};

struct GapReport {
  static constexpr std::size_t most_places = 5;

  std::uint64_t gaps = 0;
  std::uint64_t missing = 0;  ///< candles, over all gaps
  std::vector<Gap> first;     ///< the earliest `most_places` gaps

  friend bool operator==(const GapReport&, const GapReport&) = default;
};

/// Finds gaps in a series that arrives in pieces (a year at a time). Constant memory, O(1) a
/// candle. Not thread-safe.
class GapFinder {
 public:
  explicit GapFinder(Timeframe timeframe) noexcept : length_(timeframe.length()) {}

  /// The next open times: ascending, and later than all before.
  void add(std::span<const time::Timestamp> open_times);

  [[nodiscard]] const GapReport& report() const noexcept { return report_; }

 private:
  time::Duration length_;
  std::optional<time::Timestamp> last_;
  GapReport report_;
};

/// The gaps of a whole series of ascending open times. O(n). A distance of less than two lengths
/// is no gap, so jittering open times are not taken for holes.
[[nodiscard]] GapReport find_gaps(std::span<const time::Timestamp> open_times, Timeframe timeframe);

}  // namespace hts::market
