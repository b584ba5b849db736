#pragma once

#include <cstdint>

#include "engine/trading/fees.hpp"
#include "engine/trading/order.hpp"
#include "engine/trading/risk_rules.hpp"
#include "engine/trading/sizing.hpp"
#include "engine/trading/slippage.hpp"

namespace hts::backtest {

/// When an order given on the close of a candle meets the market.
enum class FillAt { next_open, close };

/// What signals may open.
enum class Direction {
  long_only,   ///< buy opens, sell closes
  short_only,  ///< sell opens, buy closes
  both,        ///< a signal against the position closes it and opens the other side
};

/// Which of a stop and a target inside one candle is taken to come first, since a candle does not
/// say: the stop, or the target.
enum class Intrabar { pessimistic, optimistic };

/// The account and the market of a simulation. Amounts in the quote currency.
struct PortfolioSettings {
  double cash = 10'000;
  trading::FeeSchedule fees;
  trading::Slippage slippage;
  trading::Sizing sizing;
  trading::LotRule lot;  ///< of every symbol without its own
  FillAt fill_at = FillAt::next_open;
  Direction direction = Direction::long_only;
  Intrabar intrabar = Intrabar::pessimistic;
  /// Exits for every position whose entry brings none of its own.
  trading::Protection protection;
  /// Largest part of a candle's volume that one order may fill; the rest waits for the next candle.
  /// 0 is no limit.
  double volume_share = 0;
  double leverage = 1;            ///< an order needs value / leverage of free equity
  double maintenance_margin = 0;  ///< fraction of the positions' value; below it: liquidation
  trading::RiskRules risk;
  double risk_free_rate = 0;  ///< a year, fraction; of the ratios
  /// What happens to positions that are open after the last candle: they are closed at its open, as
  /// backtesting.py does, or at its close.
  bool close_at_last_open = false;
  /// What an order may pay is the free equity less one part in 2^52, as in backtesting.py, whose
  /// reports the profile reproduces.
  bool backtesting_py_sizing = false;

  friend bool operator==(const PortfolioSettings&, const PortfolioSettings&) = default;
};

/// backtesting.py: both directions, whole units, all in, next open, last open.
[[nodiscard]] PortfolioSettings backtesting_py_profile(double cash, double commission);

}  // namespace hts::backtest
