#include "engine/paper/account_bytes.hpp"

#include <cmath>

#include "engine/hash/hash128.hpp"
#include "engine/paper/state_bytes.hpp"

namespace hts::paper {
namespace {

/// They change with the meaning of the bytes.
constexpr std::uint64_t first_version = 0x48'54'53'41'43'00'00'01;
constexpr std::uint64_t version_with_orders = 0x48'54'53'41'43'00'00'02;

std::uint64_t sum_of(std::string_view bytes) {
  return hash::HashChain{}.text(bytes).hash().low;
}

void write(StateWriter& out, const trading::Protection& protection) {
  out.number(protection.stop_loss);
  out.number(protection.take_profit);
  out.number(protection.trailing_stop);
}
trading::Protection read_protection(StateReader& in) {
  trading::Protection protection;
  protection.stop_loss = in.number();
  protection.take_profit = in.number();
  protection.trailing_stop = in.number();
  return protection;
}

void write(StateWriter& out, const backtest::Position& position) {
  out.number(position.quantity);
  out.number(position.entry_price);
  out.number(position.commission);
  out.number(position.slippage_cost);
  out.whole(position.entry_bar);
  out.time(position.entry_time);
  out.number(position.lowest);
  out.number(position.highest);
  write(out, position.protection);
  out.number(position.best_price);
}
backtest::Position read_position(StateReader& in) {
  backtest::Position position;
  position.quantity = in.number();
  position.entry_price = in.number();
  position.commission = in.number();
  position.slippage_cost = in.number();
  position.entry_bar = static_cast<std::size_t>(in.whole());
  position.entry_time = in.time();
  position.lowest = in.number();
  position.highest = in.number();
  position.protection = read_protection(in);
  position.best_price = in.number();
  if (position.quantity != 0 && !(position.entry_price > 0)) in.fail();
  return position;
}

void write(StateWriter& out, const backtest::PendingSignal& pending) {
  out.flag(pending.signal.side == trading::Side::buy);
  out.number(pending.signal.confidence);
  out.flag(pending.signal.exit_only);
  write(out, pending.signal.protection);
  out.number(pending.remaining);
  out.whole(static_cast<std::uint64_t>(pending.reason));
}
backtest::PendingSignal read_pending(StateReader& in) {
  backtest::PendingSignal pending;
  pending.signal.side = in.flag() ? trading::Side::buy : trading::Side::sell;
  pending.signal.confidence = in.number();
  pending.signal.exit_only = in.flag();
  pending.signal.protection = read_protection(in);
  pending.remaining = in.number();
  constexpr auto last = static_cast<std::uint64_t>(backtest::ExitReason::by_hand);
  pending.reason = static_cast<backtest::ExitReason>(in.whole(last));
  return pending;
}

/// What the order's type does not use may be any number.
double written(double price) {
  return std::isfinite(price) ? price : 0;
}

void write(StateWriter& out, const backtest::WorkingOrder& order) {
  const trading::OrderRequest& request = order.request;
  out.whole(order.id);
  out.flag(request.side == trading::Side::buy);
  out.whole(static_cast<std::uint64_t>(request.type));
  out.flag(request.quantity.has_value());
  out.number(request.quantity.value_or(0));
  out.number(written(request.limit_price));
  out.number(written(request.stop_price));
  out.number(written(request.trail_fraction));
  out.whole(static_cast<std::uint64_t>(request.time_in_force));
  out.flag(request.reduce_only);
  out.whole(request.one_cancels_other);
  write(out, request.protection);
  out.flag(order.triggered);
  out.flag(order.seen_position);
  out.number(order.remaining);
  out.number(order.best_price);
  out.time(order.given);
}
backtest::WorkingOrder read_order(StateReader& in) {
  backtest::WorkingOrder order;
  trading::OrderRequest& request = order.request;
  order.id = in.whole();
  request.side = in.flag() ? trading::Side::buy : trading::Side::sell;
  constexpr auto last_type = static_cast<std::uint64_t>(trading::OrderType::trailing_stop);
  request.type = static_cast<trading::OrderType>(in.whole(last_type));
  const bool has_quantity = in.flag();
  const double quantity = in.number();
  if (has_quantity) request.quantity = quantity;
  request.limit_price = in.number();
  request.stop_price = in.number();
  request.trail_fraction = in.number();
  constexpr auto last_force = static_cast<std::uint64_t>(trading::TimeInForce::fill_or_kill);
  request.time_in_force = static_cast<trading::TimeInForce>(in.whole(last_force));
  request.reduce_only = in.flag();
  request.one_cancels_other = static_cast<std::uint32_t>(in.whole(UINT32_MAX));
  request.protection = read_protection(in);
  order.triggered = in.flag();
  order.seen_position = in.flag();
  order.remaining = in.number();
  order.best_price = in.number();
  order.given = in.time();
  return order;
}

}  // namespace

std::string write_account(const StoredAccount& account) {
  const backtest::SimulationState& state = account.state;
  const bool has_orders = !account.strategies.empty();
  StateWriter out;
  out.whole(has_orders ? version_with_orders : first_version);
  out.whole(state.bars);
  out.number(state.cash);
  out.number(state.traded_value);
  out.whole(static_cast<std::uint64_t>(state.day));
  out.number(state.equity_at_day_start);
  out.whole(state.refused);
  out.whole(state.ambiguous_bars);
  out.number(state.commission);
  out.flag(state.liquidated);
  out.whole(state.symbols.size());
  for (const auto& [candle, mark] : state.symbols) {
    out.time(candle.open_time);
    for (const double value :
         {candle.open, candle.high, candle.low, candle.close, candle.volume, mark}) {
      out.number(value);
    }
  }
  for (std::size_t i = 0; i < state.slots.size(); ++i) {
    const auto& [position, pending, orders] = state.slots[i];
    if (position.flat() && !pending && orders.empty()) continue;
    out.whole(i);
    write(out, position);
    out.flag(pending.has_value());
    if (pending) write(out, *pending);
    if (!has_orders) continue;
    out.whole(orders.size());
    for (const backtest::WorkingOrder& order : orders) write(out, order);
  }
  out.whole(state.slots.size());  // ends the list of slots: it is no slot's place
  if (has_orders) {
    out.whole(state.next_order);
    out.whole(account.strategies.size());
    for (const auto& [slot, snapshot, error] : account.strategies) {
      out.whole(slot);
      out.text(snapshot);
      out.text(error);
    }
  }
  out.whole(sum_of(out.bytes()));
  return out.bytes();
}

result::Result<StoredAccount> read_account(std::string_view bytes, std::size_t slots,
                                           std::size_t symbols) {
  const auto refused = [] {
    return result::make_error(result::ErrorCode::conflict,
                              "The stored state of the account is damaged or of another plan: "
                              "start a new session.",
                              "state");
  };
  constexpr std::size_t sum_size = 8;
  if (bytes.size() < sum_size) return refused();
  StateReader sum{bytes.substr(bytes.size() - sum_size)};
  bytes.remove_suffix(sum_size);
  if (sum.whole() != sum_of(bytes)) return refused();

  StateReader in{bytes};
  const std::uint64_t version = in.whole();
  const bool has_orders = version == version_with_orders;
  if (!has_orders && version != first_version) return refused();
  StoredAccount account;
  backtest::SimulationState& state = account.state;
  state.bars = in.whole();
  state.cash = in.number();
  state.traded_value = in.number();
  state.day = static_cast<std::int64_t>(in.whole());
  state.equity_at_day_start = in.number();
  state.refused = in.whole();
  state.ambiguous_bars = in.whole();
  state.commission = in.number();
  state.liquidated = in.flag();
  if (in.whole() != symbols) return refused();
  state.symbols.resize(symbols);
  for (auto& [candle, mark] : state.symbols) {
    candle.open_time = in.time();
    for (double* value :
         {&candle.open, &candle.high, &candle.low, &candle.close, &candle.volume, &mark}) {
      *value = in.number();
    }
  }
  state.slots.resize(slots);
  std::uint64_t next = 0;
  while (in.is_sound()) {
    const std::uint64_t slot = in.whole(slots);
    if (slot < next) return refused();
    if (slot == slots) break;
    state.slots[slot].position = read_position(in);
    if (in.flag()) state.slots[slot].pending = read_pending(in);
    next = slot + 1;
    if (!has_orders) continue;
    for (std::uint64_t left = in.whole(bytes.size()); left > 0 && in.is_sound(); --left) {
      state.slots[slot].orders.push_back(read_order(in));
    }
  }
  if (has_orders) {
    state.next_order = in.whole();
    for (std::uint64_t left = in.whole(slots); left > 0 && in.is_sound(); --left) {
      StoredStrategy& stored = account.strategies.emplace_back();
      stored.slot = static_cast<SlotId>(in.whole(slots));
      stored.snapshot = in.text();
      stored.error = in.text();
    }
  }
  if (!in.is_over()) return refused();
  return account;
}

}  // namespace hts::paper
