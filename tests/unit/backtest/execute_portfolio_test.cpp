#include <atomic>
#include <vector>

#include <gtest/gtest.h>

#include "engine/backtest/backtest_request.hpp"
#include "engine/backtest/execute.hpp"
#include "engine/backtest/portfolio_run.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

BacktestRequest account_request(std::vector<NamedText> options = {},
                                std::vector<std::string> disabled = {}) {
  RawBacktestRequest raw;
  raw.mode = "portfolio";
  raw.strategy = "sma_cross";
  raw.params = {{"fast", std::int64_t{3}}, {"slow", std::int64_t{8}}};
  raw.symbols = {"KRW-BTC", "KRW-ETH"};
  raw.disabled_symbols = std::move(disabled);
  raw.start_date = "2024-01-01";
  raw.end_date = "2024-12-31";
  raw.portfolio = std::move(options);
  return make_backtest_request(raw).value();
}

result::Result<market::CandleSeries> made_days(const market::Symbol& symbol,
                                               market::Timeframe timeframe, time::TimeRange range,
                                               const std::atomic<bool>*) {
  return market::make_synthetic_candles({}, range.begin, timeframe, 366,
                                        static_cast<std::uint64_t>(symbol.text()[0]));
}

TEST(ExecutePortfolio, trades_all_symbols_on_one_account) {
  const auto run = execute(account_request(), made_days);
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(run->mode, Mode::portfolio);
  ASSERT_NE(run->portfolio, nullptr);
  const auto& result = run->portfolio->report.result;
  EXPECT_EQ(result.equity.size(), 366U);
  EXPECT_EQ(run->total_signals, result.trades.size());
  ASSERT_EQ(run->symbols.size(), 2U);
  EXPECT_EQ(run->symbols[0].report.statistics.signals + run->symbols[1].report.statistics.signals,
            result.trades.size());
  EXPECT_EQ(run->portfolio->report.statistics.equity_final, result.equity.back());
}

TEST(ExecutePortfolio, a_disabled_symbol_is_neither_loaded_nor_traded) {
  std::vector<std::string> loaded;
  const auto run =
      execute(account_request({}, {"KRW-BTC"}),
              [&](const market::Symbol& symbol, auto timeframe, auto range, auto cancel) {
                loaded.push_back(symbol.text());
                return made_days(symbol, timeframe, range, cancel);
              });
  ASSERT_TRUE(run.ok()) << run.error().message;
  EXPECT_EQ(loaded, std::vector<std::string>{"ETH_KRW"});
  EXPECT_FALSE(run->symbols[0].is_active);
  EXPECT_EQ(run->symbols[0].report.candles, 0U);
  EXPECT_TRUE(run->symbols[1].is_active);
  EXPECT_GT(run->symbols[1].report.statistics.signals, 0U);
}

TEST(ExecutePortfolio, both_intrabar_answers_are_those_of_each_alone) {
  const auto with = [](const char* intrabar) {
    return execute(
        account_request({{"stop_loss", "0.005"}, {"take_profit", "0.005"}, {"intrabar", intrabar}}),
        made_days);
  };
  const auto both = with("both");
  ASSERT_TRUE(both.ok()) << both.error().message;
  const auto& report = both->portfolio->report;
  ASSERT_GT(report.result.ambiguous_bars, 0U);
  ASSERT_TRUE(both->portfolio->optimistic);
  EXPECT_EQ(report.result, with("pessimistic")->portfolio->report.result);
  EXPECT_EQ(both->portfolio->optimistic->return_pct,
            with("optimistic")->portfolio->report.statistics.return_pct);
  EXPECT_GT(both->portfolio->optimistic->return_pct, report.statistics.return_pct);
}

TEST(ExecutePortfolio, the_optimistic_answer_is_the_same_without_ambiguous_candles) {
  const auto both = execute(account_request({{"intrabar", "both"}}), made_days);
  ASSERT_TRUE(both.ok());
  EXPECT_EQ(both->portfolio->optimistic->equity_final,
            both->portfolio->report.statistics.equity_final);
}

TEST(ExecutePortfolio, progress_rises_to_one_and_ends_there) {
  std::vector<double> shares;
  StudyControl control;
  control.progress = [&](double share) { shares.push_back(share); };
  ASSERT_TRUE(execute(account_request(
                          {{"intrabar", "both"}, {"stop_loss", "0.005"}, {"take_profit", "0.005"}}),
                      made_days, control)
                  .ok());
  ASSERT_GE(shares.size(), 3U);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1);
  EXPECT_LT(shares[shares.size() - 2], 1);
}

TEST(ExecutePortfolio, a_cancel_on_the_way_ends_it) {
  std::atomic<bool> cancelled{false};
  StudyControl control;
  control.cancel = &cancelled;
  control.progress = [&](double) { cancelled = true; };
  const auto run = execute(account_request({{"intrabar", "both"}}), made_days, control);
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().code, result::ErrorCode::cancelled);
}

TEST(ExecutePortfolio, candles_shorter_than_the_warm_up_are_refused_with_both_numbers) {
  const auto run = execute(account_request(), [](const auto&, auto timeframe, auto range, auto) {
    return result::Result<market::CandleSeries>(
        market::make_synthetic_candles({}, range.begin, timeframe, 5, 1));
  });
  ASSERT_FALSE(run.ok());
  EXPECT_EQ(run.error().field, "symbols");
  EXPECT_NE(run.error().message.find('5'), std::string::npos);
  EXPECT_NE(run.error().message.find('8'), std::string::npos);
}

}  // namespace
}  // namespace hts::backtest
