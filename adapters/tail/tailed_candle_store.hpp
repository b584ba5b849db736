#pragma once

#include <optional>

#include "engine/market/timeframe_builder.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/candle_tail.hpp"

namespace hts::tail {

/// The catalog with the newest minutes of live trading behind it, so that backtests and warm-ups
/// see them before they are in a file.
///
/// 1. A minute that both have is the tail's: what a live session saw stays what it saw.
/// 2. While the tail has minutes of a symbol, longer candles that the catalog does not have yet are
///    made of minutes, complete ones only.
/// 3. The catalog is not asked for minutes that the tail has without a hole.
/// 4. Writes go to the catalog.
///
/// Thread-safe; what it wraps outlives it. Costs the catalog's load, and O(what is in the tail).
class TailedCandleStore final : public ports::CandleStore {
 public:
  TailedCandleStore(ports::CandleStore& catalog, ports::CandleTail& tail,
                    market::DayBoundary boundary = market::DayBoundary::utc)
      : catalog_(catalog), tail_(tail), boundary_(boundary) {}

  [[nodiscard]] result::Result<market::CandleSeries> load(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      const std::atomic<bool>* cancel = nullptr) override;
  /// The tail's part, and longer candles made of minutes, are in memory meanwhile.
  [[nodiscard]] result::Status stream(const market::Symbol& symbol, market::Timeframe timeframe,
                                      time::TimeRange range,
                                      const market::TakeCandles& take) override;
  [[nodiscard]] result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override {
    return catalog_.begin_write(symbol, timeframe);
  }
  /// The tail's minutes count with their year's file; a year without one has 0 bytes.
  [[nodiscard]] result::Result<std::vector<ports::CatalogFile>> inventory() override;

 private:
  [[nodiscard]] result::Result<market::CandleSeries> minutes(const market::Symbol& symbol,
                                                             time::TimeRange range,
                                                             const std::atomic<bool>* cancel);
  /// Those of the range that open at or after `from`, or the range's begin.
  [[nodiscard]] result::Result<market::CandleSeries> made_of_minutes(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      std::optional<time::Timestamp> from, const std::atomic<bool>* cancel);

  ports::CandleStore& catalog_;
  ports::CandleTail& tail_;
  const market::DayBoundary boundary_;
};

}  // namespace hts::tail
