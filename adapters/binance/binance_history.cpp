#include "adapters/binance/binance_history.hpp"

#include <algorithm>
#include <utility>

#include "adapters/binance/binance_feed.hpp"
#include "engine/json/json_cursor.hpp"

namespace hts::binance {
namespace {

constexpr std::size_t candles_a_page = 1000;

}  // namespace

result::Result<std::vector<market::Candle>> parse_klines(std::string_view json) {
  std::vector<market::Candle> candles;
  hts::json::JsonCursor cursor(json);
  cursor.array();
  while (cursor.element()) {
    market::Candle candle;
    cursor.array();
    constexpr std::size_t needed = 6;
    std::size_t field = 0;
    for (; cursor.element(); ++field) {
      double* const number = field == 1   ? &candle.open
                             : field == 2 ? &candle.high
                             : field == 3 ? &candle.low
                             : field == 4 ? &candle.close
                             : field == 5 ? &candle.volume
                                          : nullptr;
      if (number != nullptr) {
        *number = cursor.quoted_real();
      } else if (field == 0) {
        const std::int64_t milliseconds = cursor.integer();
        constexpr std::int64_t year_2200 = 7'258'118'400'000;
        if (milliseconds < 0 || milliseconds >= year_2200) cursor.fail();
        if (cursor.ok()) candle.open_time = time::from_milliseconds(milliseconds);
      } else {
        cursor.skip();
      }
    }
    if (!cursor.ok() || field < needed) {
      return result::make_error(result::ErrorCode::malformed,
                                "candle " + std::to_string(candles.size() + 1) +
                                    " is not one of Binance's: [time, \"open\", \"high\", ...].");
    }
    if (auto defect = market::find_defect(candle)) {
      return result::make_error(
          result::ErrorCode::invalid,
          "candle " + std::to_string(candles.size() + 1) + ": " + *defect + ".");
    }
    candles.push_back(candle);
  }
  if (!cursor.finished()) {
    return result::make_error(result::ErrorCode::malformed,
                              "it is not an array of candles, or was cut off.");
  }
  return candles;
}

std::string klines_url(const std::string& base_url, const market::Symbol& symbol,
                       market::Timeframe timeframe, time::TimeRange range) {
  return base_url + "/api/v3/klines?symbol=" + code_of(symbol) +
         "&interval=" + std::string(timeframe.name()) +
         "&startTime=" + std::to_string(time::to_milliseconds(range.begin)) +
         "&endTime=" + std::to_string(time::to_milliseconds(range.end) - 1) +
         "&limit=" + std::to_string(candles_a_page);
}

result::Result<market::CandleSeries> BinanceHistory::candles(const market::Symbol& symbol,
                                                             market::Timeframe timeframe,
                                                             time::TimeRange range) {
  if (timeframe.name() == "10m") {
    return result::make_error(result::ErrorCode::invalid,
                              "Binance has no candles of 10m: ask for 1m or 5m and combine them.",
                              "timeframe");
  }
  const std::lock_guard lock(mutex_);
  const time::Timestamp now = rest_.now();
  range.begin = std::max(range.begin, time::Timestamp{});
  range.end = std::min(range.end, now);
  market::CandleSeries series;
  while (range.begin < range.end) {
    std::vector<market::Candle> page;
    auto asked = rest_.ask(klines_url(rest_.base_url(), symbol, timeframe, range), code_of(symbol),
                           [&](const std::string& body) -> result::Status {
                             auto parsed = parse_klines(body);
                             if (!parsed) return parsed.error();
                             page = *std::move(parsed);
                             return result::success();
                           });
    if (!asked) return asked.error();
    const time::Timestamp before = range.begin;
    for (const market::Candle& candle : page) {
      const bool is_closed = candle.open_time + timeframe.length() <= now;
      const bool is_next = series.open_time.empty() || series.open_time.back() < candle.open_time;
      if (range.contains(candle.open_time) && is_closed && is_next) series.push_back(candle);
      range.begin = std::max(range.begin, candle.open_time + timeframe.length());
    }
    // A short page is the last; one that does not go on must not be asked for again.
    if (page.size() < candles_a_page || range.begin == before) break;
  }
  return series;
}

}  // namespace hts::binance
