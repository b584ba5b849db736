#pragma once

#include <chrono>
#include <cstdint>

namespace hts::feed {

/// How much silence a connection is allowed.
struct StreamPatience {
  std::chrono::nanoseconds keepalive = std::chrono::seconds{20};  ///< then it is asked to answer
  std::chrono::nanoseconds stalled = std::chrono::seconds{30};    ///< not a byte: it has stalled
  std::chrono::nanoseconds lost = std::chrono::seconds{45};       ///< not a byte: it is gone
  /// Answers come, and no market data: the subscription may have been forgotten. Zero: never.
  std::chrono::nanoseconds without_data = std::chrono::minutes{5};
  /// Then another connection takes over, before the exchange cuts this one (Binance: 24 hours).
  std::chrono::nanoseconds longest_life = std::chrono::minutes{23 * 60 + 30};
};

/// Says what a connection needs, from what was heard of it. Pure: moments are given, of any clock
/// that does not go back. One thread.
class StreamWatch {
 public:
  using Moment = std::chrono::nanoseconds;
  enum class Step : std::uint8_t {
    nothing,
    send_keepalive,
    report_stall,  ///< once, until something is heard again
    give_up,
    replace,  ///< once
  };

  StreamWatch(StreamPatience patience, Moment now) noexcept
      : patience_(patience), opened_(now), heard_(now), heard_data_(now), asked_(now) {}

  /// Any byte.
  void heard(Moment now) noexcept {
    heard_ = now;
    is_stalled_ = false;
  }
  void heard_data(Moment now) noexcept { heard_data_ = now; }
  /// Nobody could have heard anything: we did not read.
  void excuse(Moment now) noexcept {
    heard(now);
    heard_data(now);
  }
  [[nodiscard]] bool is_stalled() const noexcept { return is_stalled_; }
  [[nodiscard]] Step tick(Moment now) noexcept;
  /// Often enough to ask.
  [[nodiscard]] std::chrono::nanoseconds interval() const noexcept {
    return patience_.keepalive / 4;
  }

 private:
  StreamPatience patience_;
  Moment opened_;
  Moment heard_;
  Moment heard_data_;
  Moment asked_;
  bool is_stalled_ = false;
  bool is_replaced_ = false;
};

}  // namespace hts::feed
