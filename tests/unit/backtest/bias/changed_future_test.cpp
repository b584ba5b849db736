#include "engine/backtest/bias/changed_future.hpp"

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"

namespace hts::backtest {
namespace {

market::CandleSeries minutes(std::size_t count) {
  return market::make_synthetic_candles({}, time::from_milliseconds(1'577'836'800'000),
                                        market::Timeframe::minute(), count, 9);
}

TEST(ChangedFuture, is_another_one_of_sound_candles_at_the_same_times) {
  const auto series = minutes(500);
  for (const auto change :
       {FutureChange::scaled, FutureChange::reversed, FutureChange::random_walk}) {
    for (const std::size_t known : {0U, 1U, 250U, 499U}) {
      const auto changed = with_changed_future(series.view(), known, change, 7);
      ASSERT_EQ(changed.open_time, series.open_time);
      std::size_t different = 0;
      for (std::size_t i = 0; i < series.size(); ++i) {
        EXPECT_EQ(market::find_defect(changed[i]), std::nullopt);
        if (i < known) {
          EXPECT_EQ(changed[i], series[i]);
        } else if (!(changed[i] == series[i])) {
          ++different;
        }
      }
      // A single candle in reverse is itself.
      EXPECT_GE(different, (series.size() - known - 1) * 9 / 10);
    }
  }
}

TEST(ChangedFuture, of_nothing_to_come_is_the_past) {
  const auto series = minutes(5);
  EXPECT_EQ(with_changed_future(series.view(), 5, FutureChange::scaled, 1), series);
  EXPECT_TRUE(with_changed_future({}, 0, FutureChange::random_walk, 1).empty());
}

TEST(ChangedFuture, is_that_of_its_seed) {
  const auto series = minutes(50);
  const auto drawn = [&](std::uint64_t seed) {
    return with_changed_future(series.view(), 10, FutureChange::random_walk, seed);
  };
  EXPECT_EQ(drawn(1), drawn(1));
  EXPECT_NE(drawn(1), drawn(2));
}

}  // namespace
}  // namespace hts::backtest
