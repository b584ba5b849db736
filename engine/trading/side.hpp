#pragma once

namespace hts::trading {

enum class Side { buy, sell };

[[nodiscard]] constexpr Side opposite(Side side) noexcept {
  return side == Side::buy ? Side::sell : Side::buy;
}
/// +1 for buy, -1 for sell.
[[nodiscard]] constexpr double sign_of(Side side) noexcept {
  return side == Side::buy ? 1 : -1;
}

}  // namespace hts::trading
