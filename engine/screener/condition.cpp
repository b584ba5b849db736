#include "engine/screener/condition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace hts::screener {

using result::ErrorCode;
using result::make_error;
using result::Result;

namespace {

constexpr std::array figure_names = {
    std::pair{Figure::change_rate, std::string_view{"change_rate"}},
    std::pair{Figure::volume, std::string_view{"volume"}},
    std::pair{Figure::trade_amount, std::string_view{"trade_amount"}},
    std::pair{Figure::ma_divergence, std::string_view{"ma_divergence"}},
    std::pair{Figure::ma_alignment, std::string_view{"ma_alignment"}}};
constexpr std::array comparison_names = {std::pair{std::string_view{">"}, Comparison::above},
                                         std::pair{std::string_view{"<"}, Comparison::below},
                                         std::pair{std::string_view{">="}, Comparison::at_least},
                                         std::pair{std::string_view{"<="}, Comparison::at_most},
                                         std::pair{std::string_view{"=="}, Comparison::equal}};

using Days = std::span<const market::Candle>;

std::optional<double> average(Days days, std::uint32_t length) {
  if (length == 0 || days.size() < length) return std::nullopt;
  double sum = 0;
  for (const market::Candle& day : days.last(length)) sum += day.close;
  return sum / length;
}

std::optional<double> percent_over(double value, double base) {
  if (base <= 0) return std::nullopt;
  return (value - base) / base * 100;
}

template <class Each>
std::optional<double> sum_of(Days days, std::uint32_t length, Each each) {
  if (days.size() < length) return std::nullopt;
  double sum = 0;
  for (const market::Candle& day : days.last(length)) sum += each(day);
  return sum;
}

std::optional<double> alignment(Days days, const std::vector<std::uint32_t>& averages) {
  bool falls = true;
  bool rises = true;
  std::optional<double> shorter;
  for (const std::uint32_t length : averages) {
    const auto mean = average(days, length);
    if (!mean) return std::nullopt;
    if (shorter) {
      falls = falls && *shorter > *mean;
      rises = rises && *shorter < *mean;
    }
    shorter = mean;
  }
  if (averages.size() < 2) return std::nullopt;
  return falls ? 1 : (rises ? -1 : 0);
}

}  // namespace

std::optional<double> figure_of(const Condition& condition, Days days) {
  if (days.empty()) return std::nullopt;
  const double price = days.back().close;
  switch (condition.figure) {
    case Figure::change_rate:
      if (days.size() <= condition.days) return std::nullopt;
      return percent_over(price, days[days.size() - 1 - condition.days].close);
    case Figure::volume:
      return sum_of(days, condition.days, [](const market::Candle& day) { return day.volume; });
    case Figure::trade_amount:
      return sum_of(days, condition.days, [](const market::Candle& day) {
        return day.volume * (day.high + day.low + day.close) / 3;
      });
    case Figure::ma_divergence: {
      if (condition.averages.empty()) return std::nullopt;
      const auto mean = average(days, condition.averages.front());
      return mean ? percent_over(price, *mean) : std::nullopt;
    }
    case Figure::ma_alignment:
      return alignment(days, condition.averages);
  }
  return std::nullopt;
}

bool holds(const Condition& condition, double figure) noexcept {
  switch (condition.comparison) {
    case Comparison::above:
      return figure > condition.value;
    case Comparison::below:
      return figure < condition.value;
    case Comparison::at_least:
      return figure >= condition.value;
    case Comparison::at_most:
      return figure <= condition.value;
    case Comparison::equal:
      return std::abs(figure - condition.value) <=
             1e-9 * std::max(std::abs(figure), std::abs(condition.value));
  }
  return false;
}

Result<Figure> parse_figure(std::string_view text) {
  for (const auto& [figure, name] : figure_names) {
    if (name == text) return figure;
  }
  return make_error(ErrorCode::invalid,
                    "type must be one of change_rate, volume, trade_amount, ma_divergence and "
                    "ma_alignment.",
                    "type");
}

Result<Comparison> parse_comparison(std::string_view text) {
  for (const auto& [name, comparison] : comparison_names) {
    if (name == text) return comparison;
  }
  return make_error(ErrorCode::invalid, "operator must be one of >, <, >=, <= and ==.", "operator");
}

Result<std::uint32_t> parse_period(std::string_view text) {
  if (text == "1D" || text == "1d") return 1U;
  if (text == "1W" || text == "1w") return 7U;
  if (text == "1M" || text == "1m") return 30U;
  return make_error(ErrorCode::invalid, "period must be 1D, 1W or 1M.", "period");
}

std::string_view name_of(Figure figure) noexcept {
  for (const auto& [each, name] : figure_names) {
    if (each == figure) return name;
  }
  return "unknown";
}

}  // namespace hts::screener
