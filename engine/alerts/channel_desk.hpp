#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/alerts/alert_plan.hpp"
#include "engine/alerts/token_bucket.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"

namespace hts::alerts {

/// What one channel did since the start of this process.
struct ChannelFigures {
  std::string channel;
  std::uint64_t delivered = 0;  ///< alerts, as are the next two
  std::uint64_t handed_on = 0;  ///< to the next channel of their way
  std::uint64_t given_up = 0;
  std::uint64_t messages = 0;
  std::uint64_t failures = 0;  ///< attempts
  bool is_failing = false;     ///< the newest attempt failed
  std::string error;           ///< why; stays for people to read
};

/// Decides for one channel what goes out when. Pure: time and chance come with the calls.
///
/// 1. An alert leaves the outbox only delivered, handed on, or given up after its time.
/// 2. What is the same (key_of) goes out once within `repeat`; what comes meanwhile waits and is
///    told with the next one. Quiet hours hold back all but critical alerts.
/// 3. After a failure the channel rests (exponential, with jitter; the longest rest at once when
///    trying again cannot help). After `failures_to_hand_on` in a row, or such a failure, its
///    alerts go to the next channel of their way, those that come while it rests as well.
///
/// One thread; one attempt at a time. O(n log n) a call with n deliveries; memory bounded.
class ChannelDesk {
 public:
  ChannelDesk(std::string channel, std::shared_ptr<const AlertPlan> plan);

  struct Round {
    std::vector<ports::AlertDelivery> send;            ///< one message; empty: nothing now
    std::vector<ports::AlertOutbox::Outcome> settled;  ///< put off, or handed on
    std::optional<time::Timestamp> look_again;         ///< when the rest may go
  };
  /// `waiting`: of the channel, what is due and what comes within the batching time; oldest first.
  [[nodiscard]] Round plan(time::Timestamp now, std::vector<ports::AlertDelivery> waiting);

  /// What becomes of those that an attempt was made with. `draw`: 64 random bits.
  [[nodiscard]] std::vector<ports::AlertOutbox::Outcome> attempted(
      time::Timestamp now, const std::vector<ports::AlertDelivery>& sent,
      const result::Status& outcome, std::uint64_t draw);

  /// It began to hand on its alerts, or would if there were another way; once until it works again.
  [[nodiscard]] bool has_news_of_failure() noexcept;

  [[nodiscard]] const ChannelFigures& figures() const noexcept { return figures_; }

 private:
  [[nodiscard]] bool hands_on() const noexcept;
  [[nodiscard]] std::optional<ports::AlertOutbox::Outcome> hand_on(
      time::Timestamp now, const ports::AlertDelivery& delivery, const std::string& error);
  /// When it may go at the earliest; now or before: at once.
  [[nodiscard]] time::Timestamp earliest(time::Timestamp now, const ports::Alert& alert) const;
  void forget_told(time::Timestamp now);

  const std::shared_ptr<const AlertPlan> plan_;
  TokenBucket bucket_;
  std::map<std::string, time::Timestamp> told_;  ///< when, by key
  time::Timestamp rests_until_{};
  std::uint32_t failures_in_row_ = 0;
  bool is_hopeless_ = false;  ///< the same attempt fails again
  bool told_of_failure_ = false;
  ChannelFigures figures_;
};

}  // namespace hts::alerts
