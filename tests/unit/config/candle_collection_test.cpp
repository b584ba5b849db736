#include "config/schedule/candle_collection.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "config/schedule/daily_report.hpp"

namespace hts::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr time::Timestamp midnight{std::chrono::days{19'943}};
const market::Timeframe minute = market::Timeframe::minute();

market::Candle candle_at(time::Timestamp open_time, double close) {
  return {open_time, close, close, close, close, 1};
}

/// Minutes of one symbol, which is both a catalog and an exchange.
class Minutes final : public ports::CandleStore, public ports::MarketHistory {
 public:
  result::Result<market::CandleSeries> load(const market::Symbol&, market::Timeframe,
                                            time::TimeRange range,
                                            const std::atomic<bool>*) override {
    auto found = of(range);
    if (!found.view().empty()) return found;
    return result::make_error(result::ErrorCode::not_found, "There is nothing.");
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::internal, "It is read only.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
  result::Result<market::CandleSeries> candles(const market::Symbol&, market::Timeframe,
                                               time::TimeRange range) override {
    asked.push_back(range);
    if (is_away) return result::make_error(result::ErrorCode::unavailable, "It is away.");
    return of(range);
  }

  std::map<time::Timestamp, double> closes;
  std::vector<time::TimeRange> asked;
  bool is_away = false;

 private:
  market::CandleSeries of(time::TimeRange range) const {
    market::CandleSeries series;
    for (auto at = closes.lower_bound(range.begin); at != closes.end() && at->first < range.end;
         ++at) {
      series.push_back(candle_at(at->first, at->second));
    }
    return series;
  }
};

class CandleCollection : public ::testing::Test {
 protected:
  auto collect(time::TimeRange range) {
    return collect_candles({exchange, catalog,
                            [this](const actors::StoreCandles& batch) {
                              const market::CandleView candles = batch.candles->view();
                              for (std::size_t i = 0; i < candles.size(); ++i) {
                                catalog.closes[candles.open_time[i]] = candles.close[i];
                              }
                              ports::WriteReport report;
                              report.added = candles.size();
                              return result::Result<ports::WriteReport>{report};
                            }},
                           symbol, minute, range, cancelled);
  }

  const market::Symbol symbol = market::Symbol::parse("BTC_KRW").value();
  Minutes exchange;
  Minutes catalog;
  std::atomic<bool> cancelled{false};
};

TEST_F(CandleCollection, adds_what_is_missing_and_changes_nothing) {
  for (int i = 0; i < 10; ++i) exchange.closes[midnight + minutes{i}] = 100 + i;
  catalog.closes[midnight + minutes{3}] = 7;
  const auto report = collect({midnight, midnight + hours{1}});
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->received, 10U);
  EXPECT_EQ(report->added, 9U);
  EXPECT_EQ(report->last, midnight + minutes{9});
  EXPECT_EQ(catalog.closes.size(), 10U);
  EXPECT_EQ(catalog.closes.at(midnight + minutes{3}), 7);
}

TEST_F(CandleCollection, asks_day_by_day_and_not_for_days_that_are_whole) {
  for (int i = 0; i < 2'880; ++i) exchange.closes[midnight + minutes{i}] = 1;
  for (int i = 0; i < 1'440; ++i) catalog.closes[midnight + minutes{i}] = 2;
  ASSERT_TRUE(collect({midnight, midnight + hours{48}}));
  ASSERT_EQ(exchange.asked.size(), 1U);
  EXPECT_EQ(exchange.asked[0].begin, midnight + hours{24});
  EXPECT_EQ(catalog.closes.size(), 2'880U);
}

TEST_F(CandleCollection, an_exchange_that_is_away_and_a_stop_are_told) {
  exchange.is_away = true;
  EXPECT_EQ(collect({midnight, midnight + hours{1}}).error().code, result::ErrorCode::unavailable);
  cancelled = true;
  EXPECT_EQ(collect({midnight, midnight + hours{1}}).error().code, result::ErrorCode::cancelled);
}

TEST(DailyReport, tells_of_the_money_and_what_is_open) {
  prometheus::LiveReadings live;
  EXPECT_EQ(daily_report(live).text, "There is no paper session.");
  actors::SessionStatus session;
  session.session_id = "s1";
  session.is_running = true;
  session.bars = 2;
  session.up_to = midnight;
  session.equity = 10'012.5;
  session.is_halted = true;
  session.halt_reason = "The daily loss limit is reached.";
  live.session = session;
  const auto notice = daily_report(live);
  EXPECT_EQ(notice.kind, "report");
  EXPECT_NE(notice.text.find("Equity 10012.5"), std::string::npos) << notice.text;
  EXPECT_NE(notice.text.find("HALTED: The daily loss"), std::string::npos);
  EXPECT_NE(notice.text.find("No position is open."), std::string::npos);
  EXPECT_NE(notice.details.find("\"session_id\":\"s1\""), std::string::npos) << notice.details;
}

}  // namespace
}  // namespace hts::config
