#include "engine/backtest/portfolio/slot_desk.hpp"

#include <cmath>

namespace hts::backtest {
namespace {

using trading::OrderType;

/// More are a strategy's mistake: every candle looks at each, and a session stores each.
constexpr std::size_t most_orders = 10'000;

bool is_price(double value) {
  return std::isfinite(value) && value > 0;
}

/// What is wrong with the request, or nothing.
const char* defect_of(const trading::OrderRequest& request) {
  if (request.quantity && !(std::isfinite(*request.quantity) && *request.quantity > 0)) {
    return "The quantity is not a number above 0; leave it out to let the account size the order.";
  }
  const bool limit = request.type == OrderType::limit || request.type == OrderType::stop_limit;
  const bool stop = request.type == OrderType::stop || request.type == OrderType::stop_limit;
  if (limit && !is_price(request.limit_price)) return "The limit price is not a number above 0.";
  if (stop && !is_price(request.stop_price)) return "The stop price is not a number above 0.";
  if (request.type == OrderType::trailing_stop &&
      !(request.trail_fraction > 0 && request.trail_fraction < 1)) {
    return "The trailing distance is not a fraction between 0 and 1.";
  }
  const auto fraction = [](double value) { return std::isfinite(value) && value >= 0; };
  const auto& guard = request.protection;
  if (!fraction(guard.stop_loss) || !fraction(guard.take_profit) ||
      !fraction(guard.trailing_stop)) {
    return "A protection is not a fraction of 0 or above.";
  }
  return nullptr;
}

}  // namespace

trading::OrderId Simulation::SlotDesk::submit(const trading::OrderRequest& request) {
  if (const char* defect = defect_of(request)) {
    simulation_->refuse(slot_, defect);
    return 0;
  }
  Slot& slot = simulation_->slots_[slot_];
  if (slot.orders.size() >= most_orders) {
    std::erase_if(slot.orders, [](const WorkingOrder& order) { return !order.active; });
    if (slot.orders.size() >= most_orders) {
      simulation_->refuse(slot_, "The strategy has 10000 orders at work: cancel those that wait.");
      return 0;
    }
  }
  WorkingOrder order;
  order.request = request;
  if (!slot.may_open) {
    const double held = simulation_->account_.position(slot_).quantity;
    if (held * trading::sign_of(request.side) >= 0) return 0;
    order.request.reduce_only = order.seen_position = true;
  }
  order.id = simulation_->next_id_++;
  order.remaining = request.quantity.value_or(0);
  order.best_price = simulation_->account_.marked(slot.symbol);
  order.given = simulation_->now_;
  slot.orders.push_back(order);
  return order.id;
}

void Simulation::SlotDesk::cancel(trading::OrderId id) {
  for (auto& order : simulation_->slots_[slot_].orders) {
    if (order.id == id) order.active = false;
  }
}

void Simulation::SlotDesk::cancel_all() {
  for (auto& order : simulation_->slots_[slot_].orders) order.active = false;
}

trading::PositionView Simulation::SlotDesk::position() const {
  const Position& held = simulation_->account_.position(slot_);
  if (held.flat()) return {};
  const double mark = simulation_->account_.marked(simulation_->slots_[slot_].symbol);
  return {held.quantity, held.entry_price, held.quantity * (mark - held.entry_price)};
}

}  // namespace hts::backtest
