#pragma once

#include <chrono>

namespace hts::feed {

struct ReconnectLimits {
  std::chrono::milliseconds first{1'000};  ///< about so long after the first loss
  std::chrono::milliseconds longest{60'000};
  std::chrono::milliseconds stable{60'000};  ///< a connection that held so long was a good one
};

/// How long to wait before a server is asked for a connection again.
///
/// 1. The pause doubles with each failure, up to the longest, and is drawn from its upper half, so
///    that many clients of a server that came back do not come all at once.
/// 2. Only a connection that held for `stable` makes the next pause short again: a server that
///    takes connections and drops them is not stormed.
/// 3. So over any long time there are at most two attempts a `first` once, and then one in half of
///    `longest`.
///
/// Pure: time and chance are given. Moments are of any clock that does not go back. One thread.
class ReconnectPolicy {
 public:
  using Moment = std::chrono::nanoseconds;

  explicit ReconnectPolicy(ReconnectLimits limits = {}) : limits_(limits) {}

  /// Connected and subscribed.
  void went_live(Moment now) noexcept {
    live_since_ = now;
    is_live_ = true;
  }
  /// The connection, or an attempt to get one, failed. `chance` is in [0, 1). A server may ask for
  /// a longer pause; more than the longest twice is not believed.
  [[nodiscard]] std::chrono::milliseconds lost(Moment now, double chance,
                                               std::chrono::milliseconds at_least = {}) noexcept;
  /// Failures since the last good connection.
  [[nodiscard]] int failures() const noexcept { return failures_; }

 private:
  ReconnectLimits limits_;
  Moment live_since_{};
  bool is_live_ = false;
  int failures_ = 0;
};

}  // namespace hts::feed
