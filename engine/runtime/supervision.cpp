#include "engine/runtime/supervision.hpp"

#include <algorithm>

namespace hts::runtime::detail {

RestartPolicy::Decision RestartPolicy::on_failure(SteadyTime now, std::uint64_t random) {
  while (!failures_.empty() && now - failures_.front() > options_.window) failures_.pop_front();
  if (failures_.size() >= options_.max_restarts) return {.give_up = true};

  Duration pause = std::min(options_.initial_backoff, options_.max_backoff);
  for (std::size_t i = 0; i < failures_.size() && pause < options_.max_backoff; ++i) {
    pause = pause > options_.max_backoff / 2 ? options_.max_backoff : pause * 2;
  }
  failures_.push_back(now);

  const double unit = static_cast<double>(random >> 11) * 0x1.0p-53;
  const double extra = static_cast<double>(pause.count()) * options_.jitter_fraction * unit;
  return {.give_up = false, .backoff = pause + Duration{static_cast<Duration::rep>(extra)}};
}

}  // namespace hts::runtime::detail
