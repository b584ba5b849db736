#include <algorithm>
#include <cmath>
#include <iterator>
#include <memory>
#include <utility>

#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/slot_desk.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

const StudyControl nobody_watches;

}  // namespace

Simulation::Simulation(const PortfolioPlan& plan, PortfolioResult& result)
    : Simulation(plan, std::vector<market::CandleView>(plan.symbols.size()),
                 std::vector<std::span<const strategies::IndexedSignal>>(plan.slots.size()),
                 Detail{true, true, false}, nobody_watches, result) {}

void Simulation::step(time::Timestamp now, std::span<const SteppedCandle> candles,
                      std::span<const SteppedSignal> signals, std::span<SteppedAsk> asks) {
  now_ = now;
  for (auto& symbol : symbols_) symbol.present = false;
  for (const auto& [symbol, candle] : candles) {
    symbols_[symbol].present = true;
    symbols_[symbol].candle = candle;
  }
  for (const auto& [slot, signal] : signals) slots_[slot].given = &signal;
  for (SteppedAsk& ask : asks) slots_[ask.slot].ask = &ask;
  open_bar();
  trade_bar();
  close_bar();
  candle_ = nullptr;
  for (const auto& signal : signals) {
    const std::size_t slot = signal.slot;
    if (!symbols_[slots_[slot].symbol].present) take_given(slot);
  }
  for (const SteppedAsk& ask : asks) {
    if (!symbols_[slots_[ask.slot].symbol].present) answer(ask.slot);
  }
  ++bar_;
}

/// Without a candle of the symbol at this bar (a longer one closes with a minute that had no trade)
/// what it gives waits for the next one.
void Simulation::answer(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  if (slot.ask == nullptr) return;
  SteppedAsk& ask = *std::exchange(slot.ask, nullptr);
  slot.may_open = ask.may_open;
  strategies::Context context{*slot.desk};
  auto decided = strategies::decide_contained(*plan_->slots[slot_index].definition, *ask.strategy,
                                              ask.candle, ask.seen, context);
  if (!decided) {
    ask.failure = std::move(decided).error();
    stop_entry(slot_index);
    cancel_orders(slot_index);
    return;
  }
  ask.signal = *decided;
  if (ask.signal) {
    strategies::Signal signal = *ask.signal;
    signal.exit_only = signal.exit_only || !ask.may_open;
    take_signal(slot_index, signal);
  }
  if (settings_->fill_at == FillAt::close && candle_ != nullptr) match_at_close(slot_index);
}

void Simulation::take_given(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  if (slot.given == nullptr) return;
  const auto& signal = *std::exchange(slot.given, nullptr);
  take_signal(slot_index, signal);
}

void Simulation::add_slot() {
  const StrategySlot& planned = plan_->slots.back();
  const auto symbol = static_cast<std::uint32_t>(planned.symbol);
  const std::size_t place = slots_.size();
  symbols_[symbol].slots.push_back(static_cast<std::uint32_t>(place));
  Slot& slot = slots_.emplace_back();
  slot.symbol = symbol;
  if (planned.definition->uses_orders) slot.desk = std::make_unique<SlotDesk>(*this, place);
  account_.add_slot(symbol);
}

void Simulation::stop_entry(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  const double held = account_.position(slot_index).quantity;
  std::erase_if(slot.orders, [held](const WorkingOrder& order) {
    return !order.active || held * trading::sign_of(order.request.side) >= 0;
  });
  for (WorkingOrder& order : slot.orders) order.request.reduce_only = order.seen_position = true;
  if (!slot.pending) return;
  if (held * trading::sign_of(slot.pending->signal.side) < 0) {
    slot.pending->signal.exit_only = true;
  } else {
    slot.pending.reset();
  }
}

void Simulation::close_at_next_open(std::size_t slot_index) {
  const Position& position = account_.position(slot_index);
  Slot& slot = slots_[slot_index];
  slot.orders.clear();
  if (position.flat()) {
    slot.pending.reset();
    return;
  }
  strategies::Signal exit;
  exit.side = position.is_long() ? trading::Side::sell : trading::Side::buy;
  exit.exit_only = true;
  slot.pending = PendingSignal{exit, 0, ExitReason::by_hand};
}

void Simulation::close_now(std::size_t slot_index, double price, time::Timestamp moment) {
  Slot& slot = slots_[slot_index];
  const double held = account_.position(slot_index).quantity;
  Entry exit;
  exit.side = held > 0 ? trading::Side::sell : trading::Side::buy;
  exit.price = price;
  const double volume = symbols_[slot.symbol].candle.volume;
  const double quantity = std::fabs(held);
  const double slipped = settings_->slippage.apply(price, exit.side, quantity, volume);
  slot.pending.reset();
  slot.orders.clear();
  account_.fill(slot_index, exit.side, quantity, slipped, std::fabs(slipped - price), false,
                ExitReason::by_hand, {bar_, moment, volume});
}

bool Simulation::is_day_lost() const noexcept {
  return settings_->risk.check_entry(0, false, equity_at_day_start_, account_.equity()) ==
         trading::RiskRules::Refusal::daily_loss;
}

SimulationState Simulation::state() const {
  SimulationState state;
  state.bars = bar_;
  state.cash = account_.cash();
  state.traded_value = account_.traded_value();
  state.day = day_;
  state.equity_at_day_start = equity_at_day_start_;
  state.refused = result_.refused;
  state.ambiguous_bars = result_.ambiguous_bars;
  state.commission = result_.commission;
  state.liquidated = result_.liquidated;
  state.next_order = next_id_;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    auto& slot = state.slots.emplace_back();
    slot.position = account_.position(i);
    slot.pending = slots_[i].pending;
    std::ranges::copy_if(slots_[i].orders, std::back_inserter(slot.orders), &WorkingOrder::active);
  }
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    state.symbols.push_back({symbols_[i].candle, account_.marked(i)});
  }
  return state;
}

void Simulation::restore(const SimulationState& state) {
  bar_ = static_cast<std::size_t>(state.bars);
  day_ = state.day;
  equity_at_day_start_ = state.equity_at_day_start;
  result_.refused = static_cast<std::size_t>(state.refused);
  result_.ambiguous_bars = static_cast<std::size_t>(state.ambiguous_bars);
  result_.commission = state.commission;
  result_.liquidated = state.liquidated;
  next_id_ = state.next_order;
  std::vector<Position> positions;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    positions.push_back(state.slots[i].position);
    slots_[i].pending = state.slots[i].pending;
    slots_[i].orders = state.slots[i].orders;
  }
  account_.restore(state.cash, state.traded_value, std::move(positions));
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    symbols_[i].candle = state.symbols[i].candle;
    account_.mark(i, state.symbols[i].mark);
  }
}

}  // namespace hts::backtest
