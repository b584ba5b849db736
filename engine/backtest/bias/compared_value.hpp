#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "engine/parameters/parameters.hpp"

namespace hts::backtest {

/// The same bits, or no number both.
[[nodiscard]] inline bool is_same_value(double a, double b) noexcept {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

/// Shortest text that reads back as the same; NaN is what an indicator has while it warms up.
[[nodiscard]] inline std::string value_text(double value) {
  return std::isnan(value) ? "no value" : parameters::to_text(value);
}

}  // namespace hts::backtest
