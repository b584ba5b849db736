#include "adapters/report/axis.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace hts::report {

std::string number_text(double value, double step) {
  if (!std::isfinite(value)) return "-";
  constexpr int most_decimals = 10;
  int decimals = 0;
  if (step > 0)
    decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step))), 0, most_decimals);
  if (std::fabs(value) >= 1e15) decimals = 0;
  char digits[400];
  const int length = std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
  std::string text(digits, static_cast<std::size_t>(length));
  if (text.find_first_not_of("-0.") == std::string::npos && text[0] == '-') text.erase(0, 1);
  const std::size_t first = text[0] == '-' ? 1 : 0;
  std::size_t at = std::min(text.find('.'), text.size());
  while (at > first + 3) {
    at -= 3;
    text.insert(at, ",");
  }
  return text;
}

std::vector<double> round_steps(double low, double high, int count) {
  std::vector<double> steps;
  if (!(high > low) || count < 1 || !std::isfinite(high - low)) return {low};
  const double rough = (high - low) / count;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  double step = power;
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    step = factor * power;
    if (step >= rough) break;
  }
  const double first = std::ceil(low / step);
  for (int i = 0; i <= 2 * count; ++i) {
    const double value = (first + i) * step;
    if (value > high) break;
    steps.push_back(value);
  }
  return steps;
}

}  // namespace hts::report
