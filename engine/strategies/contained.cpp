#include "engine/strategies/contained.hpp"

#include <cmath>
#include <string>
#include <utility>

#include "engine/strategies/strategy_failure.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::strategies {
namespace {

result::Error failure_of(const StrategyDefinition& definition, const std::string& place,
                         const std::string& reason) {
  const bool builtin = definition.origin.empty();
  return result::make_error(
      builtin ? result::ErrorCode::internal : result::ErrorCode::invalid,
      "The strategy " + definition.name + (builtin ? "" : " (" + definition.origin + ")") +
          " failed" + place + ": " + reason + "; " +
          (builtin ? "please report it with the parameters." : "correct it, then run it again."),
      "strategy");
}

std::string place_of(std::size_t index, time::Timestamp opened) {
  return " at candle " + std::to_string(index) + " (" + time::format_iso8601(opened) + ")";
}

/// A strategy that has given up because it was told to has not failed.
result::Error failure_or_cancel(const AnyStrategy& strategy, const StrategyDefinition& definition,
                                const std::string& place, const std::string& reason) {
  if (!strategy.cancelled()) return failure_of(definition, place, reason);
  return result::make_error(
      result::ErrorCode::cancelled,
      "The backtest was cancelled before its end; start it again for a result.");
}

/// What is wrong with a signal, or nothing.
const char* defect_of(const Signal& signal) {
  if (!(signal.confidence >= 0 && signal.confidence <= 1)) {
    return "it gave a confidence that is not a number from 0 to 1";
  }
  const auto sound = [](double fraction) { return std::isfinite(fraction) && fraction >= 0; };
  const auto& guard = signal.protection;
  if (!sound(guard.stop_loss) || !sound(guard.take_profit) || !sound(guard.trailing_stop)) {
    return "it gave a protection that is not a fraction of 0 or above";
  }
  return nullptr;
}

}  // namespace

result::Result<AnyStrategy> make_contained(const StrategyDefinition& definition,
                                           const Parameters& parameters) {
  try {
    return definition.make(parameters);
  } catch (...) {
    return failure_of(definition, " to start", reason_of_exception());
  }
}

result::Status scan_contained(const StrategyDefinition& definition, AnyStrategy& strategy,
                              market::CandleView block, std::size_t first_index,
                              std::vector<IndexedSignal>& signals) {
  const auto place = [&](std::size_t index) {
    return place_of(index, block.open_time[index - first_index]);
  };
  const std::size_t known = signals.size();
  try {
    strategy.scan(block, first_index, signals);
  } catch (const StrategyFailure& failure) {
    std::size_t index = failure.candle().value_or(first_index);
    if (index < first_index || index >= first_index + block.size()) index = first_index;
    return failure_or_cancel(strategy, definition, place(index), failure.reason());
  } catch (...) {
    return failure_of(definition, place(first_index), reason_of_exception());
  }
  for (std::size_t i = known; i < signals.size(); ++i) {
    const char* defect = defect_of(signals[i].signal);
    if (defect != nullptr) return failure_of(definition, place(signals[i].index), defect);
  }
  return result::success();
}

result::Status scan_contained(const StrategyDefinition& definition, AnyStrategy& strategy,
                              market::CandleView candles, std::size_t begin, std::size_t count,
                              std::vector<IndexedSignal>& signals) {
  return scan_contained(definition, strategy, candles.slice(begin, count), begin, signals);
}

result::Result<std::optional<Signal>> decide_contained(const StrategyDefinition& definition,
                                                       AnyStrategy& strategy,
                                                       const market::Candle& candle,
                                                       std::size_t index, Context& context) {
  try {
    strategy.on_candle(candle, context);
  } catch (...) {
    return failure_or_cancel(strategy, definition, place_of(index, candle.open_time),
                             reason_of_exception());
  }
  auto signal = context.take();
  if (signal) {
    if (const char* defect = defect_of(*signal)) {
      return failure_of(definition, place_of(index, candle.open_time), defect);
    }
  }
  return signal;
}

}  // namespace hts::strategies
