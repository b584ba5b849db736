#include "engine/backtest/validation/window_length.hpp"

#include <charconv>
#include <cmath>
#include <string>
#include <system_error>

#include "engine/backtest/portfolio/timeline.hpp"

namespace hts::backtest {

result::Result<WindowLength> WindowLength::parse(std::string_view text, std::string_view field) {
  const bool is_percent = text.ends_with('%');
  const std::string_view digits = text.substr(0, text.size() - (is_percent ? 1 : 0));
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool is_number = error == std::errc{} && end == digits.data() + digits.size();
  const double share = is_percent ? value / 100 : value;
  WindowLength length;
  if (is_number && (is_percent || value < 1) && share > 0 && share < 1) {
    length.value_ = share;
    length.is_share_ = true;
    return length;
  }
  if (is_number && !is_percent && value >= 1 && value <= 1e15 && value == std::floor(value)) {
    length.value_ = value;
    return length;
  }
  return result::make_error(
      result::ErrorCode::invalid,
      std::string{field} + " is '" + std::string{text.substr(0, 40)} +
          "': give a number of bars (500) or a share of the data (0.4 or 40%).",
      std::string{field});
}

std::size_t WindowLength::bars(std::size_t all) const noexcept {
  return static_cast<std::size_t>(is_share_ ? value_ * static_cast<double>(all) : value_);
}

std::size_t count_bars(std::span<const market::CandleView> candles) {
  return Timeline(candles, nullptr).size();
}

}  // namespace hts::backtest
