#include "engine/backtest/bias/look_record.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/backtest/sweep/mixed_bits.hpp"

namespace hts::backtest {

void LookRecord::add(std::span<const double> values) {
  if (kept_candle_ == digests_.size()) kept_.assign(values.begin(), values.end());
  std::uint64_t digest = values.size();
  for (const double value : values) {
    const auto bits = std::isnan(value) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(value);
    digest = mixed_bits(digest ^ bits);
  }
  digests_.push_back(digest);
}

std::optional<std::size_t> LookRecord::first_difference(const LookRecord& a, const LookRecord& b) {
  const std::size_t both = std::min(a.digests_.size(), b.digests_.size());
  const auto end = a.digests_.begin() + static_cast<std::ptrdiff_t>(both);
  const auto found = std::mismatch(a.digests_.begin(), end, b.digests_.begin()).first;
  if (found == end) return std::nullopt;
  return static_cast<std::size_t>(found - a.digests_.begin());
}

}  // namespace hts::backtest
