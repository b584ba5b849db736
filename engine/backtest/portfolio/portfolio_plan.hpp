#pragma once

#include <cstddef>
#include <map>
#include <vector>

#include "engine/backtest/portfolio/portfolio_settings.hpp"
#include "engine/market/symbol.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

/// One strategy on one symbol: it sees that symbol's candles and has a position of its own.
struct StrategySlot {
  std::size_t symbol = 0;                                      ///< place in PortfolioPlan::symbols
  const strategies::StrategyDefinition* definition = nullptr;  ///< outlives the plan
  strategies::Parameters parameters;  ///< resolved and checked for the definition
};

/// Everything that a simulation does, but for the candles.
struct PortfolioPlan {
  std::vector<market::Symbol> symbols;  ///< at least one, no duplicates
  std::vector<StrategySlot> slots;      ///< orders of one moment are filled in this order
  PortfolioSettings settings;
  std::map<std::size_t, trading::LotRule> lots;  ///< by place in `symbols`
};

}  // namespace hts::backtest
