#include "engine/market/candle_builder.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

const time::Timestamp noon = *time::parse_iso8601("2024-08-08T12:00:00Z");

Trade trade(time::Duration after_noon, double price, double quantity, std::uint64_t sequence = 0) {
  return {noon + after_noon, price, quantity, sequence, false};
}

TEST(candle_builder, a_minute_closes_with_the_first_trade_of_a_later_one) {
  CandleBuilder builder;
  builder.begin(noon);
  EXPECT_FALSE(builder.add(trade(seconds{1}, 100, 1)).closed);
  EXPECT_FALSE(builder.add(trade(seconds{30}, 104, 0.5)).closed);
  EXPECT_FALSE(builder.add(trade(seconds{59}, 99, 0.25)).closed);
  const auto added = builder.add(trade(seconds{60}, 101, 2));
  ASSERT_TRUE(added.closed);
  EXPECT_EQ(*added.closed, (Candle{noon, 100, 104, 99, 99, 1.75}));
  EXPECT_EQ(*builder.current(), (Candle{noon + minutes{1}, 101, 101, 101, 101, 2}));
  EXPECT_EQ(builder.closed_before(), noon + minutes{1});
}

TEST(candle_builder, the_clock_closes_a_minute_without_a_later_trade) {
  CandleBuilder builder;
  builder.begin(noon);
  builder.add(trade(seconds{1}, 100, 1));
  EXPECT_FALSE(builder.close_before(noon + seconds{59}));
  const auto closed = builder.close_before(noon + seconds{62});
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->open_time, noon);
  EXPECT_FALSE(builder.close_before(noon + minutes{2}));
  EXPECT_EQ(builder.closed_before(), noon + minutes{2});
}

TEST(candle_builder, minutes_without_a_trade_are_counted_and_not_made_up) {
  CandleBuilder builder;
  builder.begin(noon);
  builder.add(trade(seconds{1}, 100, 1));
  const auto added = builder.add(trade(minutes{4}, 101, 1));
  ASSERT_TRUE(added.closed);
  EXPECT_EQ(builder.counts().missing_minutes, 3U);
  builder.close_before(noon + minutes{7});
  EXPECT_EQ(builder.counts().missing_minutes, 5U);
}

TEST(candle_builder, a_late_trade_is_counted_and_changes_nothing) {
  CandleBuilder builder;
  builder.begin(noon);
  builder.add(trade(seconds{1}, 100, 1, 1));
  builder.close_before(noon + minutes{1});
  EXPECT_EQ(builder.add(trade(seconds{59}, 500, 9, 2)).fate, TradeFate::late);
  EXPECT_FALSE(builder.current());
  EXPECT_EQ(builder.counts().late, 1U);
}

TEST(candle_builder, a_sequence_counts_once) {
  CandleBuilder builder;
  builder.begin(noon);
  builder.add(trade(seconds{1}, 100, 1, 7));
  builder.add(trade(seconds{3}, 102, 1, 9));
  EXPECT_EQ(builder.add(trade(seconds{1}, 100, 1, 7)).fate, TradeFate::duplicate);
  EXPECT_EQ(builder.add(trade(seconds{2}, 101, 1, 8)).fate, TradeFate::taken);
  builder.close_before(noon + minutes{1});
  EXPECT_EQ(builder.add(trade(seconds{3}, 102, 1, 9)).fate, TradeFate::duplicate);
  EXPECT_EQ(builder.add(trade(seconds{3}, 102, 1, 10)).fate, TradeFate::late);
  EXPECT_EQ(builder.counts().duplicate, 2U);
}

TEST(candle_builder, equal_trades_without_a_sequence_all_count) {
  CandleBuilder builder;
  builder.begin(noon);
  builder.add(trade(seconds{1}, 100, 1));
  builder.add(trade(seconds{1}, 100, 1));
  EXPECT_EQ(builder.current()->volume, 2);
}

TEST(candle_builder, what_cannot_be_is_refused) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  constexpr double endless = std::numeric_limits<double>::infinity();
  CandleBuilder builder;
  builder.begin(noon);
  for (const double wrong : {0.0, -1.0, nan, endless, 1e15, 1e18}) {
    EXPECT_EQ(builder.add(trade(seconds{1}, wrong, 1)).fate, TradeFate::refused) << wrong;
    EXPECT_EQ(builder.add(trade(seconds{1}, 1, wrong)).fate, TradeFate::refused) << wrong;
  }
  Trade absurd = trade(seconds{1}, 100, 1);
  for (const time::Timestamp when : {time::Timestamp{}, time::Timestamp::max(),
                                     time::Timestamp::min(), time::Timestamp{seconds{-1}}}) {
    absurd.time = when;
    EXPECT_EQ(builder.add(absurd).fate, TradeFate::refused);
  }
  EXPECT_EQ(builder.counts().refused, 16U);
  EXPECT_FALSE(builder.current());
}

