#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/backtest/sweep/sweep.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/strategies/sma_cross.hpp"

namespace hts::backtest::made {

[[nodiscard]] inline const strategies::StrategyDefinition& sma_cross() {
  static const auto definition = strategies::define_strategy<strategies::SmaCross>();
  return definition;
}

[[nodiscard]] inline market::CandleSeries hours(std::size_t count, std::uint64_t seed) {
  market::SyntheticMarket market;
  market.volatility = 0.01;
  return market::make_synthetic_candles(market, time::from_milliseconds(1'577'836'800'000),
                                        *market::Timeframe::parse("1h"), count, seed);
}

/// One symbol, fractional lots, 0.1 % a fill.
[[nodiscard]] inline SweepRequest request_for(const std::vector<std::string>& texts) {
  PortfolioPlan plan;
  plan.settings.fees.taker_rate = 0.001;
  plan.symbols = {market::Symbol::parse("BTC-KRW").value()};
  plan.slots = {{0, &sma_cross(), strategies::resolve_for(sma_cross(), {}).value()}};
  return {plan, SearchSpace::parse(sma_cross(), texts).value(), {}};
}

}  // namespace hts::backtest::made
