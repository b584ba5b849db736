#include "engine/backtest/validation/walk_forward.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "engine/backtest/portfolio/simulate.hpp"
#include "made_request.hpp"

namespace hts::backtest {
namespace {

WalkForwardRequest request_for(std::size_t train, std::size_t test, bool anchored = false) {
  return {made::request_for({"fast=5,10,15", "slow=20,40"}), train, test, anchored};
}

WalkForwardResult walked(const WalkForwardRequest& request, const market::CandleSeries& series,
                         const Workers& workers = one_worker()) {
  const std::vector<market::CandleView> candles = {series.view()};
  auto result = walk_forward(request, candles, workers);
  EXPECT_TRUE(result) << result.error().message;
  return result ? std::move(result).value() : WalkForwardResult{};
}

TEST(WalkForward, rolling_windows_follow_each_other_to_the_end) {
  const auto series = made::hours(1'250, 3);
  const auto result = walked(request_for(500, 200), series);
  ASSERT_EQ(result.windows.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(result.windows[i].train_begin, i * 200);
    EXPECT_EQ(result.windows[i].train_end, 500 + i * 200);
    EXPECT_EQ(result.windows[i].test_end, std::min<std::size_t>(700 + i * 200, 1'250));
    EXPECT_EQ(result.windows[i].evaluated, 6U);
  }
}

TEST(WalkForward, anchored_training_grows_from_the_first_bar) {
  const auto series = made::hours(1'100, 3);
  const auto result = walked(request_for(500, 200, true), series);
  ASSERT_EQ(result.windows.size(), 3U);
  for (const auto& window : result.windows) EXPECT_EQ(window.train_begin, 0U);
  EXPECT_EQ(result.windows.back().train_end, 900U);
}

TEST(WalkForward, each_test_trades_the_winner_of_its_training) {
  const auto series = made::hours(1'500, 7);
  const auto request = request_for(600, 300);
  const auto result = walked(request, series);
  for (const auto& window : result.windows) {
    const std::vector<market::CandleView> training = {
        series.view().slice(window.train_begin, window.train_end - window.train_begin)};
    const auto swept = run_sweep(request.sweep, training, one_worker());
    ASSERT_TRUE(swept);
    EXPECT_EQ(window.combination, swept->best.front().number);
    EXPECT_EQ(window.train.sharpe_ratio, swept->best.front().value);
    EXPECT_EQ(window.objective, swept->best.front().value);
  }
}

TEST(WalkForward, the_stitched_equity_goes_on_where_the_test_before_ended) {
  const auto series = made::hours(1'500, 7);
  const auto result = walked(request_for(600, 300), series);
  const auto& stitched = result.out_of_sample;
  ASSERT_EQ(stitched.equity.size(), 900U);
  ASSERT_EQ(stitched.time.front(), series.open_time[600]);
  EXPECT_EQ(stitched.equity.front(), 10'000);
  for (std::size_t i = 300; i < 900; i += 300) {
    EXPECT_EQ(stitched.equity[i], stitched.equity[i - 1]) << i;
  }
  double profit = 0;
  for (const auto& trade : stitched.trades) {
    EXPECT_EQ(stitched.time[trade.entry_bar], trade.entry_time);
    EXPECT_EQ(stitched.time[trade.exit_bar], trade.exit_time);
    EXPECT_EQ(trade.entry_bar / 300, trade.exit_bar / 300);
    profit += trade.profit;
  }
  EXPECT_GT(stitched.trades.size(), 3U);
  EXPECT_NEAR(stitched.equity.back(), 10'000 + profit, 1e-6);
  EXPECT_EQ(result.statistics.equity_final, stitched.equity.back());
}

TEST(WalkForward, indicators_are_warm_when_a_test_begins) {
  const auto series = made::hours(1'000, 5);
  auto request = request_for(400, 300);
  request.sweep = made::request_for({"fast=5", "slow=20"});
  const auto result = walked(request, series);
  // The same strategy over all of the data: its signals inside a test are those that were traded.
  std::vector<strategies::IndexedSignal> signals;
  made::sma_cross()
      .make(strategies::resolve_for(made::sma_cross(), {{"fast", std::int64_t{5}}}).value())
      .scan(series.view(), 0, signals);
  const auto first_buy = std::find_if(signals.begin(), signals.end(), [](const auto& signal) {
    return signal.index >= 400 && signal.signal.side == trading::Side::buy;
  });
  ASSERT_NE(first_buy, signals.end());
  ASSERT_FALSE(result.out_of_sample.trades.empty());
  EXPECT_EQ(result.out_of_sample.trades.front().entry_bar, first_buy->index + 1 - 400);
}

TEST(WalkForward, knows_nothing_of_what_comes_after) {
  const auto series = made::hours(1'000, 5);
  auto changed = series;
  for (std::size_t i = 700; i < 1'000; ++i) {
    for (auto* column : {&changed.open, &changed.high, &changed.low, &changed.close}) {
      (*column)[i] *= 3;
    }
  }
  const auto whole = walked(request_for(400, 300), series);
  const auto other = walked(request_for(400, 300), changed);
  EXPECT_EQ(whole.windows.front().combination, other.windows.front().combination);
  for (std::size_t i = 0; i < 300; ++i) {
    ASSERT_EQ(whole.out_of_sample.equity[i], other.out_of_sample.equity[i]) << i;
  }
}

TEST(WalkForward, the_efficiency_is_what_is_left_of_the_promise) {
  const auto series = made::hours(2'000, 21);
  const auto result = walked(request_for(800, 400), series);
  double promised = 0;
  for (const auto& window : result.windows) promised += window.train.return_ann_pct;
  promised /= static_cast<double>(result.windows.size());
  if (promised > 0) {
    EXPECT_DOUBLE_EQ(result.efficiency_ratio, result.statistics.return_ann_pct / promised);
  } else {
    EXPECT_TRUE(std::isnan(result.efficiency_ratio));
  }
}

TEST(WalkForward, windows_that_cannot_be_are_refused) {
  const auto series = made::hours(100, 5);
  const std::vector<market::CandleView> candles = {series.view()};
  const auto field_of = [&](std::size_t train, std::size_t test) {
    const auto result = walk_forward(request_for(train, test), candles, one_worker());
    return result ? std::string{"none"} : result.error().field;
  };
  EXPECT_EQ(field_of(0, 10), "train");
  EXPECT_EQ(field_of(99, 10), "train");
  EXPECT_EQ(field_of(1'000'000'000'000, 10), "train");
  EXPECT_EQ(field_of(50, 1), "test");
  EXPECT_EQ(field_of(50, 1'000'000'000'000), "none");
}

TEST(WalkForward, can_be_cancelled_and_says_how_far_it_is) {
  const auto series = made::hours(1'250, 3);
  const std::vector<market::CandleView> candles = {series.view()};
  std::atomic<bool> cancel{false};
  StudyControl control;
  control.cancel = &cancel;
  std::vector<double> shares;
  control.progress = [&](double share) {
    shares.push_back(share);
    if (share > 0.4) cancel = true;
  };
  const auto result = walk_forward(request_for(500, 200), candles, one_worker(), control);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, result::ErrorCode::cancelled);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
}

TEST(WalkForward, windows_trained_apart_give_the_same_walk) {
  const auto series = made::hours(1'451, 7);
  const std::vector<market::CandleView> candles = {series.view()};
  for (const bool anchored : {false, true}) {
    const auto request = request_for(600, 200, anchored);
    const auto whole = walked(request, series);
    const auto count = count_windows(request, candles);
    ASSERT_TRUE(count);
    EXPECT_EQ(*count, whole.windows.size());
    std::vector<WindowWinner> winners;
    for (std::size_t first = 0; first < *count; first += 2) {
      const auto some = train_windows(request, candles, first, first + 2, one_worker());
      ASSERT_TRUE(some) << some.error().message;
      winners.insert(winners.end(), some->begin(), some->end());
    }
    const auto joined = walk_forward_with(request, candles, winners);
    ASSERT_TRUE(joined) << joined.error().message;
    EXPECT_EQ(joined->out_of_sample, whole.out_of_sample);
    EXPECT_TRUE(joined->efficiency_ratio == whole.efficiency_ratio ||
                (std::isnan(joined->efficiency_ratio) && std::isnan(whole.efficiency_ratio)));
    ASSERT_EQ(joined->windows.size(), whole.windows.size());
    for (std::size_t i = 0; i < whole.windows.size(); ++i) {
      EXPECT_EQ(joined->windows[i].combination, whole.windows[i].combination);
      EXPECT_EQ(joined->windows[i].evaluated, whole.windows[i].evaluated);
      EXPECT_EQ(joined->windows[i].objective, whole.windows[i].objective);
      EXPECT_EQ(joined->windows[i].test.equity_final, whole.windows[i].test.equity_final);
    }
    winners.pop_back();
    EXPECT_FALSE(walk_forward_with(request, candles, winners));
  }
}

}  // namespace
}  // namespace hts::backtest
