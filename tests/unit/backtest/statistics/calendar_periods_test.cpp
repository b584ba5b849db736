#include "engine/backtest/statistics/calendar_periods.hpp"

#include <chrono>
#include <map>
#include <random>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

time::Timestamp at(std::string_view text) {
  return time::parse_iso8601(text).value();
}

std::vector<time::Timestamp> every(time::Timestamp first, time::Duration spacing,
                                   std::size_t bars) {
  std::vector<time::Timestamp> time;
  for (std::size_t i = 0; i < bars; ++i) {
    time.push_back(first + spacing * static_cast<time::Duration::rep>(i));
  }
  return time;
}

std::vector<double> rising(std::size_t bars) {
  std::vector<double> equity;
  for (std::size_t i = 0; i < bars; ++i) equity.push_back(static_cast<double>(100 + i));
  return equity;
}

TEST(EquityPeriods, a_day_ends_with_its_last_bar_before_midnight_utc) {
  const std::vector<time::Timestamp> time = {at("2024-01-02T22:00:00Z"), at("2024-01-02T23:59:00Z"),
                                             at("2024-01-03T00:00:00Z"),
                                             at("2024-01-05T12:00:00Z")};
  const auto periods = equity_periods(time, std::vector<double>{1, 2, 3, 6});
  EXPECT_EQ(periods.equity, (std::vector<double>{2, 3, 6}));
  EXPECT_EQ(period_returns(periods), (std::vector<double>{0.5, 1}));
}

TEST(EquityPeriods, trading_on_weekends_makes_a_year_of_365_days) {
  const auto monday = at("2024-01-01");
  EXPECT_EQ(equity_periods(every(monday, days{1}, 28), rising(28)).periods_a_year, 365);
  EXPECT_EQ(equity_periods(every(monday, hours{1}, 24 * 5), rising(24 * 5)).periods_a_year, 252);
}

TEST(EquityPeriods, weekly_bars_are_weeks_from_monday_to_sunday) {
  auto time = every(at("2024-01-07"), days{7}, 20);
  time.insert(time.begin() + 1, at("2024-01-08"));  // the Monday after the first Sunday
  const auto periods = equity_periods(time, rising(21));
  EXPECT_EQ(periods.period, ReturnPeriod::week);
  EXPECT_EQ(periods.periods_a_year, 52);
  EXPECT_EQ(periods.equity.size(), 20U);
}

TEST(EquityPeriods, bars_31_days_apart_are_months_and_365_days_apart_years) {
  const auto months = equity_periods(every(at("2000-01-01"), days{31}, 40), rising(40));
  EXPECT_EQ(months.period, ReturnPeriod::month);
  EXPECT_EQ(months.periods_a_year, 12);
  const auto years = equity_periods(every(at("1990-06-01"), days{365}, 10), rising(10));
  EXPECT_EQ(years.period, ReturnPeriod::year);
  EXPECT_EQ(years.periods_a_year, 1);
  EXPECT_EQ(years.equity.size(), 10U);
}

TEST(EquityPeriods, agree_with_a_division_a_bar_on_irregular_data) {
  std::mt19937_64 random{5};
  for (int round = 0; round < 50; ++round) {
    std::uniform_int_distribution<int> gap{1, round < 25 ? 200 : 3'000};
    std::vector<time::Timestamp> time = {at("2023-03-01T07:11:00Z")};
    while (time.size() < 700) {
      const bool closed = random() % 97 == 0;
      time.push_back(time.back() + minutes{gap(random)} + (closed ? days{3} : days{0}));
    }
    std::map<std::int64_t, double> last;
    const auto equity = rising(time.size());
    for (std::size_t i = 0; i < time.size(); ++i) {
      last[std::chrono::floor<days>(time[i]).time_since_epoch().count()] = equity[i];
    }
    std::vector<double> expected;
    for (const auto& [day, value] : last) expected.push_back(value);
    const auto periods = equity_periods(time, equity);
    ASSERT_EQ(periods.period, ReturnPeriod::day);
    ASSERT_EQ(periods.equity, expected);
  }
}

TEST(EquityPeriods, nothing_has_no_periods) {
  EXPECT_TRUE(period_returns(equity_periods({}, {})).empty());
}

TEST(BarSpacing, is_the_median_of_the_last_gaps) {
  auto time = every(at("2024-01-01"), hours{1}, 300);
  EXPECT_EQ(bar_spacing(time), hours{1});
  time.resize(3);
  time[2] += hours{2};
  EXPECT_EQ(bar_spacing(time), hours{2});
  time.resize(1);
  EXPECT_EQ(bar_spacing(time), hours{0});
}

TEST(MonthlyReturns, are_from_month_end_to_month_end) {
  const std::vector<time::Timestamp> time = {at("2023-12-30"), at("2023-12-31"), at("2024-01-15"),
                                             at("2024-01-31"), at("2024-03-01")};
  const auto months = monthly_returns(time, std::vector<double>{100, 110, 90, 121, 242});
  ASSERT_EQ(months.size(), 3U);
  EXPECT_EQ(months[0].year, 2023);
  EXPECT_EQ(months[0].month, 12U);
  EXPECT_NEAR(months[0].return_fraction, 0.1, 1e-12);
  EXPECT_NEAR(months[1].return_fraction, 0.1, 1e-12);
  EXPECT_EQ(months[2].month, 3U);
  EXPECT_NEAR(months[2].return_fraction, 1, 1e-12);
}

}  // namespace
}  // namespace hts::backtest
