#include "adapters/simulation/table_alert_outbox.hpp"

#include <algorithm>

namespace hts::simulation {

using ports::Alert;
using ports::AlertDelivery;
using result::Result;
using result::Status;

TableAlertOutbox::Kept* TableAlertOutbox::find(const std::string& id) {
  const auto found =
      std::ranges::find_if(alerts_, [&](const Kept& kept) { return kept.alert.id == id; });
  return found == alerts_.end() ? nullptr : &*found;
}

bool TableAlertOutbox::is_waiting(const Kept& kept) const {
  return !kept.is_routed || std::ranges::any_of(lines_, [&](const auto& entry) {
    return !entry.second.is_over && entry.second.delivery.alert.id == kept.alert.id;
  });
}

void TableAlertOutbox::add_line(const Alert& alert, const std::string& channel,
                                time::Timestamp not_before) {
  const bool is_known = std::ranges::any_of(lines_, [&](const auto& entry) {
    return entry.second.delivery.alert.id == alert.id && entry.second.delivery.channel == channel;
  });
  if (is_known) return;
  Line line;
  line.delivery.number = ++last_number_;
  line.delivery.channel = channel;
  line.delivery.alert = alert;
  line.delivery.not_before = not_before;
  lines_.emplace(last_number_, std::move(line));
}

Status TableAlertOutbox::add(const std::vector<Alert>& alerts) {
  for (const Alert& alert : alerts) {
    if (find(alert.id) == nullptr) alerts_.push_back({alert});
  }
  return result::success();
}

Result<std::vector<Alert>> TableAlertOutbox::unrouted(std::uint64_t limit) {
  std::vector<Alert> found;
  for (const Kept& kept : alerts_) {
    if (!kept.is_routed && found.size() < limit) found.push_back(kept.alert);
  }
  return found;
}

Status TableAlertOutbox::route(const std::vector<Route>& routes) {
  for (const Route& route : routes) {
    Kept* kept = find(route.alert_id);
    if (kept == nullptr || kept->is_routed) continue;
    kept->is_routed = true;
    for (const std::string& channel : route.channels) {
      add_line(kept->alert, channel, route.not_before);
    }
  }
  return result::success();
}

Result<std::vector<AlertDelivery>> TableAlertOutbox::due(const std::string& channel,
                                                         time::Timestamp now, std::uint64_t limit) {
  std::vector<AlertDelivery> found;
  for (const auto& [number, line] : lines_) {
    const bool is_due =
        !line.is_over && line.delivery.channel == channel && line.delivery.not_before <= now;
    if (is_due && found.size() < limit) found.push_back(line.delivery);
  }
  return found;
}

Status TableAlertOutbox::settle(const std::vector<Outcome>& outcomes) {
  for (const Outcome& outcome : outcomes) {
    const auto found = lines_.find(outcome.number);
    if (found == lines_.end() || found->second.is_over) continue;
    Line& line = found->second;
    line.delivery.attempts += outcome.is_attempt ? 1 : 0;
    line.delivery.not_before = outcome.not_before;
    line.delivery.error = outcome.error;
    line.is_over = outcome.is_over;
    if (outcome.hand_to.empty()) continue;
    add_line(line.delivery.alert, outcome.hand_to, outcome.not_before);
  }
  return result::success();
}

Result<ports::AlertOutbox::Counts> TableAlertOutbox::counts() {
  Counts counts;
  for (const Kept& kept : alerts_) {
    if (!is_waiting(kept)) continue;
    ++counts.waiting;
    counts.oldest = std::min(counts.oldest.value_or(kept.alert.created_at), kept.alert.created_at);
  }
  return counts;
}

Result<std::vector<AlertDelivery>> TableAlertOutbox::waiting(std::uint64_t limit) {
  std::vector<AlertDelivery> found;
  for (const auto& [number, line] : lines_) {
    if (!line.is_over && found.size() < limit) found.push_back(line.delivery);
  }
  return found;
}

Result<std::uint64_t> TableAlertOutbox::clean_up(time::Timestamp created_before,
                                                 std::uint64_t most) {
  std::uint64_t removed = 0;
  std::erase_if(alerts_, [&](const Kept& kept) {
    if (removed >= most || kept.alert.created_at >= created_before || is_waiting(kept)) {
      return false;
    }
    ++removed;
    std::erase_if(
        lines_, [&](const auto& entry) { return entry.second.delivery.alert.id == kept.alert.id; });
    return true;
  });
  return removed;
}

}  // namespace hts::simulation
