#include "engine/alerts/alert_plan.hpp"

#include <algorithm>
#include <utility>

#include "engine/json/json_writer.hpp"

namespace hts::alerts {
namespace {

std::string failure_prefix(std::string_view channel) {
  return "channel_failed:" + std::string{channel} + ":";
}

}  // namespace

time::Timestamp AlertPlan::first_time(const ports::Alert& alert,
                                      time::Timestamp now) const noexcept {
  return is_critical(alert) ? now : quiet_hours.end_of(now + rules.batch);
}

std::vector<std::string> AlertPlan::first_channels(const ports::Alert& alert) const {
  std::vector<std::string> channels;
  for (const Way& way : routes.ways(alert)) {
    const auto first = std::ranges::find_if(way, [&](const std::string& channel) {
      return !alert.id.starts_with(failure_prefix(channel));
    });
    if (first != way.end() && std::ranges::find(channels, *first) == channels.end()) {
      channels.push_back(*first);
    }
  }
  return channels;
}

ports::Alert channel_failure(const std::string& channel, const std::string& error,
                             time::Timestamp now) {
  ports::Alert alert;
  alert.id = failure_prefix(channel) + std::to_string(now.time_since_epoch().count());
  alert.kind = "channel_failed";
  alert.severity = "critical";
  alert.subject = "Alerts cannot go out by " + channel;
  alert.text = "The channel " + channel + " fails: " + error +
               " Its alerts take the next channel of their route, and wait where there is none.";
  alert.details.clear();
  json::Writer details{alert.details};
  details.begin_object();
  details.member("channel", channel);
  details.end_object();
  alert.created_at = now;
  return alert;
}

result::Result<AlertPlan> make_alert_plan(AlertRules rules) {
  AlertPlan plan;
  auto routes = AlertRoutes::parse(rules.routes, rules.channels);
  if (!routes) return std::move(routes).error();
  auto subject = AlertTemplate::parse(rules.subject, "notify.subject");
  if (!subject) return std::move(subject).error();
  auto line = AlertTemplate::parse(rules.line, "notify.line");
  if (!line) return std::move(line).error();
  const auto zone = parse_zone(rules.time_zone);
  if (!zone) return zone.error();
  const auto quiet = QuietHours::parse(rules.quiet_hours, *zone);
  if (!quiet) return quiet.error();
  plan.routes = std::move(*routes);
  plan.subject = std::move(*subject);
  plan.line = std::move(*line);
  plan.zone = *zone;
  plan.quiet_hours = *quiet;
  plan.rules = std::move(rules);
  return plan;
}

}  // namespace hts::alerts
