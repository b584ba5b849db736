#pragma once

#include <cstdint>

namespace hts::backtest {

/// The finisher of SplitMix64 (Steele, Lea, Flood 2014): a bijection in which every bit of the
/// input reaches every bit of the output. Choices that look random and are the same everywhere.
[[nodiscard]] constexpr std::uint64_t mixed_bits(std::uint64_t bits) noexcept {
  bits += 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

}  // namespace hts::backtest
