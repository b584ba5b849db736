#include "engine/backtest/portfolio/simulate.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;

result::Status check_amount(double value, double minimum, const char* field, const char* wish) {
  if (std::isfinite(value) && value >= minimum) return result::success();
  return make_error(ErrorCode::invalid, std::string{field} + " must be " + wish + ".", field);
}

}  // namespace

result::Status check_settings(const PortfolioSettings& settings) {
  if (!(std::isfinite(settings.cash) && settings.cash > 0)) {
    return make_error(ErrorCode::invalid,
                      "cash must be an amount above 0 in the quote currency, for example 10000.",
                      "cash");
  }
  if (!(std::isfinite(settings.leverage) && settings.leverage >= 1)) {
    return make_error(ErrorCode::invalid, "leverage must be 1 (no borrowing) or above.",
                      "leverage");
  }
  struct Amount {
    double value;
    const char* field;
    const char* wish;
  };
  for (const auto& [value, field, wish] : {
           Amount{settings.fees.maker_rate, "commission", "a fraction of 0 or above, like 0.001"},
           Amount{settings.fees.taker_rate, "commission", "a fraction of 0 or above, like 0.001"},
           Amount{settings.fees.minimum, "minimum_fee", "an amount of 0 or above"},
           Amount{settings.slippage.amount, "slippage", "0 or above"},
           Amount{settings.sizing.amount, "size", "0 or above"},
           Amount{settings.lot.step, "lot_step", "0 (any quantity) or above"},
           Amount{settings.volume_share, "volume_share",
                  "a fraction of the volume, 0 for no limit"},
           Amount{settings.maintenance_margin, "maintenance_margin", "a fraction of 0 or above"},
           Amount{settings.protection.stop_loss, "stop_loss", "a fraction of 0 or above"},
           Amount{settings.protection.take_profit, "take_profit", "a fraction of 0 or above"},
           Amount{settings.protection.trailing_stop, "trailing_stop", "a fraction of 0 or above"},
       }) {
    auto checked = check_amount(value, 0, field, wish);
    if (!checked) return checked;
  }
  if (settings.sizing.rule != trading::Sizing::Rule::all_in && !(settings.sizing.amount > 0)) {
    return make_error(ErrorCode::invalid, "size must be above 0 for this way of sizing.", "size");
  }
  return result::success();
}

std::size_t warm_up_of(const PortfolioPlan& plan) {
  std::size_t bars = 0;
  for (const auto& slot : plan.slots) {
    if (slot.definition->warm_up) bars = std::max(bars, slot.definition->warm_up(slot.parameters));
  }
  return bars;
}

result::Status simulate_signals(const PortfolioPlan& plan,
                                std::span<const market::CandleView> candles,
                                std::span<const std::span<const strategies::IndexedSignal>> signals,
                                const Detail& detail, const StudyControl& control,
                                PortfolioResult& result) {
  result.symbols = plan.symbols;
  result.time.clear();
  result.trades.clear();
  result.fills.clear();
  result.refusals.clear();
  result.refused = 0;
  result.ambiguous_bars = 0;
  result.commission = 0;
  result.liquidated = false;
  result.warm_up_bars = warm_up_of(plan);
  return Simulation(plan, candles, signals, detail, control, result).run();
}

result::Result<PortfolioResult> simulate(const PortfolioPlan& plan,
                                         std::span<const market::CandleView> candles,
                                         const Detail& detail, const StudyControl& control) {
  auto checked = check_settings(plan.settings);
  if (!checked) return std::move(checked).error();
  if (auto enough = check_history(plan, candles); !enough) return std::move(enough).error();

  std::vector<std::vector<strategies::IndexedSignal>> signals(plan.slots.size());
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    const StrategySlot& slot = plan.slots[i];
    auto scanned = scan_slot(slot, candles[slot.symbol], nullptr, control, signals[i]);
    if (!scanned) return std::move(scanned).error();
  }
  const std::vector<std::span<const strategies::IndexedSignal>> spans(signals.begin(),
                                                                      signals.end());
  PortfolioResult result;
  auto done = simulate_signals(plan, candles, spans, detail, control, result);
  if (!done) return std::move(done).error();
  return result;
}

}  // namespace hts::backtest
