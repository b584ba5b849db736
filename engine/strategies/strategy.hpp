#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// One class is the whole of a strategy.
///
/// 1. `on_candle` is called once for each closed candle, oldest first. Candles are sound
///    (market::find_defect finds nothing); other numbers must not crash it.
/// 2. It sees nothing but its parameters, its own state and the candle: no clock, no randomness.
///    Equal parameters and equal candles give equal signals, in a backtest loop (where `on_candle`
///    is inlined), live and in a sweep.
/// 3. `snapshot` is its state as numbers; a new instance with the same parameters after `restore`
///    of them gives the same signals from there on. `state_version` changes when the meaning of
///    those numbers does. `restore` refuses numbers that no snapshot could hold, and is then
///    unchanged.
/// 4. A parameter `hold_period_bars` (integer) is the horizon of the signal study; without one it
///    is one bar.
template <class T>
concept Strategy = std::constructible_from<T, const Parameters&> &&
                   requires(T strategy, const T& constant, const market::Candle& candle,
                            Context& context, std::span<const double> state) {
                     { T::name } -> std::convertible_to<std::string_view>;   // "volume_long_candle"
                     { T::title } -> std::convertible_to<std::string_view>;  // for people
                     { T::help } -> std::convertible_to<std::string_view>;   // one sentence
                     { T::state_version } -> std::convertible_to<int>;
                     { T::schema() } -> std::same_as<std::vector<ParameterSchema>>;
                     { strategy.on_candle(candle, context) } -> std::same_as<void>;
                     { constant.snapshot() } -> std::same_as<std::vector<double>>;
                     { strategy.restore(state) } -> std::same_as<result::Status>;
                   };

}  // namespace hts::strategies
