#include "engine/backtest/statistics/basket.hpp"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

market::CandleSeries closes(int first_day, const std::vector<double>& prices) {
  market::CandleSeries series;
  for (const double price : prices) {
    series.push_back(
        {time::Timestamp{std::chrono::days{first_day++}}, price, price, price, price, 1});
  }
  return series;
}

std::vector<time::Timestamp> first_days(int count) {
  std::vector<time::Timestamp> time;
  for (int day = 0; day < count; ++day) time.emplace_back(std::chrono::days{day});
  return time;
}

TEST(BasketCloses, of_one_symbol_are_its_closes) {
  const auto series = closes(0, {5, 6, 7});
  EXPECT_EQ(basket_closes(first_days(3), std::vector{series.view()}, 1),
            (std::vector<double>{5, 6, 7}));
}

TEST(BasketCloses, give_each_symbol_the_same_cash_at_the_base) {
  const auto a = closes(0, {1, 2, 4});
  const auto b = closes(0, {300, 100, 50});
  EXPECT_EQ(basket_closes(first_days(3), std::vector{a.view(), b.view()}, 1),
            (std::vector<double>{1.75, 1, 1.25}));
}

TEST(BasketCloses, keep_the_last_close_and_wait_for_the_first) {
  const auto early = closes(0, {10, 20});
  const auto late = closes(2, {4, 8});
  EXPECT_EQ(basket_closes(first_days(4), std::vector{early.view(), late.view()}, 0),
            (std::vector<double>{1, 1.5, 1.5, 2}));
}

}  // namespace
}  // namespace hts::backtest
