#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/slot_desk.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {

using trading::Side;

void Simulation::decide(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  if (slot.desk) {
    decide_with_desk(slot_index);
    return;
  }
  take_given(slot_index);
  const std::size_t candle = symbols_[slot.symbol].next;
  while (slot.next_signal < slot.signals.size() && slot.signals[slot.next_signal].index <= candle) {
    take_signal(slot_index, slot.signals[slot.next_signal++].signal);
  }
}

void Simulation::decide_with_desk(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  if (!slot.strategy) {
    answer(slot_index);
    return;
  }
  strategies::Context context{*slot.desk};
  auto decided = strategies::decide_contained(*plan_->slots[slot_index].definition, *slot.strategy,
                                              *candle_, symbols_[slot.symbol].next, context);
  if (!decided) {
    failure_ = std::move(decided).error();
    return;
  }
  if (*decided) take_signal(slot_index, **decided);
  if (settings_->fill_at == FillAt::close) match_at_close(slot_index);
}

bool Simulation::may_open(Side side) const noexcept {
  switch (settings_->direction) {
    case Direction::long_only:
      return side == Side::buy;
    case Direction::short_only:
      return side == Side::sell;
    case Direction::both:
      return true;
  }
  return false;
}

void Simulation::take_signal(std::size_t slot_index, const strategies::Signal& signal) {
  Slot& slot = slots_[slot_index];
  const double held = account_.position(slot_index).quantity;
  const double with = held * trading::sign_of(signal.side);
  // A newer signal replaces one of the other side that still waits for its fill.
  if (slot.pending && slot.pending->signal.side != signal.side) slot.pending.reset();
  if (slot.pending || with > 0) return;
  if (held == 0 && (signal.exit_only || !may_open(signal.side))) return;
  slot.pending = PendingSignal{signal, 0, ExitReason::signal};
  // Without a candle there is no close to fill at: the next open is the first price.
  const bool closes_here = settings_->fill_at == FillAt::close && candle_ != nullptr;
  if (closes_here) execute_pending(slot_index, candle_->close);
}

void Simulation::execute_pending(std::size_t slot_index, double price) {
  Slot& slot = slots_[slot_index];
  PendingSignal& pending = *slot.pending;
  const strategies::Signal& signal = pending.signal;
  const double held = account_.position(slot_index).quantity;
  Entry entry;
  entry.side = signal.side;
  entry.price = price;
  if (held * trading::sign_of(signal.side) < 0) {
    const auto outcome = leave(slot_index, entry, held < 0 ? -held : held, pending.reason);
    if (outcome != Outcome::filled) return;
  }
  if (!signal.exit_only && may_open(signal.side)) {
    entry.protection = signal.protection;
    const auto outcome = enter(slot_index, entry, pending.remaining);
    if (outcome == Outcome::partly || outcome == Outcome::waiting) return;
  }
  slot.pending.reset();
}

}  // namespace hts::backtest
