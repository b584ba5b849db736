#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <zlib.h>

#include "adapters/upbit/upbit_page.hpp"
#include "engine/json/json_text.hpp"
#include "engine/market/candle_builder.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "golden_files.hpp"

/// Candles that are built here against those that exchanges make.
///
/// The recorded Binance stream holds trades without the exchange's own candles (its REST sample is
/// of another day), so they are compared with sums over the recorded decimal texts, which is how
/// the exchange defines them. Upbit's 3-minute candles are compared with its own.
namespace hts::conformance {
namespace {

using market::Candle;
using market::CandleBuilder;
using market::CandleSeries;
using market::Timeframe;
using market::Trade;

std::string unpacked(const std::filesystem::path& path) {
  std::string text;
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return text;
  std::string block(std::size_t{1} << 16U, '\0');
  for (int got = 0; (got = gzread(file, block.data(), static_cast<unsigned>(block.size()))) > 0;) {
    text.append(block.data(), static_cast<std::size_t>(got));
  }
  gzclose(file);
  return text;
}

struct RecordedTrade {
  Trade trade;
  std::uint64_t units = 0;  ///< the quantity's text, in 1e-8
};

std::uint64_t units_of(std::string text) {
  const std::size_t point = text.find('.');
  EXPECT_EQ(text.size() - point, 9U) << text;
  text.erase(point, 1);
  return std::strtoull(text.c_str(), nullptr, 10);
}

std::vector<RecordedTrade> recorded_trades(std::string_view text) {
  std::vector<RecordedTrade> trades;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos || line.find("@trade") == std::string_view::npos) continue;
    const auto frame = json::parse_json(line.substr(space + 1));
    if (!frame) continue;
    const auto& data = frame->at("data").as_object();
    const std::string price{data.at("p").as_string()};
    const std::string quantity{data.at("q").as_string()};
    trades.push_back({{time::from_milliseconds(data.at("T").as_int64()),
                       std::strtod(price.c_str(), nullptr), std::strtod(quantity.c_str(), nullptr),
                       static_cast<std::uint64_t>(data.at("t").as_int64()), data.at("m").as_bool()},
                      units_of(quantity)});
  }
  return trades;
}

TEST(exchange_candles, candles_of_the_recorded_trades_are_exact_to_the_last_digit) {
  const auto path = shared_folder() / "data" / "binance" / "spot_btcusdt_20240808.stream.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << path << " is not there";
  const std::vector<RecordedTrade> trades = recorded_trades(unpacked(path));
  ASSERT_EQ(trades.size(), 9'757U);

  std::map<time::Timestamp, Candle> expected;
  std::map<time::Timestamp, std::uint64_t> units;
  for (const auto& [trade, quantity] : trades) {
    const time::Timestamp minute = std::chrono::floor<std::chrono::minutes>(trade.time);
    Candle& candle =
        expected.try_emplace(minute, Candle{minute, trade.price, trade.price, trade.price, 0, 0})
            .first->second;
    candle.high = std::max(candle.high, trade.price);
    candle.low = std::min(candle.low, trade.price);
    candle.close = trade.price;
    units[minute] += quantity;
  }

  CandleBuilder builder;
  std::vector<Candle> candles;
  for (const auto& recorded : trades) {
    if (const auto added = builder.add(recorded.trade); added.closed) {
      candles.push_back(*added.closed);
    }
  }
  EXPECT_EQ(builder.counts().taken, trades.size());
  ASSERT_EQ(candles.size(), 6U);
  for (const Candle& candle : candles) {
    Candle wanted = expected.at(candle.open_time);
    std::string text = std::to_string(units.at(candle.open_time));
    text.insert(text.size() - 8, ".");
    wanted.volume = std::strtod(text.c_str(), nullptr);
    EXPECT_EQ(candle, wanted) << time::format_iso8601(candle.open_time);
  }
}

/// Ascending.
CandleSeries upbit_candles(const std::vector<std::string>& files) {
  std::map<time::Timestamp, Candle> candles;
  for (const std::string& file : files) {
    const auto page =
        upbit::parse_upbit_page(read_text(shared_folder() / "data" / "upbit" / (file + ".json")));
    if (!page) continue;
    for (const Candle& candle : page->candles) candles.emplace(candle.open_time, candle);
  }
  CandleSeries series;
  for (const auto& [opens, candle] : candles) series.push_back(candle);
  return series;
}

TEST(exchange_candles, three_minutes_of_upbit_equal_its_own_candle) {
  const CandleSeries minutes = upbit_candles(
      {"rest_1m_20200220_170000-20200220_202000", "rest_1m_20200220_202000-20200220_210000"});
  const CandleSeries own = upbit_candles({"rest_3m_20200220_000000-20200220_100000",
                                          "rest_3m_20200220_100000-20200220_120000",
                                          "rest_3m_20200220_170000-20200220_200000"});
  if (minutes.empty() || own.empty()) GTEST_SKIP() << "there are no recorded pages of Upbit";
  const CandleSeries built =
      market::resample(minutes.view(), *Timeframe::parse("3m"), market::DayBoundary::utc,
                       minutes.open_time.back() + std::chrono::minutes{1});
  std::size_t compared = 0;
  for (std::size_t i = 0, k = 0; i < built.size(); ++i) {
    while (k < own.size() && own.open_time[k] < built.open_time[i]) ++k;
    if (k == own.size() || own.open_time[k] != built.open_time[i]) continue;
    EXPECT_EQ(built[i], own[k]) << time::format_iso8601(built.open_time[i]);
    ++compared;
  }
  EXPECT_GE(compared, 50U);
}

}  // namespace
}  // namespace hts::conformance
