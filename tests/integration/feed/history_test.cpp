#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "adapters/binance/binance_history.hpp"
#include "adapters/upbit/upbit_market_history.hpp"
#include "integration/feed/loopback_exchange.hpp"

namespace hts::feed {
namespace {

using std::chrono::milliseconds;
using testing::http_answer;
using testing::LoopbackExchange;
using testing::Peer;

const market::Symbol btc = *market::Symbol::parse("BTCUSDT");

std::string kline(std::int64_t open_time, const std::string& close = "2.5") {
  return "[" + std::to_string(open_time) + R"(,"2","3.0","1.0",")" + close +
         R"(","10.5",1634943839999,"1313200.0",617,"12.2","74.4","0"])";
}

struct Fixture {
  explicit Fixture(std::vector<std::string> answers) : exchange({[](Peer&) {}}) {
    exchange.answer_requests_with(std::move(answers));
  }
  template <class Options>
  Options options() {
    Options given;
    auto base = exchange.url();
    given.base_url = "http" + base.substr(2);
    given.now = [this] { return now; };
    given.jitter = [] { return 0.0; };
    given.sleep = [this](milliseconds pause) {
      now += pause;
      if (pause > milliseconds{100}) pauses.push_back(pause);
    };
    return given;
  }
  LoopbackExchange exchange;
  time::Timestamp now = time::from_milliseconds(600'000'000);
  std::vector<milliseconds> pauses;
};

time::TimeRange range_of(std::int64_t begin, std::int64_t end) {
  return {time::from_milliseconds(begin), time::from_milliseconds(end)};
}

TEST(binance_history, pages_follow_one_another_until_one_is_short) {
  std::string first;
  for (std::int64_t i = 0; i < 1000; ++i) first += (i == 0 ? "" : ",") + kline(i * 60'000);
  Fixture fixture({http_answer("200 OK", "[" + first + "]"),
                   http_answer("200 OK", "[" + kline(60'000'000) + "]")});
  binance::BinanceHistory history(fixture.options<binance::HistoryOptions>());
  const auto series = history.candles(btc, market::Timeframe::minute(), range_of(0, 90'000'000));
  ASSERT_TRUE(series.ok()) << series.error().message;
  ASSERT_EQ(series->open_time.size(), 1001U);
  EXPECT_EQ(series->close.front(), 2.5);
  EXPECT_EQ(series->volume.back(), 10.5);
  const auto requests = fixture.exchange.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0],
            "/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=0&endTime=89999999&limit=1000");
  EXPECT_NE(requests[1].find("startTime=60000000"), std::string::npos);
}

TEST(binance_history, a_candle_that_is_still_open_is_left_out) {
  Fixture fixture({http_answer("200 OK", "[" + kline(599'880'000) + "," + kline(599'940'000) + "," +
                                             kline(600'000'000) + "]")});
  fixture.now = time::from_milliseconds(600'000'500);
  binance::BinanceHistory history(fixture.options<binance::HistoryOptions>());
  const auto series =
      history.candles(btc, market::Timeframe::minute(), range_of(599'880'000, 700'000'000));
  ASSERT_TRUE(series.ok());
  EXPECT_EQ(series->open_time.size(), 2U);
}

TEST(binance_history, it_waits_as_long_as_the_exchange_says_and_asks_again_what_was_damaged) {
  Fixture fixture({http_answer("429 Slow", "", "Retry-After: 7\r\n"),
                   http_answer("418 Banned", "", "Retry-After: 9\r\n"), http_answer("500 Oops", ""),
                   http_answer("200 OK", "[[1,"), http_answer("200 OK", "[]")});
  binance::BinanceHistory history(fixture.options<binance::HistoryOptions>());
  const auto series = history.candles(btc, market::Timeframe::minute(), range_of(0, 60'000));
  ASSERT_TRUE(series.ok()) << series.error().message;
  EXPECT_TRUE(series->open_time.empty());
  const std::vector<milliseconds> expected = {milliseconds{7000}, milliseconds{9000},
                                              milliseconds{250}, milliseconds{500}};
  EXPECT_EQ(fixture.pauses, expected);
}

TEST(binance_history, an_unknown_symbol_and_a_length_it_has_not_are_told_at_once) {
  Fixture fixture({http_answer("400 Bad", R"({"code":-1121,"msg":"Invalid symbol."})")});
  binance::BinanceHistory history(fixture.options<binance::HistoryOptions>());
  const auto unknown = history.candles(btc, market::Timeframe::minute(), range_of(0, 60'000));
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().code, result::ErrorCode::unknown_symbol);
  const auto length = history.candles(btc, *market::Timeframe::parse("10m"), range_of(0, 60'000));
  ASSERT_FALSE(length.ok());
  EXPECT_EQ(length.error().field, "timeframe");
}

TEST(binance_history, the_exchanges_own_page_is_read) {
  const auto path = std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data" / "binance" /
                    "binance_rest_spot_klines.json";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << "no recording beside the checkout";
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const auto candles = binance::parse_klines(text);
  ASSERT_TRUE(candles.ok()) << candles.error().message;
  ASSERT_EQ(candles->size(), 10U);
  EXPECT_EQ(candles->front().open, 60685.22);
  EXPECT_EQ(candles->back().volume, 0.04734);
  for (std::size_t cut = 0; cut + 2 < text.size(); cut += 37) {
    EXPECT_FALSE(binance::parse_klines(text.substr(0, cut)).ok()) << cut;
  }
}

TEST(upbit_market_history, pages_go_back_to_the_beginning_of_the_range) {
  const auto candle = [](const std::string& minute) {
    return R"({"market":"KRW-BTC","candle_date_time_utc":"1970-01-05T00:)" + minute +
           R"(:00","opening_price":2,"high_price":3,"low_price":1,"trade_price":2.5,"candle_acc_trade_volume":1.5,"unit":1})";
  };
  Fixture fixture({http_answer("200 OK", "[" + candle("05") + "," + candle("04") + "]"),
                   http_answer("200 OK", "[" + candle("02") + "," + candle("01") + "]"),
                   http_answer("200 OK", "[]")});
  upbit::UpbitMarketHistory history(fixture.options<upbit::ClientOptions>());
  const time::Timestamp day = time::from_milliseconds(4 * 86'400'000LL);
  const auto series =
      history.candles(*market::Symbol::parse("KRW-BTC"), market::Timeframe::minute(),
                      {day + std::chrono::minutes{2}, day + std::chrono::minutes{5}});
  ASSERT_TRUE(series.ok()) << series.error().message;
  const std::vector<time::Timestamp> expected = {day + std::chrono::minutes{2},
                                                 day + std::chrono::minutes{4}};
  EXPECT_EQ(series->open_time, expected);
}

}  // namespace
}  // namespace hts::feed
