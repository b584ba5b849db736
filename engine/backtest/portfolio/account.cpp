#include "engine/backtest/portfolio/account.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hts::backtest {

Account::Account(const PortfolioSettings& settings, std::vector<std::uint32_t> slot_symbols,
                 std::size_t symbols, PortfolioResult& result, bool keep_fills)
    : settings_(&settings),
      symbols_(std::move(slot_symbols)),
      positions_(symbols_.size()),
      marks_(symbols),
      result_(&result),
      keep_fills_(keep_fills),
      cash_(settings.cash) {}

double Account::gross_value() const noexcept {
  double value = 0;
  for (std::size_t slot = 0; slot < positions_.size(); ++slot) {
    value += std::fabs(positions_[slot].quantity) * marks_[symbols_[slot]];
  }
  return value;
}

double Account::free_equity() const noexcept {
  if (open_ == 0) return cash_;
  return equity() - gross_value() / settings_->leverage;
}

void Account::restore(double cash, double traded_value, std::vector<Position> positions) {
  cash_ = cash;
  traded_value_ = traded_value;
  positions_ = std::move(positions);
  open_ = static_cast<std::size_t>(std::count_if(
      positions_.begin(), positions_.end(), [](const Position& held) { return !held.flat(); }));
}

void Account::fill(std::size_t slot, trading::Side side, double quantity, double price,
                   double slippage, bool maker, ExitReason reason, const Moment& moment) {
  execute(slot, side, quantity, price, slippage, maker, reason, moment);
  if (keep_fills_) result_->fills.back().position_after = positions_[slot].quantity;
}

void Account::execute(std::size_t slot, trading::Side side, double quantity, double price,
                      double slippage, bool maker, ExitReason reason, const Moment& moment) {
  const double value = quantity * price;
  const double commission = fee(value, maker);
  traded_value_ += value;
  result_->commission += commission;
  if (keep_fills_) {
    result_->fills.push_back({moment.time, symbols_[slot], static_cast<std::uint32_t>(slot), side,
                              quantity, price, commission, slippage * quantity, reason, 0});
  }
  const double held = positions_[slot].quantity;
  const double signed_quantity = trading::sign_of(side) * quantity;
  if (held * signed_quantity >= 0) {
    enlarge(slot, signed_quantity, price, slippage, commission, moment);
    return;
  }
  const double closing = std::min(std::fabs(held), quantity);
  const double closing_fee = closing == quantity ? commission : commission * (closing / quantity);
  reduce(slot, closing, price, slippage, closing_fee, reason, moment);
  const double rest = quantity - closing;
  if (rest > 0) {
    enlarge(slot, trading::sign_of(side) * rest, price, slippage, commission - closing_fee, moment);
  }
}

void Account::reduce(std::size_t slot, double quantity, double price, double slippage, double fee,
                     ExitReason reason, const Moment& moment) {
  Position& position = positions_[slot];
  const double size = std::fabs(position.quantity);
  const bool whole = quantity == size;
  const double share = whole ? 1 : quantity / size;
  const double sign = position.is_long() ? 1 : -1;
  const double entry_fee = position.commission * share;
  const double entry_slippage = position.slippage_cost * share;

  PortfolioTrade& trade = result_->trades.emplace_back();
  trade.symbol = symbols_[slot];
  trade.slot = static_cast<std::uint32_t>(slot);
  trade.quantity = sign * quantity;
  trade.entry_bar = position.entry_bar;
  trade.exit_bar = moment.bar;
  trade.entry_time = position.entry_time;
  trade.exit_time = moment.time;
  trade.entry_price = position.entry_price;
  trade.exit_price = price;
  trade.commission = entry_fee + fee;
  const double gross = trade.quantity * (price - position.entry_price);
  trade.profit = gross - trade.commission;
  trade.return_fraction = sign * (price / position.entry_price - 1) -
                          trade.commission / (quantity * position.entry_price);
  trade.slippage_cost = entry_slippage + slippage * quantity;
  const double lowest = std::min(position.lowest, price) / position.entry_price - 1;
  const double highest = std::max(position.highest, price) / position.entry_price - 1;
  trade.adverse_excursion = sign > 0 ? lowest : -highest;
  trade.favourable_excursion = sign > 0 ? highest : -lowest;
  trade.reason = reason;

  cash_ += gross - fee;
  if (whole) {
    position = Position{};
    --open_;
  } else {
    position.quantity -= trade.quantity;
    position.commission -= entry_fee;
    position.slippage_cost -= entry_slippage;
  }
}

void Account::enlarge(std::size_t slot, double signed_quantity, double price, double slippage,
                      double fee, const Moment& moment) {
  Position& position = positions_[slot];
  cash_ -= fee;
  const double added_slippage = slippage * std::fabs(signed_quantity);
  if (position.flat()) {
    position.quantity = signed_quantity;
    position.entry_price = price;
    position.commission = fee;
    position.slippage_cost = added_slippage;
    position.entry_bar = moment.bar;
    position.entry_time = moment.time;
    position.lowest = price;
    position.highest = price;
    position.best_price = price;
    ++open_;
    return;
  }
  const double quantity = position.quantity + signed_quantity;
  position.entry_price =
      (position.quantity * position.entry_price + signed_quantity * price) / quantity;
  position.quantity = quantity;
  position.commission += fee;
  position.slippage_cost += added_slippage;
  position.lowest = std::min(position.lowest, price);
  position.highest = std::max(position.highest, price);
}

}  // namespace hts::backtest
