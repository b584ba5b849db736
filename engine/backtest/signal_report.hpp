#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/time/timestamp.hpp"

/// The `signals` report, that of the seed system's API. Formulas: shared contract, "signals mode".
namespace hts::backtest {

/// One signal and its fixed-horizon outcome. Prices in the quote currency.
struct SignalTrade {
  std::size_t index = 0;  ///< bar of the signal
  std::size_t exit_index =
      0;                   ///< bar of the exit, index + hold_period_bars clamped to the last bar
  time::Timestamp time{};  ///< open time of the signal bar
  time::Timestamp exit_time{};
  double entry_price = 0;  ///< close of the signal bar
  double exit_price = 0;   ///< close of the exit bar
  double return_pct = 0;   ///< percent: (exit / entry - 1) * 100
  double confidence = 0;   ///< 0..1

  friend bool operator==(const SignalTrade&, const SignalTrade&) = default;
};

struct SignalStatistics {
  std::size_t signals = 0;
  double win_rate = 0;          ///< 0..1, return strictly above 0
  double avg_return_pct = 0;    ///< percent, arithmetic mean
  double max_drawdown_pct = 0;  ///< positive percent points of the running sum of returns
  double avg_hold_bars = 0;

  friend bool operator==(const SignalStatistics&, const SignalStatistics&) = default;
};

/// After each signal's exit: equity 1.05 is +5 %, from the running sum of returns; drawdown as a
/// positive fraction.
struct PerformancePoint {
  time::Timestamp time{};
  double equity = 1;
  double drawdown = 0;

  friend bool operator==(const PerformancePoint&, const PerformancePoint&) = default;
};

struct SignalReport {
  std::size_t candles = 0;
  std::vector<SignalTrade> trades;
  SignalStatistics statistics;

  friend bool operator==(const SignalReport&, const SignalReport&) = default;
};

/// Statistics of trades in signal order. All zero when there is none. O(n).
[[nodiscard]] SignalStatistics summarize(const std::vector<SignalTrade>& trades);
/// One point a trade. The largest drawdown * 100 equals `max_drawdown_pct`. O(n).
[[nodiscard]] std::vector<PerformancePoint> performance_curve(
    const std::vector<SignalTrade>& trades);

}  // namespace hts::backtest
