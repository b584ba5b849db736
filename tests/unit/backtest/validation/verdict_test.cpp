#include "engine/backtest/validation/verdict.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "made_request.hpp"

namespace hts::backtest {
namespace {

struct Judged {
  market::CandleSeries series;
  std::vector<market::CandleView> candles;
  SweepRequest request;
  TrialResults results;

  Judged(market::CandleSeries data, const std::vector<std::string>& texts)
      : series(std::move(data)), candles{series.view()}, request(made::request_for(texts)) {
    auto swept = run_sweep(request, candles, one_worker());
    EXPECT_TRUE(swept) << swept.error().message;
    if (swept) results = std::move(swept).value();
  }
  [[nodiscard]] result::Result<Verdict> verdict() const {
    return judge_winner(request, results, candles);
  }
};

std::string all_of(const std::vector<std::string>& sentences) {
  std::string text;
  for (const auto& sentence : sentences) text += sentence + "\n";
  return text;
}

TEST(Verdict, of_a_random_walk_is_luck) {
  const Judged judged{made::hours(24 * 200, 11), {"fast=2:30:2", "slow=31:121:10"}};
  const auto verdict = judged.verdict();
  ASSERT_TRUE(verdict) << verdict.error().message;
  ASSERT_TRUE(verdict->overfitting);
  EXPECT_EQ(verdict->overfitting->trials, 150U);
  EXPECT_EQ(verdict->overfitting->periods, 199U);
  EXPECT_LT(verdict->deflated_sharpe, 0.95);
  EXPECT_LT(verdict->deflated_sharpe, verdict->probabilistic_sharpe);
  EXPECT_NE(all_of(verdict->sentences).find("may well be luck"), std::string::npos)
      << all_of(verdict->sentences);
}

TEST(Verdict, is_about_the_winner) {
  const Judged judged{made::hours(3'000, 2), {"fast=5,10", "slow=20,50"}};
  const auto verdict = judged.verdict();
  ASSERT_TRUE(verdict) << verdict.error().message;
  const auto& winner = judged.results.best.front();
  EXPECT_EQ(verdict->statistics.sharpe_ratio, winner.statistics.sharpe_ratio);
  EXPECT_EQ(verdict->statistics.equity_final, winner.statistics.equity_final);
  EXPECT_EQ(verdict->result.equity.size(), 3'000U);
  EXPECT_GT(verdict->result.fills.size(), 0U);
}

TEST(Verdict, checks_the_winner_for_a_look_into_the_future) {
  const Judged judged{made::hours(3'000, 2), {"fast=5,10", "slow=20"}};
  const auto verdict = judged.verdict();
  ASSERT_TRUE(verdict) << verdict.error().message;
  ASSERT_TRUE(verdict->bias);
  EXPECT_TRUE(verdict->bias->clean());
  EXPECT_NE(all_of(verdict->sentences).find("No look into the future"), std::string::npos);
  VerdictOptions options;
  options.check_bias = false;
  const auto unchecked = judge_winner(judged.request, judged.results, judged.candles, options);
  ASSERT_TRUE(unchecked);
  EXPECT_FALSE(unchecked->bias);
}

TEST(Verdict, says_what_too_little_data_cannot_say) {
  const Judged one{made::hours(3'000, 2), {"fast=5"}};
  const auto single = one.verdict();
  ASSERT_TRUE(single) << single.error().message;
  EXPECT_FALSE(single->overfitting);
  EXPECT_NE(all_of(single->sentences).find("Probability of overfitting unknown"),
            std::string::npos);
  const Judged brief{made::hours(21, 2), {"fast=5,6"}};
  const auto short_data = brief.verdict();
  ASSERT_TRUE(short_data) << short_data.error().message;
  EXPECT_NE(all_of(short_data->sentences).find("cannot be checked for"), std::string::npos)
      << all_of(short_data->sentences);
}

}  // namespace
}  // namespace hts::backtest
