#pragma once

#include <memory>
#include <vector>

#include "engine/ports/candle_store.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/ports/market_feed.hpp"

/// The stores of live candles as part of the journal; see journaled_stores.hpp. What was loaded is
/// noted in full, for the tail moves on and the exchange is far away: a replay needs neither.
namespace hts::journal {

class JournaledCandleTail final : public ports::CandleTail {
 public:
  /// Null: only for replays.
  explicit JournaledCandleTail(ports::CandleTail* below) : below_(below) {}

  result::Status append(const std::vector<ports::TailBar>& bars) override;
  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            time::TimeRange range) override;
  result::Result<std::vector<Held>> held() override;
  result::Status drop(const market::Symbol& symbol, time::Timestamp before) override;

 private:
  ports::CandleTail* below_;
};

class JournaledMarketHistory final : public ports::MarketHistory {
 public:
  /// Null: only for replays.
  explicit JournaledMarketHistory(ports::MarketHistory* below) : below_(below) {}

  result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                               market::Timeframe timeframe,
                                               time::TimeRange range) override;

 private:
  ports::MarketHistory* below_;
};

/// What `ingest` loads: the newest candles, few of them. Everything else goes to `others`.
class JournaledLiveCandles final : public ports::CandleStore {
 public:
  /// Null: only for replays.
  JournaledLiveCandles(ports::CandleStore* below, ports::CandleStore& others)
      : below_(below), others_(others) {}

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override;
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override {
    return others_.begin_write(symbol, timeframe);
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return others_.inventory();
  }

 private:
  ports::CandleStore* below_;
  ports::CandleStore& others_;
};

}  // namespace hts::journal
