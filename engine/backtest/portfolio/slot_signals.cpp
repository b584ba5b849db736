#include "engine/backtest/portfolio/slot_signals.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;

bool is_cancelled(const StudyControl& control) {
  return control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed);
}

result::Error cancelled() {
  return make_error(ErrorCode::cancelled,
                    "The backtest was cancelled before its end; start it again for a result.");
}

/// False, with nothing appended, when the strategy's code failed: going candle by candle then tells
/// at which candle, or does without the columns.
bool scan_by_columns(const StrategySlot& slot, market::CandleView candles,
                     strategies::ColumnCache& columns,
                     std::vector<strategies::IndexedSignal>& signals) {
  const std::size_t known = signals.size();
  try {
    slot.definition->scan_columns(slot.parameters, candles, columns, signals);
    return true;
  } catch (...) {
    signals.resize(known);
    return false;
  }
}

}  // namespace

result::Status scan_slot(const StrategySlot& slot, market::CandleView candles,
                         strategies::ColumnCache* columns, const StudyControl& control,
                         std::vector<strategies::IndexedSignal>& signals) {
  const auto& definition = *slot.definition;
  if (definition.uses_orders) return result::success();
  if (columns != nullptr && definition.scan_columns) {
    const bool scanned = scan_by_columns(slot, candles, *columns, signals);
    if (is_cancelled(control)) return cancelled();
    if (scanned) return result::success();
  }
  auto strategy = strategies::make_contained(definition, slot.parameters);
  if (!strategy) return std::move(strategy).error();
  strategy->obey(control.cancel);
  for (std::size_t done = 0; done < candles.size();) {
    if (is_cancelled(control)) return cancelled();
    const std::size_t count = std::min(strategy->block_size(), candles.size() - done);
    auto scanned = strategies::scan_contained(definition, *strategy, candles, done, count, signals);
    if (!scanned) return scanned;
    done += count;
  }
  return result::success();
}

result::Status check_history(const PortfolioPlan& plan,
                             std::span<const market::CandleView> candles) {
  for (const auto& slot : plan.slots) {
    const std::size_t there = candles[slot.symbol].size();
    const std::size_t needed =
        slot.definition->warm_up ? slot.definition->warm_up(slot.parameters) + 1 : 1;
    if (there >= needed) continue;
    return make_error(ErrorCode::invalid,
                      plan.symbols[slot.symbol].text() + " has " + std::to_string(there) +
                          " candles and " + slot.definition->name + " needs " +
                          std::to_string(needed) +
                          " before it can decide: take a longer range or shorter windows.",
                      "symbols");
  }
  return result::success();
}

}  // namespace hts::backtest
