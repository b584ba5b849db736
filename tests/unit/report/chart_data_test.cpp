#include "adapters/report/chart_data.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "sample_report.hpp"

namespace hts::report {
namespace {

TEST(ChartData, of_few_bars_is_all_of_them) {
  const auto sample = sample_of(100, 1, 0);
  const auto data = chart_data(sample.report.result, sample.views(), {});
  EXPECT_EQ(data.bars_a_bucket, 1U);
  EXPECT_EQ(data.equity, sample.report.result.equity);
  EXPECT_EQ(data.symbols[0].close, sample.series[0].close);
}

TEST(ChartData, of_many_bars_keeps_the_extremes_of_each_bucket) {
  const auto sample = sample_of(1'003, 1, 0);
  const auto data = chart_data(sample.report.result, sample.views(), {100, 1});
  EXPECT_EQ(data.bars_a_bucket, 11U);
  ASSERT_EQ(data.time.size(), 92U);
  const auto& candles = sample.series[0];
  const auto& first = data.symbols[0];
  EXPECT_EQ(first.open[1], candles.open[11]);
  EXPECT_EQ(first.close[1], candles.close[21]);
  EXPECT_EQ(first.high[1], *std::max_element(&candles.high[11], &candles.high[22]));
  EXPECT_EQ(first.low[1], *std::min_element(&candles.low[11], &candles.low[22]));
  EXPECT_EQ(data.equity.back(), sample.report.result.equity.back());
}

TEST(ChartData, a_dip_inside_a_bucket_stays_in_the_drawdown) {
  auto sample = sample_of(1'000, 1, 0);
  sample.report.result.equity.assign(1'000, 100.0);
  sample.report.result.equity[537] = 40;
  const auto data = chart_data(sample.report.result, sample.views(), {10, 1});
  EXPECT_DOUBLE_EQ(data.drawdown_pct[5], -60);
  EXPECT_EQ(data.equity[5], 100);
}

TEST(ChartData, a_symbol_without_candles_in_a_bucket_has_none_there) {
  auto sample = sample_of(100, 2, 0);
  market::CandleSeries late;
  late.append(sample.series[1].view().slice(50, 50));
  sample.series[1] = late;
  const auto data = chart_data(sample.report.result, sample.views(), {});
  EXPECT_TRUE(std::isnan(data.symbols[1].close[49]));
  EXPECT_EQ(data.symbols[1].close[50], late.close[0]);
}

TEST(ChartData, of_nothing_is_empty) {
  EXPECT_TRUE(chart_data({}, {}, {}).time.empty());
}

}  // namespace
}  // namespace hts::report
