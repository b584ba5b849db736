#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/slot_desk.hpp"

namespace hts::backtest {
namespace {

using trading::OrderRequest;
using trading::OrderType;
using trading::Side;
using trading::TimeInForce;

std::int64_t day_of(time::Timestamp moment) {
  return std::chrono::floor<std::chrono::days>(moment).time_since_epoch().count();
}

double trailing_level(const OrderRequest& order, double best_price) {
  return order.side == Side::sell ? best_price * (1 - order.trail_fraction)
                                  : best_price * (1 + order.trail_fraction);
}

/// A stop is reached when the price goes through it in the order's direction.
bool reached(Side side, double price, double level) {
  return side == Side::sell ? price <= level : price >= level;
}
/// A limit is met at its price or a better one.
bool met(Side side, double price, double limit) {
  return side == Side::buy ? price <= limit : price >= limit;
}

/// The stop of a position that the price meets first, and why it stands there.
struct Guard {
  double price = 0;
  ExitReason reason = ExitReason::stop_loss;
};
std::optional<Guard> guard_of(const Position& position) {
  const double stop = position.stop_price();
  const double trailing = position.trailing_price();
  if (stop <= 0 && trailing <= 0) return std::nullopt;
  if (trailing <= 0) return Guard{stop, ExitReason::stop_loss};
  if (stop <= 0) return Guard{trailing, ExitReason::trailing_stop};
  const bool trails = position.is_long() ? trailing > stop : trailing < stop;
  return trails ? Guard{trailing, ExitReason::trailing_stop} : Guard{stop, ExitReason::stop_loss};
}

/// An order that a fill inside the candle has brought to life may stand beyond all its prices: it
/// fills at the nearest one that there was.
double inside(const market::Candle& candle, double price) {
  return std::clamp(price, candle.low, candle.high);
}

Side exit_side(const Position& position) {
  return position.is_long() ? Side::sell : Side::buy;
}

}  // namespace

void Simulation::match_at_open(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  const double open = candle_->open;
  protect_at_open(slot_index);
  // By index: the list does not grow here, but an order may cancel others of its group.
  for (auto& order : slot.orders) {
    if (!order.active) continue;
    const OrderRequest& request = order.request;
    if (request.time_in_force == TimeInForce::day && day_of(now_) != day_of(order.given)) {
      order.active = false;
      continue;
    }
    switch (request.type) {
      case OrderType::market:
        execute(slot_index, order, open, false);
        break;
      case OrderType::limit:
        if (met(request.side, open, request.limit_price)) execute(slot_index, order, open, true);
        break;
      case OrderType::stop:
        if (reached(request.side, open, request.stop_price)) {
          execute(slot_index, order, open, false);
        }
        break;
      case OrderType::stop_limit:
        order.triggered = order.triggered || reached(request.side, open, request.stop_price);
        if (order.triggered && met(request.side, open, request.limit_price)) {
          execute(slot_index, order, open, false);
        }
        break;
      case OrderType::trailing_stop:
        if (reached(request.side, open, trailing_level(request, order.best_price))) {
          execute(slot_index, order, open, false);
        }
        break;
    }
  }
  if (slot.pending) execute_pending(slot_index, open);
}

/// A gap through a stop or target fills at the open, which is where the market was.
bool Simulation::protect_at_open(std::size_t slot_index) {
  const Position& position = account_.position(slot_index);
  if (position.flat() || !position.protection.any()) return false;
  const Side side = exit_side(position);
  const double open = candle_->open;
  if (const auto guard = guard_of(position); guard && reached(side, open, guard->price)) {
    exit_protected(slot_index, open, false, guard->reason);
    return true;
  }
  if (const double target = position.target_price(); target > 0 && met(side, open, target)) {
    exit_protected(slot_index, open, true, ExitReason::take_profit);
    return true;
  }
  return false;
}

void Simulation::match_inside(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  if (slot.orders.empty() && !account_.position(slot_index).protection.any()) return;
  note_ambiguity(slot_index);
  if (settings_->intrabar == Intrabar::pessimistic) {
    run_stops(slot_index);
    run_entries(slot_index);
    if (slot.entered_inside) {
      run_stops(slot_index);
    } else {
      run_targets(slot_index);
    }
  } else {
    run_targets(slot_index);
    run_entries(slot_index);
    if (slot.entered_inside) {
      run_targets(slot_index);
    } else {
      run_stops(slot_index);
    }
  }
  retire_orders(slot_index);
}

/// Counts a candle in which the order of a stop and a target decides the outcome.
void Simulation::note_ambiguity(std::size_t slot_index) {
  const Position& position = account_.position(slot_index);
  if (position.flat()) return;
  const Side side = exit_side(position);
  const double worst = side == Side::sell ? candle_->low : candle_->high;
  const double best = side == Side::sell ? candle_->high : candle_->low;
  bool stop = false;
  bool target = false;
  if (const auto guard = guard_of(position)) stop = reached(side, worst, guard->price);
  if (position.target_price() > 0) target = met(side, best, position.target_price());
  for (const auto& order : slots_[slot_index].orders) {
    const OrderRequest& request = order.request;
    if (!order.active || request.side != side) continue;
    stop = stop || (request.type == OrderType::stop && reached(side, worst, request.stop_price)) ||
           (request.type == OrderType::trailing_stop &&
            reached(side, worst, trailing_level(request, order.best_price)));
    target = target || (request.type == OrderType::limit && met(side, best, request.limit_price));
  }
  if (stop && target) ++result_.ambiguous_bars;
}

void Simulation::run_stops(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  const Position& position = account_.position(slot_index);
  if (position.flat()) return;
  const Side side = exit_side(position);
  const double worst = side == Side::sell ? candle_->low : candle_->high;
  // An entry at a slipped open may stand on the far side of its own stop.
  const auto at = [&](double level) {
    if (slot.entered_inside) return level;
    return side == Side::sell ? std::min(level, candle_->open) : std::max(level, candle_->open);
  };
  if (const auto guard = guard_of(position); guard && reached(side, worst, guard->price)) {
    if (slot.entered_inside && settings_->intrabar == Intrabar::pessimistic) {
      ++result_.ambiguous_bars;
    }
    exit_protected(slot_index, at(guard->price), false, guard->reason);
  }
  for (auto& order : slot.orders) {
    const OrderRequest& request = order.request;
    if (!order.active || request.side != side || account_.position(slot_index).flat()) continue;
    if (request.type == OrderType::stop && reached(side, worst, request.stop_price)) {
      execute(slot_index, order, at(request.stop_price), false);
    } else if (request.type == OrderType::trailing_stop) {
      const double level = trailing_level(request, order.best_price);
      if (reached(side, worst, level)) execute(slot_index, order, at(level), false);
    } else if (request.type == OrderType::stop_limit && !order.triggered &&
               reached(side, worst, request.stop_price)) {
      order.triggered = true;
      if (met(side, request.stop_price, request.limit_price)) {
        execute(slot_index, order, request.stop_price, false);
      }
    }
  }
}

void Simulation::run_targets(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  const Position& position = account_.position(slot_index);
  if (position.flat()) return;
  const Side side = exit_side(position);
  const double best = side == Side::sell ? candle_->high : candle_->low;
  if (const double target = position.target_price(); target > 0 && met(side, best, target)) {
    if (slot.entered_inside) ++result_.ambiguous_bars;
    exit_protected(slot_index, target, true, ExitReason::take_profit);
  }
  for (auto& order : slot.orders) {
    const OrderRequest& request = order.request;
    if (!order.active || request.side != side || account_.position(slot_index).flat()) continue;
    const bool is_limit = request.type == OrderType::limit ||
                          (request.type == OrderType::stop_limit && order.triggered);
    if (is_limit && met(side, best, request.limit_price)) {
      execute(slot_index, order, request.limit_price, true);
    }
  }
}

/// Orders that open or enlarge, at their price inside the candle, in order of submission.
void Simulation::run_entries(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  for (auto& order : slot.orders) {
    const OrderRequest& request = order.request;
    const double held = account_.position(slot_index).quantity;
    if (!order.active || request.reduce_only || held * trading::sign_of(request.side) < 0) continue;
    const bool was_flat = held == 0;
    const double up = request.side == Side::buy ? candle_->high : candle_->low;
    const double down = request.side == Side::buy ? candle_->low : candle_->high;
    switch (request.type) {
      case OrderType::market:
        break;
      case OrderType::limit:
        if (met(request.side, down, request.limit_price)) {
          execute(slot_index, order, request.limit_price, true);
        }
        break;
      case OrderType::stop:
        if (reached(request.side, up, request.stop_price)) {
          execute(slot_index, order, request.stop_price, false);
        }
        break;
      case OrderType::trailing_stop: {
        const double level = trailing_level(request, order.best_price);
        if (reached(request.side, up, level)) execute(slot_index, order, level, false);
        break;
      }
      case OrderType::stop_limit:
        if (order.triggered) {
          if (met(request.side, down, request.limit_price)) {
            execute(slot_index, order, request.limit_price, true);
          }
        } else if (reached(request.side, up, request.stop_price)) {
          order.triggered = true;
          if (met(request.side, request.stop_price, request.limit_price)) {
            execute(slot_index, order, request.stop_price, false);
          }
        }
        break;
    }
    if (was_flat && !account_.position(slot_index).flat()) slot.entered_inside = true;
  }
}

void Simulation::match_at_close(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  for (auto& order : slot.orders) {
    if (order.active && order.request.type == OrderType::market) {
      execute(slot_index, order, candle_->close, false);
    }
  }
  std::erase_if(slot.orders, [](const WorkingOrder& order) { return !order.active; });
}

/// Trailing stops follow the candle that has passed. A close beyond the new level means that the
/// price went through it on the way from the extreme to the close, whatever came before.
void Simulation::follow_prices(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  Position& position = account_.position(slot_index);
  if (!position.flat() && position.protection.trailing_stop > 0) {
    const Side side = exit_side(position);
    const double extreme = slot.entered_inside  ? candle_->close
                           : side == Side::sell ? candle_->high
                                                : candle_->low;
    position.best_price = side == Side::sell ? std::max(position.best_price, extreme)
                                             : std::min(position.best_price, extreme);
    const double level = position.trailing_price();
    if (reached(side, candle_->close, level)) {
      exit_protected(slot_index, level, false, ExitReason::trailing_stop);
    }
  }
  for (auto& order : slot.orders) {
    if (!order.active || order.request.type != OrderType::trailing_stop) continue;
    const Side side = order.request.side;
    order.best_price = side == Side::sell ? std::max(order.best_price, candle_->high)
                                          : std::min(order.best_price, candle_->low);
    const double level = trailing_level(order.request, order.best_price);
    if (reached(side, candle_->close, level)) execute(slot_index, order, level, false);
  }
}

void Simulation::retire_orders(std::size_t slot_index) {
  Slot& slot = slots_[slot_index];
  const bool flat = account_.position(slot_index).flat();
  for (auto& order : slot.orders) {
    const auto in_force = order.request.time_in_force;
    if (in_force == TimeInForce::immediate_or_cancel || in_force == TimeInForce::fill_or_kill) {
      order.active = false;
    }
    if (order.request.reduce_only && flat && order.seen_position) order.active = false;
    order.seen_position = order.seen_position || !flat;
  }
  std::erase_if(slot.orders, [](const WorkingOrder& order) { return !order.active; });
}

void Simulation::exit_protected(std::size_t slot_index, double price, bool maker,
                                ExitReason reason) {
  const Position& position = account_.position(slot_index);
  Entry exit;
  exit.side = exit_side(position);
  exit.price = inside(*candle_, price);
  exit.maker = maker;
  const auto outcome = leave(slot_index, exit, std::fabs(position.quantity), reason);
  if (outcome == Outcome::filled || maker) return;
  // A stop that the volume could not fill goes on as a market order.
  strategies::Signal rest;
  rest.side = exit.side;
  rest.exit_only = true;
  slots_[slot_index].pending = PendingSignal{rest, 0, reason};
}

void Simulation::execute(std::size_t slot_index, WorkingOrder& order, double price, bool maker) {
  const OrderRequest& request = order.request;
  const double held = account_.position(slot_index).quantity;
  const bool against = held * trading::sign_of(request.side) < 0;
  Entry entry;
  entry.side = request.side;
  entry.price = inside(*candle_, price);
  entry.maker = maker;
  entry.limit = request.type == OrderType::stop_limit ? request.limit_price : 0;
  entry.whole_or_nothing = request.time_in_force == TimeInForce::fill_or_kill;
  entry.protection = request.protection;
  Outcome outcome = Outcome::refused;
  if (against) {
    const double size = std::fabs(held);
    const bool sized = order.remaining > 0;
    const double closing = sized ? std::min(order.remaining, size) : size;
    outcome = leave(slot_index, entry, closing, ExitReason::order);
    const double left = std::fabs(account_.position(slot_index).quantity);
    const double closed = size - left;
    if (sized) order.remaining -= closed;
    const bool turns = sized && order.remaining > 0 && left == 0 && !request.reduce_only;
    if (outcome == Outcome::filled && turns) outcome = enter(slot_index, entry, order.remaining);
  } else if (request.reduce_only) {
    return;  // waits for a position to reduce
  } else {
    outcome = enter(slot_index, entry, order.remaining);
  }
  if (outcome == Outcome::filled || outcome == Outcome::refused) order.active = false;
  const bool filled = outcome == Outcome::filled || outcome == Outcome::partly;
  if (filled && request.one_cancels_other > 0) {
    for (auto& other : slots_[slot_index].orders) {
      if (&other != &order && other.request.one_cancels_other == request.one_cancels_other) {
        other.active = false;
      }
    }
  }
}

}  // namespace hts::backtest
