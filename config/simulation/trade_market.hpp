#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/trade.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// The exchange of the live side: trades that are the same however often they are asked for, and
/// the candles that they make. Some minutes have no trade, in a third of the markets most.
class TradeMarket {
 public:
  /// Minutes of the catalog before `begin`, which is a whole minute itself.
  static constexpr std::int64_t history_minutes = 120;

  TradeMarket(std::uint64_t seed, std::size_t symbols, time::Timestamp begin);

  [[nodiscard]] const std::vector<market::Symbol>& symbols() const noexcept { return symbols_; }
  [[nodiscard]] std::optional<std::size_t> find(const market::Symbol& symbol) const;

  /// Counted from the begin; negative before it.
  [[nodiscard]] std::int64_t minute_of(time::Timestamp moment) const;
  [[nodiscard]] time::Timestamp opens(std::int64_t minute) const;
  /// By time; sequences grow from minute to minute.
  [[nodiscard]] std::vector<market::Trade> trades(std::size_t symbol, std::int64_t minute) const;
  /// What those trades make; nothing without one.
  [[nodiscard]] std::optional<market::Candle> candle(std::size_t symbol, std::int64_t minute) const;
  /// Those that open in the range.
  [[nodiscard]] market::CandleSeries candles(std::size_t symbol, time::TimeRange range) const;

 private:
  std::uint64_t seed_;
  time::Timestamp begin_;
  std::vector<market::Symbol> symbols_;
};

}  // namespace hts::simulation
