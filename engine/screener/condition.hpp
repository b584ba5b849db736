#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"

/// Conditions that pick markets by their days.
namespace hts::screener {

enum class Figure : std::uint8_t {
  change_rate,    ///< of the price since the close `days` ago, percent
  volume,         ///< of the last `days`, base currency
  trade_amount,   ///< of the last `days`, quote currency: volumes times (high + low + close) / 3
  ma_divergence,  ///< of the price from its average of the first of `averages` days, percent
  ma_alignment,   ///< 1: averages descend from the shortest to the longest; -1: ascend; else 0
};
enum class Comparison : std::uint8_t { above, below, at_least, at_most, equal };

struct Condition {
  Figure figure = Figure::change_rate;
  Comparison comparison = Comparison::above;
  double value = 0;
  std::uint32_t days = 1;                          ///< 1, 7 or 30
  std::vector<std::uint32_t> averages{5, 20, 60};  ///< days, ascending, 1 to longest_average
};

/// Of the newest day; nothing when there are too few days for it, or a price of 0 to divide by.
/// `days` ascend. O(days).
[[nodiscard]] std::optional<double> figure_of(const Condition& condition,
                                              std::span<const market::Candle> days);

/// Equal: to nine digits, as far as sums of doubles go.
[[nodiscard]] bool holds(const Condition& condition, double figure) noexcept;

/// "change_rate", ...; error: invalid, field `type`, with the list.
[[nodiscard]] result::Result<Figure> parse_figure(std::string_view text);
/// ">", "<", ">=", "<=", "=="; error: invalid, field `operator`.
[[nodiscard]] result::Result<Comparison> parse_comparison(std::string_view text);
/// "1D", "1W", "1M", any case, as days; error: invalid, field `period`.
[[nodiscard]] result::Result<std::uint32_t> parse_period(std::string_view text);
[[nodiscard]] std::string_view name_of(Figure figure) noexcept;

}  // namespace hts::screener
