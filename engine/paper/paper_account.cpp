#include "engine/paper/paper_account.hpp"

#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/paper/account_bytes.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::paper {
namespace {

result::Result<backtest::StrategySlot> planned(const LiveSlot& slot, std::size_t symbols) {
  auto definition = strategies::find_strategy(slot.strategy);
  if (!definition) return std::move(definition).error();
  if ((*definition)->uses_orders) {
    return result::make_error(result::ErrorCode::invalid,
                              slot.strategy +
                                  " gives orders of its own, which only a backtest carries out: "
                                  "choose a strategy that gives signals.",
                              "strategy");
  }
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
  return std::unique_ptr<PaperAccount>{new PaperAccount(std::move(whole))};
}

PaperAccount::PaperAccount(backtest::PortfolioPlan plan)
    : plan_(std::move(plan)), simulation_(plan_, result_) {}

PaperAccount::Outcome PaperAccount::step(time::Timestamp open_time,
                                         std::span<const backtest::SteppedCandle> candles,
                                         std::span<const backtest::SteppedSignal> signals) {
  simulation_.step(open_time, candles, signals);
  return take_outcome();
}

result::Status PaperAccount::add_slot(const LiveSlot& slot) {
  auto added = planned(slot, plan_.symbols.size());
  if (!added) return std::move(added).error();
  plan_.slots.push_back(std::move(added).value());
  simulation_.add_slot();
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
  return write_account(simulation_.state());
}

result::Status PaperAccount::restore(std::string_view bytes) {
  auto state = read_account(bytes, plan_.slots.size(), plan_.symbols.size());
  if (!state) return std::move(state).error();
  simulation_.restore(*state);
  return result::success();
}

}  // namespace hts::paper
