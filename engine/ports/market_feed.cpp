#include "engine/ports/market_feed.hpp"

namespace hts::ports {

std::string_view word_of(FeedState state) noexcept {
  switch (state) {
    case FeedState::stopped:
      return "stopped";
    case FeedState::connecting:
      return "connecting";
    case FeedState::live:
      return "running";
    case FeedState::stalled:
      return "stalled";
    case FeedState::disconnected:
      return "disconnected";
  }
  return "unknown";
}

}  // namespace hts::ports
