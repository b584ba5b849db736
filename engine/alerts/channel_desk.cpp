#include "engine/alerts/channel_desk.hpp"

#include <algorithm>
#include <utility>

#include "engine/alerts/alert_digest.hpp"

namespace hts::alerts {
namespace {

using ports::AlertDelivery;
using Outcome = ports::AlertOutbox::Outcome;

constexpr std::size_t most_told = 10'000;

time::Duration interval_of(const AlertRules& rules) {
  return std::chrono::duration_cast<time::Duration>(std::chrono::minutes{1}) /
         std::max<std::uint32_t>(rules.messages_per_minute, 1);
}

void note_earlier(std::optional<time::Timestamp>& at, time::Timestamp other) {
  at = std::min(at.value_or(other), other);
}

}  // namespace

ChannelDesk::ChannelDesk(std::string channel, std::shared_ptr<const AlertPlan> plan)
    : plan_(std::move(plan)),
      bucket_(std::max<std::uint32_t>(plan_->rules.burst, 1), interval_of(plan_->rules)) {
  figures_.channel = std::move(channel);
}

bool ChannelDesk::hands_on() const noexcept {
  return is_hopeless_ || failures_in_row_ >= plan_->rules.failures_to_hand_on;
}

std::optional<Outcome> ChannelDesk::hand_on(time::Timestamp now, const AlertDelivery& delivery,
                                            const std::string& error) {
  const auto next = plan_->routes.after(delivery.alert, figures_.channel);
  if (next.empty()) return std::nullopt;
  ++figures_.handed_on;
  Outcome outcome{.number = delivery.number, .is_over = true, .error = error, .not_before = now};
  outcome.hand_to = std::string{next};
  return outcome;
}

time::Timestamp ChannelDesk::earliest(time::Timestamp now, const ports::Alert& alert) const {
  time::Timestamp at = now;
  if (const auto told = told_.find(key_of(alert)); told != told_.end()) {
    // A clock that was set back must not hold an alert for longer than the rule says.
    const auto since = std::min(told->second, now);
    at = std::max(at, since + plan_->rules.repeat);
  }
  return is_critical(alert) ? at : plan_->quiet_hours.end_of(at);
}

ChannelDesk::Round ChannelDesk::plan(time::Timestamp now, std::vector<AlertDelivery> waiting) {
  Round round;
  // A clock that was set back must not make the rest longer.
  rests_until_ = std::min(rests_until_, now + plan_->retry.longest);
  const bool rests = now < rests_until_;
  std::vector<AlertDelivery> ready;
  bool is_any_due = false;
  for (AlertDelivery& delivery : waiting) {
    const bool is_due = delivery.not_before <= now;
    if (is_due && rests && hands_on()) {
      if (auto outcome = hand_on(now, delivery, figures_.error)) {
        outcome->is_attempt = false;
        round.settled.push_back(std::move(*outcome));
        continue;
      }
    }
    if (!is_due && (delivery.attempts > 0 || rests)) {
      note_earlier(round.look_again, delivery.not_before);
      continue;
    }
    const auto at = earliest(now, delivery.alert);
    if (at > now) {
      if (is_due) {
        round.settled.push_back({.number = delivery.number,
                                 .is_attempt = false,
                                 .error = delivery.error,
                                 .not_before = at});
      }
      note_earlier(round.look_again, std::max(at, delivery.not_before));
      continue;
    }
    if (!is_due) note_earlier(round.look_again, delivery.not_before);
    is_any_due = is_any_due || is_due;
    if (ready.size() < most_in_message) ready.push_back(std::move(delivery));
  }
  if (!is_any_due) return round;
  const auto may_go = std::max(rests_until_, bucket_.ready_at(now));
  if (may_go > now) {
    note_earlier(round.look_again, may_go);
    return round;
  }
  bucket_.take(now);
  round.send = std::move(ready);
  return round;
}

std::vector<Outcome> ChannelDesk::attempted(time::Timestamp now,
                                            const std::vector<AlertDelivery>& sent,
                                            const result::Status& outcome, std::uint64_t draw) {
  std::vector<Outcome> outcomes;
  ++figures_.messages;
  if (outcome) {
    failures_in_row_ = 0;
    is_hopeless_ = false;
    told_of_failure_ = false;
    rests_until_ = {};
    figures_.is_failing = false;
    figures_.delivered += sent.size();
    forget_told(now);
    for (const AlertDelivery& delivery : sent) {
      told_.insert_or_assign(key_of(delivery.alert), now);
      outcomes.push_back({.number = delivery.number, .is_over = true});
    }
    return outcomes;
  }
  ++failures_in_row_;
  ++figures_.failures;
  is_hopeless_ = !jobs::may_retry(outcome.error().code);
  figures_.is_failing = true;
  figures_.error = outcome.error().message;
  rests_until_ =
      now + (is_hopeless_ ? plan_->retry.longest : plan_->retry.wait(failures_in_row_, draw));
  for (const AlertDelivery& delivery : sent) {
    if (hands_on()) {
      if (auto handed = hand_on(now, delivery, figures_.error)) {
        outcomes.push_back(std::move(*handed));
        continue;
      }
    }
    const bool gives_up = now - delivery.alert.created_at >= plan_->rules.give_up;
    if (gives_up) ++figures_.given_up;
    outcomes.push_back({.number = delivery.number,
                        .is_over = gives_up,
                        .error = figures_.error,
                        .not_before = rests_until_});
  }
  return outcomes;
}

bool ChannelDesk::has_news_of_failure() noexcept {
  if (!hands_on() || told_of_failure_) return false;
  told_of_failure_ = true;
  return true;
}

void ChannelDesk::forget_told(time::Timestamp now) {
  std::erase_if(told_, [&](const auto& entry) {
    return entry.second + plan_->rules.repeat <= now || entry.second > now;
  });
  if (told_.size() >= most_told) told_.clear();
}

}  // namespace hts::alerts
