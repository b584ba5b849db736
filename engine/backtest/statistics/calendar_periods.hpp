#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

#include "engine/time/timestamp.hpp"

namespace hts::backtest {

/// Days, weeks, months and years of UTC, as far as a curve has bars in them.

/// What returns are measured over, with how many of them make a year.
enum class ReturnPeriod { day, week, month, year };

struct EquityPeriods {
  std::vector<double> equity;  ///< at the last bar of each period that has one
  double periods_a_year = 0;   ///< 365 or 252 for days, 52, 12, 1
  ReturnPeriod period = ReturnPeriod::day;
};

/// Equity by days; by weeks (Monday to Sunday), months or years when the data is spaced 7, 31 or
/// 365 days. Days make 365 a year when more than 17.14 % of the bars fall on a weekend, else 252.
/// Requires equal lengths, ascending times. O(days log(bars a day)).
[[nodiscard]] EquityPeriods equity_periods(std::span<const time::Timestamp> time,
                                           std::span<const double> equity);

/// Changes from one period to the next as fractions: one fewer than periods.
[[nodiscard]] std::vector<double> period_returns(const EquityPeriods& periods);

/// Median of the last 99 distances between bars, as backtesting.py takes it. 0 with fewer than two.
[[nodiscard]] time::Duration bar_spacing(std::span<const time::Timestamp> time);

struct MonthlyReturn {
  int year = 0;
  unsigned month = 1;
  double return_fraction = 0;  ///< from the month before (the first bar for the first) to its end

  friend bool operator==(const MonthlyReturn&, const MonthlyReturn&) = default;
};

/// Of each month that has bars, oldest first.
[[nodiscard]] std::vector<MonthlyReturn> monthly_returns(std::span<const time::Timestamp> time,
                                                         std::span<const double> equity);

}  // namespace hts::backtest
