#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/feed/rest_client.hpp"
#include "engine/market/candle.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::binance {

struct HistoryOptions : feed::RestOptions {
  HistoryOptions() {
    base_url = "https://api.binance.com";
    // Half of the 6,000 that an address may weigh in a minute; a page weighs 2.
    pace = std::chrono::milliseconds{40};
  }
};

/// The answer of `/api/v3/klines`: an array of arrays, oldest first, numbers in quotes. Errors:
/// malformed when it is not that, invalid when a candle is not sound.
[[nodiscard]] result::Result<std::vector<market::Candle>> parse_klines(std::string_view json);

/// `{base}/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=...&endTime=...&limit=1000`. `range`
/// is half-open, as ours are.
[[nodiscard]] std::string klines_url(const std::string& base_url, const market::Symbol& symbol,
                                     market::Timeframe timeframe, time::TimeRange range);

/// Binance's own candles, for what a stream missed, by pages of 1,000. Calls take turns. `10m`,
/// which Binance has not, is invalid, field `timeframe`.
class BinanceHistory final : public ports::MarketHistory {
 public:
  explicit BinanceHistory(HistoryOptions options) : rest_(std::move(options), "Binance") {}

  [[nodiscard]] result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                                             market::Timeframe timeframe,
                                                             time::TimeRange range) override;

 private:
  std::mutex mutex_;
  feed::RestClient rest_;
};

}  // namespace hts::binance
