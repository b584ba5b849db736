#include "adapters/feed/stream_watch.hpp"

#include <algorithm>

namespace hts::feed {

StreamWatch::Step StreamWatch::tick(Moment now) noexcept {
  const auto silence = now - heard_;
  if (silence >= patience_.lost) return Step::give_up;
  if (patience_.without_data.count() > 0 && now - heard_data_ >= patience_.without_data) {
    return Step::give_up;
  }
  if (silence >= patience_.stalled && !is_stalled_) {
    is_stalled_ = true;
    return Step::report_stall;
  }
  if (now - opened_ >= patience_.longest_life && !is_replaced_) {
    is_replaced_ = true;
    return Step::replace;
  }
  if (now - std::max(heard_, asked_) >= patience_.keepalive) {
    asked_ = now;
    return Step::send_keepalive;
  }
  return Step::nothing;
}

}  // namespace hts::feed
