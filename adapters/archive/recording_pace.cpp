#include "adapters/archive/recording_pace.hpp"

#include <utility>

namespace hts::archive {

bool RecordingPace::rests(std::size_t waiting, TimePoint now) {
  const std::uint64_t submitted = submitted_.load(std::memory_order_relaxed);
  const std::uint64_t more = submitted - std::exchange(seen_, submitted);
  if (more < many_submissions || waiting == 0) {
    resting_since_.reset();
    return false;
  }
  if (is_catching_up_ && waiting >= batch_) return false;
  if (!resting_since_) resting_since_ = now;
  is_catching_up_ = waiting >= most_resting || now - *resting_since_ >= longest_rest;
  if (is_catching_up_) resting_since_.reset();
  return !is_catching_up_;
}

}  // namespace hts::archive