TEST(candle_builder, minutes_before_the_beginning_are_not_built) {
  CandleBuilder builder;
  builder.add(trade(seconds{20}, 100, 1));
  builder.begin(noon + minutes{1});
  EXPECT_FALSE(builder.current());
  EXPECT_EQ(builder.add(trade(seconds{40}, 100, 1)).fate, TradeFate::late);
  EXPECT_EQ(builder.add(trade(seconds{60}, 100, 1)).fate, TradeFate::taken);
}

struct Market {
  std::vector<Trade> trades;
  std::map<time::Timestamp, Candle> candles;  // by the definition
};

/// Prices of two digits and quantities of eight, several trades a millisecond, idle minutes.
Market random_market(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Market market;
  time::Timestamp now = noon;
  std::map<time::Timestamp, std::uint64_t> units;
  for (std::uint64_t sequence = 1; sequence <= 400; ++sequence) {
    if (random() % 40 == 0) now += minutes{random() % 4};
    now += milliseconds{random() % 3 == 0 ? 0 : random() % 4'000};
    const double price = static_cast<double>(10'000 + random() % 500) / 100;
    const std::uint64_t quantity = 1 + random() % 300'000'000;
    market.trades.push_back(
        {now, price, static_cast<double>(quantity) / 1e8, sequence, random() % 2 == 0});
    const time::Timestamp minute = std::chrono::floor<minutes>(now);
    auto [at, is_new] =
        market.candles.try_emplace(minute, Candle{minute, price, price, price, price, 0});
    at->second.high = std::max(at->second.high, price);
    at->second.low = std::min(at->second.low, price);
    at->second.close = price;
    units[minute] += quantity;
  }
  for (auto& [minute, candle] : market.candles) {
    candle.volume = static_cast<double>(units[minute]) / 1e8;
  }
  return market;
}

std::vector<Candle> built(const std::vector<Trade>& trades) {
  CandleBuilder builder;
  builder.begin(noon);
  std::vector<Candle> candles;
  for (const Trade& each : trades) {
    if (const auto added = builder.add(each); added.closed) candles.push_back(*added.closed);
  }
  if (const auto last = builder.close_before(trades.back().time + minutes{1})) {
    candles.push_back(*last);
  }
  return candles;
}

TEST(candle_builder, random_markets_give_the_candles_of_the_definition) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Market market = random_market(seed);
    std::vector<Candle> expected;
    for (const auto& [minute, candle] : market.candles) expected.push_back(candle);
    ASSERT_EQ(built(market.trades), expected) << "seed " << seed;
  }
}

TEST(candle_builder, order_within_a_minute_and_repeats_do_not_matter) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Market market = random_market(seed);
    std::mt19937_64 random(seed);
    std::vector<Trade> shuffled;
    for (std::size_t i = 0; i < market.trades.size();) {
      std::size_t end = i;
      const auto minute = std::chrono::floor<minutes>(market.trades[i].time);
      while (end < market.trades.size() &&
             std::chrono::floor<minutes>(market.trades[end].time) == minute) {
        ++end;
      }
      std::vector<Trade> part(market.trades.begin() + static_cast<std::ptrdiff_t>(i),
                              market.trades.begin() + static_cast<std::ptrdiff_t>(end));
      part.push_back(part[random() % part.size()]);
      std::shuffle(part.begin(), part.end(), random);
      shuffled.insert(shuffled.end(), part.begin(), part.end());
      i = end;
    }
    ASSERT_EQ(built(shuffled), built(market.trades)) << "seed " << seed;
  }
}

TEST(candle_builder, the_clock_closes_what_the_next_trade_would_have_closed) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Market market = random_market(seed);
    CandleBuilder builder;
    builder.begin(noon);
    std::vector<Candle> candles;
    const auto keep = [&](const std::optional<Candle>& candle) {
      if (candle) candles.push_back(*candle);
    };
    for (const Trade& each : market.trades) {
      keep(builder.close_before(each.time));
      keep(builder.add(each).closed);
    }
    keep(builder.close_before(market.trades.back().time + minutes{1}));
    ASSERT_EQ(candles, built(market.trades)) << "seed " << seed;
  }
}

TEST(seen_sequences, the_lowest_are_taken_as_seen_once_there_are_too_many) {
  SeenSequences seen;
  for (std::uint64_t i = 1; i <= SeenSequences::most + 1; ++i) EXPECT_TRUE(seen.insert(2 * i));
  EXPECT_FALSE(seen.insert(1));
  EXPECT_FALSE(seen.insert(2 * SeenSequences::most));
  EXPECT_TRUE(seen.insert(2 * SeenSequences::most - 1));
}

}  // namespace
}  // namespace hts::market
