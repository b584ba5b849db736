#include "engine/paper/account_bytes.hpp"

#include <span>

#include "engine/hash/hash128.hpp"
#include "engine/paper/state_bytes.hpp"

namespace hts::paper {
namespace {

/// Changes with the meaning of the bytes.
constexpr std::uint64_t account_version = 0x48'54'53'41'43'00'00'01;

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

}  // namespace

std::string write_account(const backtest::SimulationState& state) {
  StateWriter out;
  out.whole(account_version);
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
    const auto& [position, pending] = state.slots[i];
    if (position.flat() && !pending) continue;
    out.whole(i);
    write(out, position);
    out.flag(pending.has_value());
    if (pending) write(out, *pending);
  }
  out.whole(state.slots.size());  // ends the list of slots: it is no slot's place
  out.whole(sum_of(out.bytes()));
  return out.bytes();
}

result::Result<backtest::SimulationState> read_account(std::string_view bytes, std::size_t slots,
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
  if (in.whole() != account_version) return refused();
  backtest::SimulationState state;
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
  }
  if (!in.is_over()) return refused();
  return state;
}

}  // namespace hts::paper
