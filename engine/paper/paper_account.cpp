#include "engine/paper/paper_account.hpp"

#include <algorithm>
#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/paper/account_bytes.hpp"
#include "engine/paper/strategy_snapshot.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::paper {
namespace {

result::Result<backtest::StrategySlot> planned(const LiveSlot& slot, std::size_t symbols) {
  auto definition = strategies::find_strategy(slot.strategy);
  if (!definition) return std::move(definition).error();
  if (slot.instrument >= symbols) {
    return result::make_error(result::ErrorCode::invalid,
                              "A slot is for a symbol that the session does not follow.",
                              "symbols");
  }
  return backtest::StrategySlot{slot.instrument, *definition, slot.parameters};
}

}  // namespace

result::Result<std::unique_ptr<PaperAccount>> PaperAccount::make(const LivePlan& plan) {
  if (auto checked = backtest::check_settings(plan.account); !checked) {
    return std::move(checked).error();
  }
  backtest::PortfolioPlan whole;
  whole.symbols = plan.symbols;
  whole.settings = plan.account;
  for (const auto& [instrument, lot] : plan.lots) whole.lots[instrument] = lot;
  for (const LiveSlot& slot : plan.slots) {
    auto added = planned(slot, plan.symbols.size());
    if (!added) return std::move(added).error();
    whole.slots.push_back(std::move(added).value());
  }
  auto account = std::unique_ptr<PaperAccount>{new PaperAccount(std::move(whole))};
  for (SlotId i = 0; i < plan.slots.size(); ++i) account->note_giver(i, plan.slots[i]);
  return account;
}

PaperAccount::PaperAccount(backtest::PortfolioPlan plan)
    : plan_(std::move(plan)), simulation_(plan_, result_) {}

PaperAccount::Outcome PaperAccount::step(time::Timestamp open_time,
                                         std::span<const backtest::SteppedCandle> candles,
                                         std::span<const backtest::SteppedSignal> signals,
                                         std::span<const Asked> asked) {
  asks_.clear();
  for (const auto& [slot, candle, may_open] : asked) {
    OrderGiver* giver = giver_of(slot);
    if (giver == nullptr || !giver->warm.strategy) continue;
    asks_.push_back({slot, &*giver->warm.strategy, candle, giver->warm.candles, may_open});
  }
  simulation_.step(open_time, candles, signals, asks_);
  for (backtest::SteppedAsk& ask : asks_) keep(*giver_of(ask.slot), ask);
  return take_outcome();
}

/// As it is after the candle, for a restart: what it read of the account cannot be shown to it
/// again.
void PaperAccount::keep(OrderGiver& giver, backtest::SteppedAsk& ask) {
  ++giver.warm.candles;
  giver.warm.last_candle = ask.candle.open_time;
  const auto& definition = *plan_.slots[ask.slot].definition;
  if (!ask.failure) {
    if (auto bytes = snapshot_bytes(definition, giver.warm)) {
      giver.snapshot = std::move(*bytes);
      return;
    }
    ask.failure = result::make_error(
        result::ErrorCode::invalid,
        "The strategy " + definition.name + " failed after the candle of " +
            time::format_iso8601(ask.candle.open_time) +
            ": its snapshot() threw or gave a number that is not finite; correct it, then change "
            "the slot's parameters or start a new session.",
        "strategy");
    simulation_.stop_entry(ask.slot);
    simulation_.cancel_orders(ask.slot);
  }
  giver.warm.strategy.reset();
  giver.warm.error = ask.failure->message;
  giver.snapshot.clear();
}

PaperAccount::OrderGiver* PaperAccount::giver_of(SlotId slot) noexcept {
  const auto found = std::ranges::lower_bound(givers_, slot, {}, &OrderGiver::slot);
  return found == givers_.end() || found->slot != slot ? nullptr : &*found;
}

const WarmStrategy* PaperAccount::strategy_of(SlotId slot) const noexcept {
  const auto found = std::ranges::lower_bound(givers_, slot, {}, &OrderGiver::slot);
  return found == givers_.end() || found->slot != slot ? nullptr : &found->warm;
}

void PaperAccount::note_giver(SlotId slot, const LiveSlot& planned) {
  if (!plan_.slots[slot].definition->uses_orders) return;
  OrderGiver& giver = givers_.emplace_back();
  giver.slot = slot;
  giver.warm.warmed_from = planned.warmed_from;
  giver.warm.error = "It has not begun.";
}

void PaperAccount::take_strategy(SlotId slot, WarmStrategy warm) {
  OrderGiver* giver = giver_of(slot);
  if (giver == nullptr) return;
  simulation_.cancel_orders(slot);
  giver->warm = std::move(warm);
  giver->snapshot.clear();
  if (!giver->warm.strategy) return;
  plan_.slots[slot].parameters = giver->warm.strategy->parameters();
  if (auto bytes = snapshot_bytes(*plan_.slots[slot].definition, giver->warm)) {
    giver->snapshot = std::move(*bytes);
    return;
  }
  giver->warm.strategy.reset();
  giver->warm.error = "Its snapshot() threw or gave a number that is not finite: correct it.";
}

result::Status PaperAccount::add_slot(const LiveSlot& slot) {
  auto added = planned(slot, plan_.symbols.size());
  if (!added) return std::move(added).error();
  plan_.slots.push_back(std::move(added).value());
  simulation_.add_slot();
  note_giver(static_cast<SlotId>(plan_.slots.size() - 1), slot);
  return result::success();
}

PaperAccount::Outcome PaperAccount::close_now(SlotId slot, double price, time::Timestamp moment) {
  simulation_.close_now(slot, price, moment);
  return take_outcome();
}

PaperAccount::Outcome PaperAccount::take_outcome() {
  return {std::exchange(result_.fills, {}), std::exchange(result_.trades, {}),
          std::exchange(result_.refusals, {})};
}

std::string PaperAccount::snapshot() const {
  StoredAccount stored{simulation_.state(), {}};
  for (const auto& [slot, warm, bytes] : givers_) {
    stored.strategies.push_back({slot, bytes, warm.error});
  }
  return write_account(stored);
}

result::Status PaperAccount::restore(std::string_view bytes) {
  auto stored = read_account(bytes, plan_.slots.size(), plan_.symbols.size());
  if (!stored) return std::move(stored).error();
  simulation_.restore(stored->state);
  for (OrderGiver& giver : givers_) {
    auto found = std::ranges::find(stored->strategies, giver.slot, &StoredStrategy::slot);
    restore(giver, found == stored->strategies.end() ? StoredStrategy{} : std::move(*found));
  }
  return result::success();
}

void PaperAccount::restore(OrderGiver& giver, StoredStrategy stored) {
  const backtest::StrategySlot& planned = plan_.slots[giver.slot];
  giver.warm.strategy.reset();
  giver.warm.error = std::move(stored.error);
  giver.snapshot.clear();
  if (stored.snapshot.empty()) return;
  auto warm = from_snapshot(stored.snapshot, *planned.definition, planned.parameters,
                            giver.warm.warmed_from);
  if (warm) {
    giver.warm = std::move(*warm);
    giver.snapshot = std::move(stored.snapshot);
    return;
  }
  giver.warm.error =
      "The strategy " + planned.definition->name +
      " is not what it was when the session stopped, and what it had given orders for is not known "
      "to it any more: its orders are cancelled. Change the slot's parameters to begin anew with "
      "it, or start a new session.";
  simulation_.stop_entry(giver.slot);
  simulation_.cancel_orders(giver.slot);
}

}  // namespace hts::paper
