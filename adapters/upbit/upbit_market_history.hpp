#pragma once

#include <mutex>

#include "adapters/upbit/upbit_client.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::upbit {

/// Upbit's own candles, for what a stream missed. Calls take turns: the exchange limits how many
/// questions come at once.
class UpbitMarketHistory final : public ports::MarketHistory {
 public:
  explicit UpbitMarketHistory(ClientOptions options) : client_(std::move(options)) {}

  [[nodiscard]] result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                                             market::Timeframe timeframe,
                                                             time::TimeRange range) override;

 private:
  std::mutex mutex_;
  UpbitClient client_;
};

}  // namespace hts::upbit
