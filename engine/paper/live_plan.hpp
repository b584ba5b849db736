#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/backtest/portfolio/portfolio_settings.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/sizing.hpp"

/// Trading on paper: the account of the simulation, moved on candle by candle as they close.
namespace hts::paper {

/// A symbol of a session, by its place in LivePlan::symbols.
using InstrumentId = std::uint32_t;
/// A strategy on a symbol, by its place in LivePlan::slots.
using SlotId = std::uint32_t;

/// What a slot was before it was changed.
struct EarlierSlot {
  parameters::Parameters parameters;
  bool is_enabled = true;
  time::Timestamp warmed_from{};
  time::Timestamp until{};  ///< moment of the change
};

struct LiveSlot {
  InstrumentId instrument = 0;
  market::Timeframe timeframe = market::Timeframe::minute();
  std::string strategy;               ///< a registered name
  parameters::Parameters parameters;  ///< resolved and checked for it
  bool is_enabled = true;             ///< a disabled one follows the market and opens nothing
  /// The first candle that its strategy has seen: with those from there on it comes to the same
  /// decisions again.
  time::Timestamp warmed_from{};
  std::vector<EarlierSlot> earlier;  ///< ascending
};

/// What a position costs that somebody enters by hand. Fractions of the value: 0.001 is 0.1 %.
struct ManualCosts {
  double fee = 0.001;
  double exit_slippage = 0.0002;
  bool fee_on_exit = true;  ///< else only the entry is charged

  friend bool operator==(const ManualCosts&, const ManualCosts&) = default;
};

/// What one paper session trades. Ids stay what they are for the session's life: slots are added
/// and changed, never removed.
struct LivePlan {
  std::string session_id;  ///< UUID
  time::Timestamp started_at{};
  time::Timestamp follows_after{};      ///< bars after this one belong to it
  std::vector<market::Symbol> symbols;  ///< no duplicates
  std::vector<LiveSlot> slots;
  backtest::PortfolioSettings account;
  std::map<InstrumentId, trading::LotRule> lots;  ///< of symbols with their own
  ManualCosts manual;
};

}  // namespace hts::paper
