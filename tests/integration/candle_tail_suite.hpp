#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/candle_tail.hpp"

/// What every candle tail keeps.
namespace hts::testing {

inline const market::Symbol tail_btc = *market::Symbol::parse("BTC_KRW");
inline const market::Symbol tail_eth = *market::Symbol::parse("ETH_KRW");
inline const time::Timestamp tail_noon = *time::parse_iso8601("2024-08-08T12:00:00Z");

inline market::Candle tail_candle(int minute, double price = 100) {
  return {tail_noon + std::chrono::minutes{minute}, price, price + 1, price - 0.5, price, 0.1};
}
/// Both symbols, the second one in even minutes only.
inline ports::TailBar tail_bar(int minute) {
  ports::TailBar bar{tail_noon + std::chrono::minutes{minute}, {}};
  bar.candles.push_back({tail_btc, tail_candle(minute)});
  if (minute % 2 == 0) bar.candles.push_back({tail_eth, tail_candle(minute, 7)});
  return bar;
}

/// Where a tail stays while stores on it come and go.
class TailPlace {
 public:
  virtual ~TailPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::CandleTail> open() = 0;
};

class CandleTailSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<TailPlace>()>> {
 protected:
  std::unique_ptr<TailPlace> place_ = GetParam()();
  std::unique_ptr<ports::CandleTail> tail_ = place_->open();

  std::size_t count(const market::Symbol& symbol) { return tail_->load(symbol, {})->size(); }
};

TEST_P(CandleTailSuite, what_was_appended_is_there_bit_for_bit_also_after_opening_again) {
  ASSERT_TRUE(tail_->append({tail_bar(0), tail_bar(1), tail_bar(2)}));
  for (int life = 0; life < 2; ++life) {
    const auto series = tail_->load(tail_btc, {tail_noon, tail_noon + std::chrono::minutes{2}});
    ASSERT_TRUE(series);
    ASSERT_EQ(series->size(), 2U);
    EXPECT_EQ((*series)[1], tail_candle(1));
    EXPECT_EQ(count(tail_eth), 2U);
    const auto held = tail_->held();
    ASSERT_TRUE(held);
    ASSERT_EQ(held->size(), 2U);
    EXPECT_EQ((*held)[1].candles, 2U);
    EXPECT_EQ((*held)[1].last, tail_candle(2).open_time);
    tail_.reset();
    tail_ = place_->open();
  }
}

TEST_P(CandleTailSuite, a_candle_that_is_there_stays_as_it_is) {
  ASSERT_TRUE(tail_->append({tail_bar(0)}));
  ports::TailBar other = tail_bar(0);
  other.candles[0].candle.close = 99.9;
  ASSERT_TRUE(tail_->append({other, tail_bar(1)}));
  EXPECT_EQ((*tail_->load(tail_btc, {}))[0], tail_candle(0));
  tail_.reset();
  tail_ = place_->open();
  EXPECT_EQ((*tail_->load(tail_btc, {}))[0], tail_candle(0));
  EXPECT_EQ(count(tail_btc), 2U);
}

TEST_P(CandleTailSuite, minutes_that_come_out_of_order_are_put_in_order) {
  ASSERT_TRUE(tail_->append({tail_bar(4)}));
  ASSERT_TRUE(tail_->append({tail_bar(1), tail_bar(2)}));
  const auto series = tail_->load(tail_btc, {});
  ASSERT_EQ(series->size(), 3U);
  EXPECT_EQ((*series)[0], tail_candle(1));
  EXPECT_EQ((*series)[2], tail_candle(4));
}

TEST_P(CandleTailSuite, what_the_catalog_has_taken_over_is_gone_for_good) {
  ASSERT_TRUE(tail_->append({tail_bar(0), tail_bar(1), tail_bar(2)}));
  ASSERT_TRUE(tail_->drop(tail_btc, tail_candle(2).open_time));
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(count(tail_btc), 1U);
    EXPECT_EQ(count(tail_eth), 2U);
    tail_.reset();
    tail_ = place_->open();
  }
  ASSERT_TRUE(tail_->drop(tail_eth, tail_candle(3).open_time));
  ASSERT_TRUE(tail_->drop(tail_btc, tail_candle(3).open_time));
  EXPECT_TRUE(tail_->held()->empty());
  ASSERT_TRUE(tail_->append({tail_bar(4)}));
  EXPECT_EQ(tail_->held()->size(), 2U);
}

TEST_P(CandleTailSuite, a_symbol_that_is_not_there_is_empty) {
  EXPECT_TRUE(tail_->load(tail_btc, {})->empty());
  EXPECT_TRUE(tail_->held()->empty());
  EXPECT_TRUE(tail_->drop(tail_btc, tail_noon));
  EXPECT_TRUE(tail_->append({}));
}

}  // namespace hts::testing
