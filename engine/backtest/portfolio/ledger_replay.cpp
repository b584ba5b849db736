#include "engine/backtest/portfolio/ledger_replay.hpp"

#include <utility>

namespace hts::backtest {

result::Result<trading::Ledger> replay_fills(double cash, std::span<const Fill> fills) {
  const auto start = trading::Money::nearest(cash);
  if (!start) return start.error();
  trading::Ledger ledger(*start);
  for (const Fill& fill : fills) {
    const auto quantity = trading::CoinAmount::nearest(fill.quantity);
    if (!quantity) return quantity.error();
    const auto price = trading::Price::nearest(fill.price);
    if (!price) return price.error();
    const auto fee = trading::Money::nearest(fill.commission);
    if (!fee) return fee.error();
    auto booked = ledger.book({fill.slot, fill.side, *quantity, *price, *fee});
    if (!booked) return std::move(booked).error();
  }
  return ledger;
}

}  // namespace hts::backtest
