#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/backtest/portfolio/simulation.hpp"

namespace hts::backtest {
namespace {

constexpr std::size_t most_refusals_kept = 1'000;
/// What rounding may do to a sum that was computed to be just paid.
constexpr double rounding = 1e-12;

/// Python's `//` on floats, which decides whole units in the profile.
double floor_division(double dividend, double divisor) {
  const double rest = std::fmod(dividend, divisor);
  const double quotient = (dividend - rest) / divisor;
  const double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
}

}  // namespace

double Simulation::capacity() const noexcept {
  return settings_->volume_share > 0 ? settings_->volume_share * candle_->volume
                                     : std::numeric_limits<double>::infinity();
}

double Simulation::slipped(const Entry& entry, double quantity) const noexcept {
  if (entry.maker) return entry.price;
  const double price =
      settings_->slippage.apply(entry.price, entry.side, quantity, candle_->volume);
  if (entry.limit <= 0) return price;
  return entry.side == trading::Side::buy ? std::min(price, entry.limit)
                                          : std::max(price, entry.limit);
}

double Simulation::affordable(double price, bool maker) const noexcept {
  const double free = account_.free_equity();
  if (!(free > 0) || !(price > 0)) return 0;
  const double rate = account_.fee_rate(maker);
  if (settings_->backtesting_py_sizing) {
    constexpr double full = 1 - std::numeric_limits<double>::epsilon();
    return floor_division(free * settings_->leverage * full, price + price * rate);
  }
  const double quantity = free / (price * (1 / settings_->leverage + rate));
  if (quantity * price * rate >= settings_->fees.minimum) return quantity;
  return std::max(free - settings_->fees.minimum, 0.0) * settings_->leverage / price;
}

double Simulation::size_of(std::size_t slot, const Entry& entry) const {
  const auto& sizing = settings_->sizing;
  const auto& lot = symbols_[slots_[slot].symbol].lot;
  // A slippage that depends on the quantity is taken at the quantity without it: a little too much.
  const double price = slipped(entry, affordable(entry.price, entry.maker));
  const double most = affordable(price, entry.maker);
  const double value_share = 1 + account_.fee_rate(entry.maker);
  switch (sizing.rule) {
    case trading::Sizing::Rule::fixed_quantity:
      return lot.round_down(sizing.amount, price);
    case trading::Sizing::Rule::fixed_cash:
      return lot.round_down(std::min(sizing.amount / (price * value_share), most), price);
    case trading::Sizing::Rule::percent_of_equity:
      return lot.round_down(
          std::min(account_.equity() * sizing.amount / 100 / (price * value_share), most), price);
    case trading::Sizing::Rule::all_in:
      return lot.round_down(most, price);
  }
  return 0;
}

bool Simulation::is_overexposed(std::size_t slot, double value) const {
  const std::uint32_t symbol = slots_[slot].symbol;
  for (const auto other : symbols_[symbol].slots) {
    value += std::fabs(account_.position(other).quantity) * account_.marked(symbol);
  }
  return settings_->risk.check_exposure(value, account_.equity()) !=
         trading::RiskRules::Refusal::none;
}

Simulation::Outcome Simulation::enter(std::size_t slot, const Entry& entry, double& remaining) {
  Position& position = account_.position(slot);
  const bool opens = position.flat();
  if (settings_->risk.any()) {
    using Refused = trading::RiskRules::Refusal;
    const auto refusal = settings_->risk.check_entry(account_.open_positions(), opens,
                                                     equity_at_day_start_, account_.equity());
    if (refusal == Refused::too_many_positions) {
      refuse(slot, "The largest number of open positions is reached.");
      return Outcome::refused;
    }
    if (refusal == Refused::daily_loss) {
      refuse(slot, "The day's loss limit is reached; entries wait for the next day.");
      return Outcome::refused;
    }
  }
  const auto& lot = symbols_[slots_[slot].symbol].lot;
  const bool sized = remaining > 0;
  const double wanted = sized ? lot.round_down(remaining, entry.price) : size_of(slot, entry);
  if (!(wanted > 0)) {
    refuse(slot, sized ? "The quantity is below what the market takes."
                       : "The account cannot pay the smallest quantity that the market takes.");
    return Outcome::refused;
  }
  const double most = capacity();
  if (entry.whole_or_nothing && wanted > most) {
    refuse(slot, "The candle's volume cannot fill the whole order.");
    return Outcome::refused;
  }
  const double quantity = wanted <= most ? wanted : lot.round_down(most, entry.price);
  if (!(quantity > 0)) {
    remaining = wanted;
    return Outcome::waiting;
  }
  const double price = slipped(entry, quantity);
  if (settings_->risk.check_price(entry.price, price) != trading::RiskRules::Refusal::none) {
    refuse(slot, "The price after slippage is further away than the allowed slippage.");
    return Outcome::refused;
  }
  const double value = quantity * price;
  const double needed = value / settings_->leverage + account_.fee(value, entry.maker);
  if (!(needed <= account_.free_equity() * (1 + rounding))) {
    refuse(slot, "The account's free equity does not cover the order and its fee.");
    return Outcome::refused;
  }
  if (settings_->risk.max_exposure_pct > 0 && is_overexposed(slot, value)) {
    refuse(slot, "The positions in this symbol would be worth more than the largest exposure.");
    return Outcome::refused;
  }
  account_.fill(slot, entry.side, quantity, price, std::fabs(price - entry.price), entry.maker,
                ExitReason::signal, moment());
  if (opens) {
    position.protection = entry.protection.any() ? entry.protection : settings_->protection;
  } else if (entry.protection.any()) {
    position.protection = entry.protection;
  }
  remaining = wanted - quantity;
  return remaining > 0 ? Outcome::partly : Outcome::filled;
}

Simulation::Outcome Simulation::leave(std::size_t slot, const Entry& exit, double quantity,
                                      ExitReason reason) {
  const double held = std::fabs(account_.position(slot).quantity);
  double filled = std::min(quantity, held);
  const double most = capacity();
  if (filled > most) {
    if (exit.whole_or_nothing) {
      refuse(slot, "The candle's volume cannot fill the whole order.");
      return Outcome::refused;
    }
    filled = symbols_[slots_[slot].symbol].lot.round_down(most, exit.price);
    if (!(filled > 0)) return Outcome::waiting;
  }
  const double price = slipped(exit, filled);
  account_.fill(slot, exit.side, filled, price, std::fabs(price - exit.price), exit.maker, reason,
                moment());
  return filled < std::min(quantity, held) ? Outcome::partly : Outcome::filled;
}

void Simulation::refuse(std::size_t slot, std::string_view reason) {
  ++result_.refused;
  if (result_.refusals.size() >= most_refusals_kept) return;
  result_.refusals.push_back(
      {bar_, slots_[slot].symbol, static_cast<std::uint32_t>(slot), std::string{reason}});
}

}  // namespace hts::backtest
