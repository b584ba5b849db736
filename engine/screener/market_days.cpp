#include "engine/screener/market_days.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

namespace hts::screener {

using result::ErrorCode;
using result::Result;

namespace {

void add(std::vector<market::Candle>& days, const market::Candle& candle,
         market::DayBoundary boundary) {
  const auto open_time =
      market::bucket_open_at(candle.open_time, market::Timeframe::day(), boundary);
  if (days.empty() || days.back().open_time != open_time) {
    days.push_back(candle);
    days.back().open_time = open_time;
    return;
  }
  market::Candle& day = days.back();
  day.high = std::max(day.high, candle.high);
  day.low = std::min(day.low, candle.low);
  day.close = candle.close;
  day.volume += candle.volume;
}

}  // namespace

Result<MarketDays> load_days(ports::CandleStore& store, const market::Symbol& symbol,
                             std::vector<market::Timeframe> timeframes,
                             market::DayBoundary boundary, time::Timestamp now,
                             const std::atomic<bool>* cancel) {
  std::erase_if(timeframes, [](market::Timeframe each) { return each > market::Timeframe::day(); });
  std::ranges::sort(timeframes, std::greater{});
  MarketDays market{symbol, {}, {}};
  const auto today = market::bucket_open_at(now, market::Timeframe::day(), boundary);
  time::TimeRange range{today - std::chrono::hours{24} * (most_days - 1), now};
  for (const market::Timeframe timeframe : timeframes) {
    if (range.begin >= range.end) break;
    const auto candles = store.load(symbol, timeframe, range, cancel);
    if (!candles) {
      if (candles.error().code == ErrorCode::not_found) continue;
      return candles.error();
    }
    for (std::size_t i = 0; i < candles->size(); ++i) add(market.days, (*candles)[i], boundary);
    if (candles->empty()) continue;
    range.begin = market.price_time = candles->open_time.back() + timeframe.length();
  }
  if (!market.days.empty()) return market;
  return result::make_error(ErrorCode::not_found,
                            "There are no candles of " + symbol.text() + " of the last " +
                                std::to_string(most_days) + " days: import or fetch some.",
                            "symbol");
}

}  // namespace hts::screener
