#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/backtest/portfolio/account.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/market/candle.hpp"
#include "engine/strategies/context.hpp"
#include "engine/trading/order.hpp"

namespace hts::backtest {

/// A signal on its way to the market: first it closes what is against it, then it may open.
struct PendingSignal {
  strategies::Signal signal;
  double remaining = 0;  ///< of an entry that volume has split; 0: not sized yet
  ExitReason reason = ExitReason::signal;

  friend bool operator==(const PendingSignal&, const PendingSignal&) = default;
};

/// An order that a strategy has given and that waits for its price.
struct WorkingOrder {
  trading::OrderId id = 0;
  trading::OrderRequest request;
  bool active = true;
  bool triggered = false;      ///< a stop-limit that is a limit by now
  bool seen_position = false;  ///< a reduce-only order ends with the position it has seen
  double remaining = 0;        ///< 0: not sized yet
  double best_price = 0;       ///< of a trailing stop
  time::Timestamp given{};

  friend bool operator==(const WorkingOrder&, const WorkingOrder&) = default;
};

/// What comes into a simulation that goes bar by bar.
struct SteppedCandle {
  std::uint32_t symbol = 0;  ///< place in PortfolioPlan::symbols
  market::Candle candle;
};
struct SteppedSignal {
  std::uint32_t slot = 0;  ///< place in PortfolioPlan::slots
  strategies::Signal signal;

  friend bool operator==(const SteppedSignal&, const SteppedSignal&) = default;
};

/// A candle of a slot's own timeframe, for a strategy that gives orders of its own.
struct SlotCandle {
  std::uint32_t slot = 0;  ///< place in PortfolioPlan::slots
  market::Candle candle;   ///< it has closed with the bar
};

/// Where a simulation that goes bar by bar stands between two bars; another one of the same plan,
/// with the same strategies to ask, goes on from it with the same bits. Plain values.
struct SimulationState {
  struct Slot {
    Position position;
    std::optional<PendingSignal> pending;
    std::vector<WorkingOrder> orders;  ///< in order of submission
  };
  struct Symbol {
    market::Candle candle;  ///< the newest one
    double mark = 0;
  };

  std::uint64_t bars = 0;  ///< gone through
  double cash = 0;
  double traded_value = 0;
  std::int64_t day = 0;  ///< since 1970 of which `equity_at_day_start` is, or the least number
  double equity_at_day_start = 0;
  std::uint64_t refused = 0;
  std::uint64_t ambiguous_bars = 0;
  double commission = 0;
  bool liquidated = false;
  trading::OrderId next_order = 1;
  std::vector<Slot> slots;
  std::vector<Symbol> symbols;
};

}  // namespace hts::backtest
