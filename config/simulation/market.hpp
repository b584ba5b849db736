#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::simulation {

/// The market of a simulation: daily candles from before it begins, and one-minute candles that
/// are the same however often they are asked for.
class Market {
 public:
  /// `begin`: when the simulation begins; a whole minute.
  Market(std::uint64_t seed, std::size_t symbols, time::Timestamp begin);

  [[nodiscard]] const std::vector<market::Symbol>& symbols() const noexcept { return symbols_; }
  [[nodiscard]] time::Timestamp begin() const noexcept { return begin_; }
  /// 400 daily candles that end before the simulation begins.
  [[nodiscard]] const market::CandleSeries& history(std::size_t symbol) const {
    return histories_[symbol];
  }
  /// As a candle store would give them. Errors: unknown_symbol, not_found.
  [[nodiscard]] result::Result<market::CandleSeries> load_history(const market::Symbol& symbol,
                                                                  time::TimeRange range) const;
  /// The candle that opens `minute` minutes after the begin.
  [[nodiscard]] market::Candle minute_candle(std::size_t symbol, std::int64_t minute) const;

 private:
  std::uint64_t seed_;
  time::Timestamp begin_;
  std::vector<market::Symbol> symbols_;
  std::vector<market::CandleSeries> histories_;
};

}  // namespace hts::simulation
