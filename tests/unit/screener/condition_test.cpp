#include "engine/screener/condition.hpp"

#include <gtest/gtest.h>

namespace hts::screener {
namespace {

/// Closes of days in a row; high and low one above and below, one coin a day.
std::vector<market::Candle> days_of(const std::vector<double>& closes) {
  std::vector<market::Candle> days;
  time::Timestamp open_time{};
  for (const double close : closes) {
    days.push_back({open_time, close, close + 1, close - 1, close, 1});
    open_time += std::chrono::hours{24};
  }
  return days;
}

Condition of(Figure figure, std::uint32_t days = 1, std::vector<std::uint32_t> averages = {2, 3}) {
  Condition condition;
  condition.figure = figure;
  condition.days = days;
  condition.averages = std::move(averages);
  return condition;
}

TEST(Condition, a_change_is_in_percent_of_the_close_so_many_days_ago) {
  const auto days = days_of({50, 1, 1, 1, 1, 1, 100, 110});
  EXPECT_DOUBLE_EQ(*figure_of(of(Figure::change_rate), days), 10);
  EXPECT_DOUBLE_EQ(*figure_of(of(Figure::change_rate, 7), days), 120);
  EXPECT_FALSE(figure_of(of(Figure::change_rate, 30), days));
}

TEST(Condition, volumes_and_amounts_are_sums_of_the_last_days) {
  const auto days = days_of({10, 20, 30, 40, 50, 60, 70});
  EXPECT_EQ(figure_of(of(Figure::volume), days), 1);
  EXPECT_EQ(figure_of(of(Figure::volume, 7), days), 7);
  EXPECT_EQ(figure_of(of(Figure::trade_amount), days), 70);
  EXPECT_EQ(figure_of(of(Figure::trade_amount, 7), days), 280);
  EXPECT_FALSE(figure_of(of(Figure::volume, 30), days));
}

TEST(Condition, a_divergence_is_from_the_first_average) {
  const auto days = days_of({10, 90, 110});
  EXPECT_DOUBLE_EQ(*figure_of(of(Figure::ma_divergence), days), 10);
  EXPECT_FALSE(figure_of(of(Figure::ma_divergence, 1, {4}), days));
  EXPECT_FALSE(figure_of(of(Figure::ma_divergence, 1, {}), days));
}

TEST(Condition, averages_are_aligned_upwards_downwards_or_not_at_all) {
  EXPECT_EQ(figure_of(of(Figure::ma_alignment), days_of({1, 2, 3})), 1);
  EXPECT_EQ(figure_of(of(Figure::ma_alignment), days_of({3, 2, 1})), -1);
  EXPECT_EQ(figure_of(of(Figure::ma_alignment), days_of({2, 2, 2})), 0);
  EXPECT_EQ(figure_of(of(Figure::ma_alignment, 1, {1, 2, 3}), days_of({1, 5, 4})), 0);
  EXPECT_FALSE(figure_of(of(Figure::ma_alignment), days_of({1, 2})));
  EXPECT_FALSE(figure_of(of(Figure::ma_alignment, 1, {2}), days_of({1, 2})));
}

TEST(Condition, nothing_is_known_of_a_market_without_days) {
  for (const Figure figure : {Figure::change_rate, Figure::volume, Figure::trade_amount,
                              Figure::ma_divergence, Figure::ma_alignment}) {
    EXPECT_FALSE(figure_of(of(figure), {}));
  }
}

TEST(Condition, compares_as_the_operator_says) {
  Condition condition;
  condition.value = 5;
  const auto holds_with = [&](const char* text, double figure) {
    condition.comparison = parse_comparison(text).value();
    return holds(condition, figure);
  };
  EXPECT_TRUE(holds_with(">", 5.1));
  EXPECT_FALSE(holds_with(">", 5));
  EXPECT_TRUE(holds_with("<", 4.9));
  EXPECT_FALSE(holds_with("<", 5));
  EXPECT_TRUE(holds_with(">=", 5));
  EXPECT_FALSE(holds_with(">=", 4.9));
  EXPECT_TRUE(holds_with("<=", 5));
  EXPECT_FALSE(holds_with("<=", 5.1));
  EXPECT_TRUE(holds_with("==", 5.0000000001));
  EXPECT_FALSE(holds_with("==", 5.001));
  condition.value = 0;
  EXPECT_TRUE(holds_with("==", 0));
}

TEST(Condition, words_that_are_none_are_refused_with_their_field) {
  for (const Figure figure : {Figure::change_rate, Figure::volume, Figure::trade_amount,
                              Figure::ma_divergence, Figure::ma_alignment}) {
    EXPECT_EQ(parse_figure(name_of(figure)).value(), figure);
  }
  EXPECT_EQ(parse_figure("price").error().field, "type");
  EXPECT_EQ(parse_comparison("!=").error().field, "operator");
  EXPECT_EQ(parse_period("1w").value(), 7U);
  EXPECT_EQ(parse_period("1M").value(), 30U);
  EXPECT_EQ(parse_period("2D").error().field, "period");
}

}  // namespace
}  // namespace hts::screener
