#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// Hand-made and random candles for strategy tests.
namespace hts::strategies::made {

[[nodiscard]] inline market::Candle candle(double open, double high, double low, double close,
                                           double volume) {
  return {time::Timestamp{}, open, high, low, close, volume};
}

[[nodiscard]] inline market::Candle flat(double price, double volume) {
  return candle(price, price, price, price, volume);
}

/// Parameters of a built-in strategy, or a failed test run: the schema is part of the test.
[[nodiscard]] inline Parameters parameters(std::string_view strategy,
                                           const std::vector<NamedValue>& given = {}) {
  const auto definition = find_strategy(strategy);
  return resolve((*definition)->schema, given).value();
}

template <Strategy S>
[[nodiscard]] std::vector<IndexedSignal> signals_of(S strategy,
                                                    const market::CandleSeries& candles) {
  std::vector<IndexedSignal> signals;
  scan_candles(strategy, candles.view(), 0, signals);
  return signals;
}

/// A reproducible source of numbers that are the same with every standard library.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : engine_(seed) {}
  /// 0 .. count-1
  [[nodiscard]] std::size_t below(std::size_t count) { return engine_() % count; }
  /// [0, 1)
  [[nodiscard]] double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace hts::strategies::made
