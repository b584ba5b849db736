#include "adapters/plugin/c_values.hpp"

#include <chrono>

#include "engine/strategies/strategy_failure.hpp"

namespace hts::plugin {
namespace {

using strategies::StrategyFailure;
using trading::Side;

trading::Protection protection_of(const hts_protection& protection) {
  return {protection.stop_loss, protection.take_profit, protection.trailing_stop};
}

Side side_of(std::int32_t side) {
  if (side != HTS_BUY && side != HTS_SELL) {
    throw StrategyFailure("it gave a side that is neither buy nor sell");
  }
  return side == HTS_BUY ? Side::buy : Side::sell;
}

}  // namespace

std::vector<hts_named_value> to_c(const strategies::Parameters& parameters) {
  std::vector<hts_named_value> values;
  values.reserve(parameters.values().size());
  for (const auto& [name, value] : parameters.values()) {
    hts_named_value c{};
    c.name = name.c_str();
    c.value.type = static_cast<std::int32_t>(value.index());
    if (const auto* flag = std::get_if<bool>(&value)) c.value.flag = *flag ? 1 : 0;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) c.value.integer = *integer;
    if (const auto* number = std::get_if<double>(&value)) c.value.number = *number;
    if (const auto* text = std::get_if<std::string>(&value)) c.value.text = text->c_str();
    values.push_back(c);
  }
  return values;
}

hts_candle to_c(const market::Candle& candle) noexcept {
  return {candle.open_time.time_since_epoch().count(),
          candle.open,
          candle.high,
          candle.low,
          candle.close,
          candle.volume};
}

std::optional<strategies::Signal> signal_of(const hts_signal& signal) {
  if (signal.given == 0) return std::nullopt;
  return strategies::Signal{side_of(signal.side), signal.confidence, signal.exit_only != 0,
                            protection_of(signal.protection)};
}

trading::OrderRequest order_of(const hts_order& order) {
  if (order.type < HTS_MARKET || order.type > HTS_TRAILING_STOP) {
    throw StrategyFailure("it gave an order of a type that does not exist");
  }
  if (order.time_in_force < HTS_GOOD_TILL_CANCELLED || order.time_in_force > HTS_FILL_OR_KILL) {
    throw StrategyFailure("it gave an order with a time in force that does not exist");
  }
  trading::OrderRequest request;
  request.side = side_of(order.side);
  request.type = static_cast<trading::OrderType>(order.type);
  request.time_in_force = static_cast<trading::TimeInForce>(order.time_in_force);
  if (order.has_quantity != 0) request.quantity = order.quantity;
  request.limit_price = order.limit_price;
  request.stop_price = order.stop_price;
  request.trail_fraction = order.trail_fraction;
  request.reduce_only = order.reduce_only != 0;
  request.one_cancels_other = order.one_cancels_other;
  request.protection = protection_of(order.protection);
  return request;
}

void give(strategies::Context& context, const strategies::Signal& signal) noexcept {
  if (signal.exit_only) {
    signal.side == Side::sell ? context.exit_long() : context.exit_short();
  } else if (signal.side == Side::buy) {
    context.buy(signal.confidence, signal.protection);
  } else {
    context.sell(signal.confidence, signal.protection);
  }
}

}  // namespace hts::plugin
