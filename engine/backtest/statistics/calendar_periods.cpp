#include "engine/backtest/statistics/calendar_periods.hpp"

#include <algorithm>

namespace hts::backtest {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

/// First bar at or after `limit`, which is after time[begin]. Looks first where the day before
/// would have had it.
std::size_t first_at_or_after(std::span<const time::Timestamp> time, std::size_t begin,
                              std::size_t guess, time::Timestamp limit) {
  const std::size_t bars = time.size();
  const std::size_t likely = std::min(begin + guess, bars);
  if (time[likely - 1] < limit && (likely == bars || time[likely] >= limit)) return likely;
  std::size_t reach = 1;
  while (begin + reach < bars && time[begin + reach] < limit) reach *= 2;
  const auto from = time.begin() + static_cast<std::ptrdiff_t>(begin + reach / 2);
  const auto to = time.begin() + static_cast<std::ptrdiff_t>(std::min(begin + reach, bars));
  return static_cast<std::size_t>(std::lower_bound(from, to, limit) - time.begin());
}

/// visit(day, first bar, one after the last bar) for each day that has bars.
template <class Visit>
void for_each_day(std::span<const time::Timestamp> time, Visit visit) {
  std::size_t guess = 1;
  for (std::size_t begin = 0; begin < time.size();) {
    const sys_days day = std::chrono::floor<days>(time[begin]);
    const std::size_t end = first_at_or_after(time, begin, guess, day + days{1});
    visit(day, begin, end);
    guess = end - begin;
    begin = end;
  }
}

bool on_weekend(sys_days day) {
  const unsigned weekday = std::chrono::weekday{day}.c_encoding();
  return weekday == 0 || weekday == 6;
}

ReturnPeriod period_of(time::Duration spacing) {
  switch (std::chrono::floor<days>(spacing).count()) {
    case 7:
      return ReturnPeriod::week;
    case 31:
      return ReturnPeriod::month;
    case 365:
      return ReturnPeriod::year;
    default:
      return ReturnPeriod::day;
  }
}

/// Equal for two days of one period, and only for those.
std::int64_t number_of(sys_days day, ReturnPeriod period) {
  const std::int64_t number = day.time_since_epoch().count();
  if (period == ReturnPeriod::day) return number;
  // 1970 began on a Thursday, weeks begin on Mondays.
  if (period == ReturnPeriod::week)
    return std::chrono::floor<std::chrono::weeks>(day + days{3}).time_since_epoch().count();
  const year_month_day date{day};
  const int year = static_cast<int>(date.year());
  if (period == ReturnPeriod::year) return year;
  return std::int64_t{year} * 12 + static_cast<unsigned>(date.month());
}

double periods_a_year(ReturnPeriod period, std::size_t weekend_bars, std::size_t bars) {
  constexpr double weekend_share = 2.0 / 7 * 0.6;
  switch (period) {
    case ReturnPeriod::week:
      return 52;
    case ReturnPeriod::month:
      return 12;
    case ReturnPeriod::year:
      return 1;
    case ReturnPeriod::day:
      break;
  }
  const double share = static_cast<double>(weekend_bars) / static_cast<double>(bars);
  return share > weekend_share ? 365 : 252;
}

}  // namespace

EquityPeriods equity_periods(std::span<const time::Timestamp> time,
                             std::span<const double> equity) {
  EquityPeriods answer;
  if (time.empty()) return answer;
  answer.period = period_of(bar_spacing(time));
  const auto days_spanned = std::chrono::floor<days>(time.back() - time.front()).count();
  answer.equity.reserve(std::min(time.size(), static_cast<std::size_t>(days_spanned) + 2));
  std::size_t weekend_bars = 0;
  std::int64_t latest = 0;
  for_each_day(time, [&](sys_days day, std::size_t begin, std::size_t end) {
    if (on_weekend(day)) weekend_bars += end - begin;
    const std::int64_t number = number_of(day, answer.period);
    if (answer.equity.empty() || number != latest) answer.equity.emplace_back();
    answer.equity.back() = equity[end - 1];
    latest = number;
  });
  answer.periods_a_year = periods_a_year(answer.period, weekend_bars, time.size());
  return answer;
}

std::vector<double> period_returns(const EquityPeriods& periods) {
  std::vector<double> returns;
  if (periods.equity.empty()) return returns;
  returns.reserve(periods.equity.size() - 1);
  for (std::size_t i = 1; i < periods.equity.size(); ++i) {
    returns.push_back(periods.equity[i] / periods.equity[i - 1] - 1);
  }
  return returns;
}

time::Duration bar_spacing(std::span<const time::Timestamp> time) {
  constexpr std::size_t looked_at = 100;
  const auto last = time.last(std::min(time.size(), looked_at));
  if (last.size() < 2) return {};
  time::Duration gaps[looked_at];
  const std::size_t count = last.size() - 1;
  for (std::size_t i = 0; i < count; ++i) gaps[i] = last[i + 1] - last[i];
  time::Duration* const middle = gaps + count / 2;
  std::nth_element(gaps, middle, gaps + count);
  if (count % 2 == 1) return *middle;
  return (*std::max_element(gaps, middle) + *middle) / 2;
}

std::vector<MonthlyReturn> monthly_returns(std::span<const time::Timestamp> time,
                                           std::span<const double> equity) {
  std::vector<MonthlyReturn> months;
  double before = equity.empty() ? 0 : equity.front();
  double latest = before;
  for_each_day(time, [&](sys_days day, std::size_t, std::size_t end) {
    const year_month_day date{day};
    const int year = static_cast<int>(date.year());
    const auto month = static_cast<unsigned>(date.month());
    if (months.empty() || months.back().year != year || months.back().month != month) {
      before = latest;
      months.push_back({year, month, 0});
    }
    latest = equity[end - 1];
    months.back().return_fraction = latest / before - 1;
  });
  return months;
}

}  // namespace hts::backtest
