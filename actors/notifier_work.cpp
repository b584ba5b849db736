#include "actors/notifier_work.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/alerts/alert_digest.hpp"

namespace hts::actors {
namespace {

constexpr std::uint64_t most_routed = 256;
constexpr std::uint64_t most_removed = 10'000;

/// Whether there may be more.
result::Result<bool> route(ports::AlertOutbox& outbox, const alerts::AlertPlan& plan,
                           time::Timestamp now) {
  auto unrouted = outbox.unrouted(most_routed);
  if (!unrouted) return std::move(unrouted).error();
  std::vector<ports::AlertOutbox::Route> routes;
  for (const ports::Alert& alert : *unrouted) {
    routes.push_back({alert.id, plan.first_channels(alert), plan.first_time(alert, now)});
  }
  if (routes.empty()) return false;
  if (auto routed = outbox.route(routes); !routed) return std::move(routed).error();
  return routes.size() == most_routed;
}

}  // namespace

time::Duration horizon_of(const alerts::AlertPlan& plan) noexcept {
  return std::max<time::Duration>(plan.rules.batch, std::chrono::seconds{10});
}

OutboxNews run_errand(ports::AlertOutbox& outbox, const alerts::AlertPlan& plan,
                      const OutboxErrand& errand) {
  OutboxNews news;
  const auto passed = [&](const auto& outcome) {
    if (!outcome) news.error = outcome.error();
    return outcome.ok();
  };
  if (!errand.add.empty() && !passed(outbox.add(errand.add))) return news;
  news.is_added = true;
  if (!errand.settle.empty() && !passed(outbox.settle(errand.settle))) return news;
  news.is_settled = true;
  const auto routed = route(outbox, plan, errand.now);
  if (!passed(routed)) return news;
  news.has_more = *routed;
  for (const std::string& channel : errand.channels) {
    auto due = outbox.due(channel, errand.now + horizon_of(plan), 2 * alerts::most_in_message);
    if (!passed(due)) return news;
    news.due.push_back(*std::move(due));
  }
  const auto counts = outbox.counts();
  if (!passed(counts)) return news;
  news.counts = *counts;
  if (errand.clean_up_before) {
    (void)passed(outbox.clean_up(*errand.clean_up_before, most_removed));
  }
  return news;
}

}  // namespace hts::actors
