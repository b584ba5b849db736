#include "engine/paper/rerun_slot.hpp"

#include <utility>

#include "engine/strategies/contained.hpp"

namespace hts::paper {

result::Result<RerunSlot> RerunSlot::make(const LiveSlot& slot, market::DayBoundary boundary,
                                          double cash) {
  auto definition = strategies::find_strategy(slot.strategy);
  if (!definition) return std::move(definition).error();
  auto strategy = strategies::make_contained(**definition, slot.parameters);
  if (!strategy) return std::move(strategy).error();
  return RerunSlot(**definition, std::move(strategy).value(), slot, boundary, cash);
}

std::optional<strategies::Signal> RerunSlot::decide(const market::Candle& candle) {
  if (!warm_.strategy) return std::nullopt;
  warm_.last_candle = candle.open_time;
  const auto index = static_cast<std::size_t>(warm_.candles++);
  if (gives_orders()) {
    auto shown = show_past(*definition_, *warm_.strategy, candle, index, cash_);
    if (!shown) fail(shown.error().message);
    return std::nullopt;
  }
  strategies::Context context;
  auto signal = strategies::decide_contained(*definition_, *warm_.strategy, candle, index, context);
  if (signal) return *signal;
  fail(signal.error().message);
  return std::nullopt;
}

void RerunSlot::fail(const std::string& why) {
  warm_.strategy.reset();
  warm_.error = why;
}

WarmStrategy RerunSlot::take_strategy() {
  return std::exchange(warm_, {});
}

void RerunSlot::warm_up(market::CandleView minutes, time::Timestamp up_to) {
  for (std::size_t i = 0; i < minutes.size(); ++i) {
    if (const auto closed = builder_.add(minutes[i])) decide(closed->candle);
  }
  if (const auto closed = builder_.close_minute(up_to)) decide(closed->candle);
}

void RerunSlot::add(const market::Candle& minute) {
  closed_ = builder_.add(minute);
}

std::optional<strategies::Signal> RerunSlot::close(time::Timestamp minute) {
  std::optional<strategies::Signal> signal;
  if (const auto closed = std::exchange(closed_, std::nullopt)) signal = decide(closed->candle);
  if (const auto closed = builder_.close_minute(minute)) signal = decide(closed->candle);
  return signal;
}

std::optional<market::Candle> RerunSlot::close_candle(time::Timestamp minute) {
  std::optional<market::Candle> candle;
  if (const auto closed = std::exchange(closed_, std::nullopt)) candle = closed->candle;
  if (const auto closed = builder_.close_minute(minute)) candle = closed->candle;
  return candle;
}

std::optional<time::Timestamp> RerunSlot::closes_with() const {
  const auto open = builder_.open_since();
  if (!open) return std::nullopt;
  return *open + builder_.timeframe().length() - market::Timeframe::minute().length();
}

}  // namespace hts::paper
