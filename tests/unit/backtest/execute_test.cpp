#include "engine/backtest/execute.hpp"

#include <algorithm>
#include <atomic>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/backtest/backtest_request.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

constexpr time::Timestamp first_day = time::from_milliseconds(1'704'067'200'000);  // 2024-01-01

BacktestRequest request_for(std::vector<std::string> symbols) {
  RawBacktestRequest raw;
  raw.strategy = "volume_zone_breakout";
  raw.symbols = std::move(symbols);
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-12-31";
  return std::move(make_backtest_request(raw)).value();
}

result::Result<market::CandleSeries> load_synthetic(const market::Symbol& symbol,
                                                    market::Timeframe timeframe, time::TimeRange,
                                                    const std::atomic<bool>*) {
  return market::make_synthetic_candles({}, first_day, timeframe, 366, symbol.text().size());
}

TEST(Execute, reports_every_symbol_in_the_order_of_the_request) {
  const auto run = execute(request_for({"KRW-BTC", "KRW-DOGE"}), load_synthetic);
  ASSERT_TRUE(run.ok()) << run.error().message;
  ASSERT_EQ(run->symbols.size(), 2U);
  EXPECT_EQ(run->symbols[0].symbol.text(), "BTC_KRW");
  EXPECT_EQ(run->symbols[1].symbol.text(), "DOGE_KRW");
  EXPECT_GT(run->total_signals, 0U);
  EXPECT_EQ(run->total_signals,
            run->symbols[0].report.trades.size() + run->symbols[1].report.trades.size());
  EXPECT_EQ(run->parameters.size(), 6U);
}

TEST(Execute, an_error_of_the_source_names_the_symbols_field) {
  const auto load = [](const market::Symbol& symbol, market::Timeframe, time::TimeRange,
                       const std::atomic<bool>*) -> result::Result<market::CandleSeries> {
    return result::make_error(result::ErrorCode::not_found, "no candles of " + symbol.text());
  };
  const auto run = execute(request_for({"KRW-BTC"}), load);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(run.error().field, "symbols");
}

TEST(Execute, a_cancelled_run_stops_before_the_next_symbol) {
  std::atomic<bool> cancelled{false};
  int loads = 0;
  const auto load = [&](const market::Symbol& symbol, market::Timeframe timeframe,
                        time::TimeRange range, const std::atomic<bool>* cancel) {
    ++loads;
    cancelled = true;
    return load_synthetic(symbol, timeframe, range, cancel);
  };
  const auto run = execute(request_for({"KRW-BTC", "KRW-DOGE"}), load, {{}, &cancelled});
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, result::ErrorCode::cancelled);
  EXPECT_EQ(loads, 1);
}

TEST(Execute, progress_rises_over_all_symbols_to_1) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(execute(request_for({"KRW-BTC", "KRW-DOGE"}), load_synthetic, control).ok());
  ASSERT_FALSE(shares.empty());
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.front(), 0);
  EXPECT_EQ(shares.back(), 1);
  EXPECT_NE(std::find(shares.begin(), shares.end(), 0.5), shares.end());
}

TEST(Execute, progress_may_cancel_the_run) {
  std::atomic<bool> cancelled{false};
  StudyControl control;
  control.cancel = &cancelled;
  control.progress = [&](double) { cancelled = true; };
  const auto run = execute(request_for({"KRW-BTC", "KRW-DOGE"}), load_synthetic, control);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, result::ErrorCode::cancelled);
}

TEST(Execute, run_ids_are_version_4_uuids) {
  const auto uuid =
      testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  for (const std::uint64_t bits :
       {std::uint64_t{0}, ~std::uint64_t{0}, std::uint64_t{0x123456789abcdef0}}) {
    EXPECT_THAT(make_run_id(bits, bits), uuid);
  }
  EXPECT_NE(make_run_id(1, 2), make_run_id(2, 1));
}

}  // namespace
}  // namespace hts::backtest
