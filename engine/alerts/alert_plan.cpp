#include "engine/alerts/alert_plan.hpp"

#include <utility>

namespace hts::alerts {

time::Timestamp AlertPlan::first_time(const ports::Alert& alert,
                                      time::Timestamp now) const noexcept {
  return is_critical(alert) ? now : quiet_hours.end_of(now + rules.batch);
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
