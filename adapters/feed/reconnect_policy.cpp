#include "adapters/feed/reconnect_policy.hpp"

#include <algorithm>
#include <cstdint>

namespace hts::feed {

std::chrono::milliseconds ReconnectPolicy::lost(Moment now, double chance,
                                                std::chrono::milliseconds at_least) noexcept {
  if (is_live_ && now - live_since_ >= limits_.stable) failures_ = 0;
  is_live_ = false;
  constexpr int most_doublings = 20;
  failures_ = std::min(failures_ + 1, most_doublings);
  const auto doubled =
      std::min(limits_.first * (std::int64_t{1} << (failures_ - 1)), limits_.longest);
  const auto half = doubled / 2;
  const auto drawn = half + std::chrono::milliseconds{static_cast<std::int64_t>(
                                chance * static_cast<double>((doubled - half).count()))};
  return std::max(drawn, std::min(at_least, 2 * limits_.longest));
}

}  // namespace hts::feed
