#include "adapters/http/market/data_refresh.hpp"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "../screener/kept_candles.hpp"
#include "recorded_response.hpp"

namespace hts::http {
namespace {

using boost::json::parse;
using boost::json::value;
using market::Timeframe;

const market::Symbol btc = market::Symbol::parse("KRW-BTC").value();
const time::Timestamp midnight = time::from_milliseconds(1'577'836'800'000);
constexpr std::chrono::hours day{24};

/// An exchange with a candle a day since ever; ETH_KRW is out of reach.
class Exchange final : public ports::MarketHistory {
 public:
  result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                               market::Timeframe timeframe,
                                               time::TimeRange range) override {
    if (symbol.base() == "ETH") {
      return result::make_error(result::ErrorCode::unavailable, "The exchange does not answer.");
    }
    market::CandleSeries series;
    for (time::Timestamp at = range.begin; at < range.end; at += timeframe.length()) {
      series.push_back({at, 1, 2, 1, 2, 3});
    }
    return series;
  }
};

class Refresh : public testing::Test {
 protected:
  Refresh() {
    candles_.add(btc, Timeframe::day(), {{midnight - 2 * day, 1, 1, 1, 1, 1}});
    candles_.add(market::Symbol::parse("KRW-ETH").value(), Timeframe::day(),
                 {{midnight - 2 * day, 1, 1, 1, 1, 1}});
  }
  DataRefresh::Places places(ports::MarketHistory* history) {
    return {candles_, history,
            [this](const market::Symbol& symbol, Timeframe timeframe, market::CandleSeries series,
                   const DataRefresh::Stored& stored) {
              const std::lock_guard lock{mutex_};
              for (const auto at : series.open_time) {
                stored_.push_back(symbol.text() + " " + std::string{timeframe.name()} + " " +
                                  time::format_iso8601(at));
              }
              stored(ports::WriteReport{});
            },
            [] { return midnight + std::chrono::hours{30}; }};
  }
  Response start(DataRefresh& refresh, std::string_view body = {}) {
    auto wanted = parse_refresh(body);
    EXPECT_TRUE(wanted) << wanted.error().message;
    const auto sink =
        std::make_shared<RecordedResponse>(request_of(Method::post, "/api/data/refresh"));
    refresh.start(std::move(wanted).value(), Responder{sink});
    return sink->responses.at(0);
  }
  value finished(const DataRefresh& refresh) {
    for (;;) {
      const auto sink =
          std::make_shared<RecordedResponse>(request_of(Method::get, "/api/data/refresh"));
      refresh.show(Responder{sink});
      const value state = parse(sink->responses.at(0).body);
      if (state.at("status").as_string() != "running") return state;
      std::this_thread::yield();
    }
  }

  screener::testing::KeptCandles candles_;
  Exchange exchange_;
  std::mutex mutex_;
  std::vector<std::string> stored_;
};

TEST_F(Refresh, goes_on_where_each_series_ends_with_what_has_closed) {
  DataRefresh refresh{places(&exchange_)};
  EXPECT_EQ(start(refresh).status, 202);
  const value state = finished(refresh);
  EXPECT_EQ(state.at("status").as_string(), "completed");
  EXPECT_EQ(state.at("total_candles").to_number<int>(), 2);
  EXPECT_EQ(state.at("done").to_number<int>(), 2);
  EXPECT_TRUE(state.at("series").at(0).at("error").is_null());
  EXPECT_EQ(state.at("series").at(1).at("error").as_string(), "The exchange does not answer.");
  EXPECT_EQ(stored_, (std::vector<std::string>{"BTC_KRW 1d 2019-12-31T00:00:00Z",
                                               "BTC_KRW 1d 2020-01-01T00:00:00Z"}));
}

TEST_F(Refresh, fetches_what_is_not_stored_from_the_date_that_was_given) {
  DataRefresh refresh{places(&exchange_)};
  start(refresh, R"({"symbols":["KRW-XRP"],"timeframe":"1h","start_date":"2020-01-02"})");
  const value state = finished(refresh);
  ASSERT_EQ(state.at("count").to_number<int>(), 1);
  // From midnight in Korea, 15:00 UTC, until 05:00: what has closed at 06:00.
  EXPECT_EQ(state.at("total_candles").to_number<int>(), 15);
  EXPECT_EQ(stored_.front(), "XRP_KRW 1h 2020-01-01T15:00:00Z");
}

TEST_F(Refresh, says_from_when_it_wants_what_is_not_stored) {
  DataRefresh refresh{places(&exchange_)};
  start(refresh, R"({"symbols":["KRW-XRP"],"timeframes":["1d"]})");
  const value state = finished(refresh);
  EXPECT_NE(std::string{state.at("series").at(0).at("error").as_string()}.find("start_date"),
            std::string::npos);
  EXPECT_TRUE(stored_.empty());
}

TEST_F(Refresh, without_an_exchange_there_is_none) {
  DataRefresh refresh{places(nullptr)};
  EXPECT_EQ(start(refresh).status, 503);
}

TEST_F(Refresh, a_request_that_makes_no_sense_is_refused_with_its_field) {
  const auto field = [](std::string_view body) { return parse_refresh(body).error().field; };
  EXPECT_EQ(field("["), "body");
  EXPECT_EQ(field(R"({"symbols":["?"]})"), "symbols[0]");
  EXPECT_EQ(field(R"({"timeframe":"7m"})"), "timeframes[0]");
  EXPECT_EQ(field(R"({"start_date":"soon"})"), "start_date");
}

}  // namespace
}  // namespace hts::http
