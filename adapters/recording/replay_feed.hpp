#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "engine/ports/market_feed.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::recording {

struct ReplayOptions {
  std::string path;  ///< messages of Binance or Upbit, one a line; also packed with gzip
  double speed = 1;  ///< of the recording's own time; 0: as fast as it is taken
  std::size_t messages_a_batch = 64;
  std::chrono::milliseconds refused_batch{1};  ///< until a batch that was refused is offered again
};

/// When a message is due.
class ReplayPace {
 public:
  /// `begin` of a clock that does not go back.
  ReplayPace(std::chrono::nanoseconds begin, time::Timestamp first, double speed) noexcept
      : begin_(begin), first_(first), speed_(speed) {}
  [[nodiscard]] std::chrono::nanoseconds due(time::Timestamp received) const noexcept;

 private:
  std::chrono::nanoseconds begin_;
  time::Timestamp first_;
  double speed_;
};

/// A recording as a feed, on a thread of its own, from its beginning at each subscription.
///
/// 1. Equal files bring equal trades in an equal order at any speed.
/// 2. `received` is the recording's time (its own column, else what the message says) and never
///    goes back.
/// 3. At the end the feed is `stopped`, with the reason; what was refused is offered until then.
[[nodiscard]] std::unique_ptr<ports::MarketFeed> make_replay_feed(ReplayOptions options);

}  // namespace hts::recording
