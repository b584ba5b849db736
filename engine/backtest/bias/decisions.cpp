#include "engine/backtest/bias/decisions.hpp"

#include <algorithm>
#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"
#include "engine/strategies/column_cache.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

/// The slots of strategies that give orders go by what is written down of them. `looks`, which may
/// be null, are those of the slot `watched`.
result::Result<Decisions> decide_watching(const PortfolioPlan& plan,
                                          std::span<const market::CandleView> candles,
                                          const StudyControl& control, std::size_t watched,
                                          LookRecord* looks) {
  StudyControl quiet;
  quiet.cancel = control.cancel;
  Decisions decisions;
  decisions.signals.resize(plan.slots.size());
  decisions.orders.resize(plan.slots.size());
  PortfolioPlan recorded = plan;
  std::vector<strategies::StrategyDefinition> definitions;
  definitions.reserve(plan.slots.size());
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    const auto& definition = *plan.slots[i].definition;
    if (!definition.uses_orders) continue;
    definitions.push_back(
        recording(definition, decisions.orders[i], i == watched ? looks : nullptr));
    recorded.slots[i].definition = &definitions.back();
  }
  std::vector<std::span<const strategies::IndexedSignal>> spans(plan.slots.size());
  strategies::ColumnCache columns{0, control.cancel};
  for (std::size_t i = 0; i < plan.slots.size(); ++i) {
    columns.begin_scan();
    auto scanned = scan_slot(plan.slots[i], candles[plan.slots[i].symbol], &columns, quiet,
                             decisions.signals[i]);
    if (!scanned) return std::move(scanned).error();
    spans[i] = decisions.signals[i];
  }
  Detail detail;
  detail.excursions = false;
  detail.time = false;
  PortfolioResult result;
  auto simulated = simulate_signals(recorded, candles, spans, detail, quiet, result);
  if (!simulated) return std::move(simulated).error();
  decisions.fills = std::move(result.fills);
  return decisions;
}

}  // namespace

result::Result<Decisions> decide(const PortfolioPlan& plan,
                                 std::span<const market::CandleView> candles,
                                 const StudyControl& control) {
  return decide_watching(plan, candles, control, 0, nullptr);
}

result::Status record_looks(const PortfolioPlan& plan, std::size_t slot,
                            std::span<const market::CandleView> candles, std::size_t last,
                            const StudyControl& control, LookRecord& looks) {
  const auto& [symbol, definition, parameters] = plan.slots[slot];
  if (definition->uses_orders) {
    auto decided = decide_watching(plan, candles, control, slot, &looks);
    return decided ? result::success() : result::Status{std::move(decided).error()};
  }
  auto strategy = strategies::make_contained(*definition, parameters);
  if (!strategy) return std::move(strategy).error();
  strategy->obey(control.cancel);
  const auto& view = candles[symbol];
  const std::size_t end = std::min(last + 1, view.size());
  std::vector<double> looked_at;
  for (std::size_t i = 0; i < end; ++i) {
    if (control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed)) {
      return result::make_error(result::ErrorCode::cancelled, "The check was cancelled.");
    }
    looked_at.clear();
    strategies::Context context;
    context.watch(looked_at);
    auto decided = strategies::decide_contained(*definition, *strategy, view[i], i, context);
    if (!decided) return std::move(decided).error();
    looks.add(looked_at);
  }
  return result::success();
}

}  // namespace hts::backtest
