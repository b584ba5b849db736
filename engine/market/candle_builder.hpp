#pragma once

#include <cstdint>
#include <optional>

#include "engine/market/candle.hpp"
#include "engine/market/seen_sequences.hpp"
#include "engine/market/trade.hpp"
#include "engine/market/volume_sum.hpp"
#include "engine/time/timestamp.hpp"

/// The trades of one symbol on their way into 1-minute candles.
namespace hts::market {

enum class TradeFate : std::uint8_t {
  taken,
  duplicate,  ///< its sequence was there before
  late,       ///< its minute has closed: the candle stays as it is
  refused,    ///< no price, quantity or time that can be
};

struct TradeCounts {
  std::uint64_t taken = 0;
  std::uint64_t duplicate = 0;
  std::uint64_t late = 0;
  std::uint64_t refused = 0;
  std::uint64_t missing_minutes = 0;  ///< closed without a trade
};

/// Prices and quantities above 0 and below 1e15, times between the years 2000 and 2200.
[[nodiscard]] bool is_possible(const Trade& trade) noexcept;

/// Builds one candle after the other.
///
/// 1. A minute closes with the first trade of a later one, or by `close_before`. A closed candle
///    never changes. A minute without a trade has no candle.
/// 2. Within a minute the order of arrival does not matter: open and close are the first and the
///    last trade by time, then by sequence (those without one: by arrival); the volume is exact
///    (VolumeSum).
/// 3. A sequence counts once. Trades without a sequence (0) are all taken: two equal executions in
///    one millisecond are nothing unusual. Sequences of the open minute and the one before are
///    remembered, so that repeats of a closed minute are mostly told from late trades.
/// 4. Without a `begin` the first trade's minute is the first one.
/// 5. O(1) a trade that comes in order, without allocation once it has grown to its busiest minute.
class CandleBuilder {
 public:
  struct Added {
    TradeFate fate = TradeFate::taken;
    std::optional<Candle> closed;  ///< the minute before the trade's
  };

  /// Forgets the open minute. The first minute from now on is the one that opens at `from` (a whole
  /// minute): the ones before were not seen from their beginning, and their trades are late.
  void begin(time::Timestamp from) noexcept;

  Added add(const Trade& trade);

  /// Closes every minute that ends at or before `t`.
  std::optional<Candle> close_before(time::Timestamp t) noexcept;

  /// Everything that opens before it is closed; it is itself a whole minute.
  [[nodiscard]] time::Timestamp closed_before() const noexcept { return closed_before_; }
  /// The open minute's candle as it is now; nothing before its first trade.
  [[nodiscard]] std::optional<Candle> current() const noexcept;
  [[nodiscard]] const TradeCounts& counts() const noexcept { return counts_; }

 private:
  struct Place {
    time::Timestamp time{};
    std::uint64_t sequence = 0;
    friend auto operator<=>(const Place&, const Place&) = default;
  };

  void open(const Trade& trade, time::Timestamp minute) noexcept;
  void merge(const Trade& trade) noexcept;
  [[nodiscard]] std::optional<Candle> close_up_to(time::Timestamp minute) noexcept;

  time::Timestamp closed_before_{};
  bool is_open_ = false;  // there is a candle; it opened at or after closed_before_
  Candle candle_;         // without its volume
  VolumeSum volume_;
  Place first_;
  Place last_;
  SeenSequences seen_;         // in the open minute
  SeenSequences seen_before_;  // in the last one that had trades
  time::Timestamp seen_before_minute_{};
  TradeCounts counts_;
};

}  // namespace hts::market
