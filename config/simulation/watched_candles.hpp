#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "config/simulation/referee.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::simulation {

/// The candle store as the daemon uses it, watched: no candle may be seen before its close.
class WatchedCandles final : public ports::CandleStore {
 public:
  WatchedCandles(ports::CandleStore& store, Referee& referee) : store_(store), referee_(referee) {}

  /// Virtual time. Until it is set nothing is checked.
  void set_clock(std::function<time::Timestamp()> now) { now_ = std::move(now); }

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override {
    auto candles = store_.load(symbol, timeframe, range, cancel);
    if (candles && !candles->empty()) check(symbol, timeframe, candles->open_time.back());
    return candles;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override {
    return store_.begin_write(symbol, timeframe);
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    auto files = store_.inventory();
    if (files) {
      for (const auto& file : *files) {
        if (file.candles > 0) check(file.symbol, file.timeframe, file.last);
      }
    }
    return files;
  }

 private:
  void check(const market::Symbol& symbol, market::Timeframe timeframe, time::Timestamp last) {
    if (!now_ || last + timeframe.length() <= now_()) return;
    referee_.violated("candle_after_close", "the candle of " + symbol.text() + " at " +
                                                time::format_iso8601(last) + " is visible at " +
                                                time::format_iso8601(now_()));
  }

  ports::CandleStore& store_;
  Referee& referee_;
  std::function<time::Timestamp()> now_;
};

}  // namespace hts::simulation
