#include "engine/market/candle.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace hts::market {
namespace {

std::string shortest(double value) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

}  // namespace

std::optional<std::string> find_defect(const Candle& candle) {
  // One branch for the common case: comparisons with NaN are false, so this accepts only finite,
  // ordered prices.
  const bool sound = candle.low > 0 && candle.high <= 1e300 && candle.low <= candle.open &&
                     candle.low <= candle.close && candle.open <= candle.high &&
                     candle.close <= candle.high && candle.volume >= 0 && candle.volume <= 1e300;
  if (sound) return std::nullopt;

  const std::array<std::pair<const char*, double>, 4> prices = {
      {{"open", candle.open}, {"high", candle.high}, {"low", candle.low}, {"close", candle.close}}};
  for (const auto& [name, price] : prices) {
    if (!std::isfinite(price)) return std::string{name} + " is not a finite number";
    if (price <= 0) return std::string{name} + " " + shortest(price) + " is not above 0";
    if (price > 1e300) return std::string{name} + " " + shortest(price) + " is too large";
  }
  if (!std::isfinite(candle.volume)) return "volume is not a finite number";
  if (candle.volume < 0) return "volume " + shortest(candle.volume) + " is negative";
  if (candle.volume > 1e300) return "volume " + shortest(candle.volume) + " is too large";
  if (candle.high < candle.low) {
    return "high " + shortest(candle.high) + " is below low " + shortest(candle.low);
  }
  for (const auto& [name, price] : {prices[0], prices[3]}) {
    if (price > candle.high) {
      return std::string{name} + " " + shortest(price) + " is above high " + shortest(candle.high);
    }
    if (price < candle.low) {
      return std::string{name} + " " + shortest(price) + " is below low " + shortest(candle.low);
    }
  }
  return "it is not a sound candle";
}

}  // namespace hts::market
