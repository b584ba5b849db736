#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/any_indicator.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

namespace hts::indicators {

enum class Group { trend, momentum, volatility, volume, price };

/// "trend", "momentum", ...
[[nodiscard]] std::string_view group_name(Group group) noexcept;

/// An indicator as the registry knows it: what listings and validation show, how to make one that
/// takes candle by candle, and how to run the same class over columns. Immutable.
struct IndicatorDefinition {
  std::string name;   ///< "rsi"
  std::string title;  ///< for people
  std::string help;   ///< one sentence
  Group group = Group::trend;
  std::vector<std::string> outputs;                 ///< a single one is "value"
  std::vector<parameters::ParameterSchema> schema;  ///< in display order
  /// What the schema cannot say (fast below slow). Error: code invalid, field `params.NAME`.
  result::Status (*check)(const parameters::Parameters&) = nullptr;
  /// A new instance. Requires parameters that passed `resolve`.
  AnyIndicator (*make)(const parameters::Parameters&) = nullptr;
  /// Writes one value a candle to each output column. Requires columns of the candles' length, as
  /// many as outputs, and parameters that passed `resolve`.
  void (*fill)(const parameters::Parameters&, market::CandleView,
               std::span<std::span<double>> columns) = nullptr;
};

/// All built-in indicators, group by group; they live as long as the program. Any thread.
[[nodiscard]] const std::vector<IndicatorDefinition>& builtin_indicators();

/// Error: code invalid, field `indicator`, naming the nearest known one.
[[nodiscard]] result::Result<const IndicatorDefinition*> find_indicator(std::string_view name);

/// A full, valid set of parameters. Errors: those of parameters::resolve and of `check`.
[[nodiscard]] result::Result<parameters::Parameters> resolve(
    const IndicatorDefinition& definition, const std::vector<parameters::NamedValue>& given);

/// For each output, how many candles pass before its first value. O(warm-up). Requires parameters
/// that passed `resolve`.
[[nodiscard]] std::vector<std::size_t> warm_up(const IndicatorDefinition& definition,
                                               const parameters::Parameters& parameters);

/// One column for each output, one value a candle, `no_value` while warming up: bit for bit what
/// `make` answers candle by candle. O(candles). Requires parameters that passed `resolve`.
[[nodiscard]] std::vector<std::vector<double>> compute(const IndicatorDefinition& definition,
                                                       const parameters::Parameters& parameters,
                                                       market::CandleView candles);

}  // namespace hts::indicators
