#include "engine/backtest/bias/decision_text.hpp"

#include <array>

#include "engine/parameters/parameters.hpp"

namespace hts::backtest {
namespace {

using parameters::to_text;

std::string text_of(trading::Side side) {
  return side == trading::Side::buy ? "BUY" : "SELL";
}

std::string text_of(const trading::Protection& protection) {
  std::string text;
  if (protection.stop_loss > 0) text += " and stop_loss " + to_text(protection.stop_loss);
  if (protection.take_profit > 0) text += " and take_profit " + to_text(protection.take_profit);
  if (protection.trailing_stop > 0) {
    text += " and trailing_stop " + to_text(protection.trailing_stop);
  }
  return text;
}

std::string text_of(const trading::OrderRequest& request) {
  constexpr std::array types = {"market", "limit", "stop", "stop-limit", "trailing stop"};
  constexpr std::array times = {"good till cancelled", "day", "immediate or cancel",
                                "fill or kill"};
  std::string text = text_of(request.side) + " " + types[static_cast<std::size_t>(request.type)];
  if (request.quantity) text += " of " + to_text(*request.quantity);
  if (request.limit_price != 0) text += " at " + to_text(request.limit_price);
  if (request.stop_price != 0) text += " from " + to_text(request.stop_price);
  if (request.trail_fraction != 0) text += " trailing by " + to_text(request.trail_fraction);
  if (request.time_in_force != trading::TimeInForce::good_till_cancelled) {
    text += std::string{", "} + times[static_cast<std::size_t>(request.time_in_force)];
  }
  if (request.reduce_only) text += ", reduce only";
  if (request.one_cancels_other != 0) {
    text += ", in group " + std::to_string(request.one_cancels_other);
  }
  return text + text_of(request.protection);
}

}  // namespace

std::string text_of(const strategies::Signal& signal) {
  return "gives " + text_of(signal.side) + (signal.exit_only ? " (exit only)" : "") +
         " with confidence " + to_text(signal.confidence) + text_of(signal.protection);
}

std::string text_of(const RecordedOrder& order) {
  switch (order.kind) {
    case RecordedOrder::Kind::cancel:
      return "cancels order " + std::to_string(order.id);
    case RecordedOrder::Kind::cancel_all:
      return "cancels all orders";
    case RecordedOrder::Kind::signal:
      return text_of(order.signal);
    case RecordedOrder::Kind::submit:
      break;
  }
  return "submits " + text_of(order.request);
}

std::string text_of(const Fill& fill) {
  return (fill.side == trading::Side::buy ? "buys " : "sells ") + to_text(fill.quantity) + " at " +
         to_text(fill.price);
}

}  // namespace hts::backtest
