#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using AlertMetric = ::prometheus::ClientMetric;

void add_alert_figure(::prometheus::MetricFamily& family, double value,
                      std::vector<AlertMetric::Label> labels = {}) {
  AlertMetric metric;
  metric.label = std::move(labels);
  const bool is_counter = family.type == ::prometheus::MetricType::Counter;
  (is_counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

}  // namespace

void add_alert_families(Families& families, const actors::NotifierStatus& status,
                        time::Timestamp now) {
  using ::prometheus::MetricType;
  const auto family_of = [](MetricType type, const char* name, const char* help) {
    ::prometheus::MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    return family;
  };
  auto alerts = family_of(MetricType::Counter, "hts_alerts_total",
                          "Alerts that left a channel, by what became of them.");
  auto failures = family_of(MetricType::Counter, "hts_alert_failures_total",
                            "Messages that a channel could not deliver.");
  auto up = family_of(MetricType::Gauge, "hts_alert_channel_up",
                      "1 while the newest message of a channel was delivered, else 0.");
  for (const alerts::ChannelFigures& channel : status.channels) {
    for (const auto& [outcome, count] :
         {std::pair{"delivered", channel.delivered}, std::pair{"handed_on", channel.handed_on},
          std::pair{"given_up", channel.given_up}}) {
      add_alert_figure(alerts, static_cast<double>(count),
                       {{"channel", channel.channel}, {"outcome", outcome}});
    }
    add_alert_figure(failures, static_cast<double>(channel.failures),
                     {{"channel", channel.channel}});
    add_alert_figure(up, channel.is_failing ? 0 : 1, {{"channel", channel.channel}});
  }
  auto waiting =
      family_of(MetricType::Gauge, "hts_alerts_waiting", "Alerts that are not through yet.");
  add_alert_figure(waiting, static_cast<double>(status.waiting));
  auto oldest = family_of(MetricType::Gauge, "hts_alerts_oldest_seconds",
                          "Age of the oldest alert that waits; 0: none does.");
  const std::chrono::duration<double> age = now - status.oldest.value_or(now);
  add_alert_figure(oldest, std::max(age.count(), 0.0));
  auto dropped = family_of(MetricType::Counter, "hts_alerts_dropped_total",
                           "Notices that found no room because the outbox did not answer.");
  add_alert_figure(dropped, static_cast<double>(status.dropped));
  auto store = family_of(MetricType::Gauge, "hts_alert_outbox_up",
                         "1 while the outbox of alerts answers, else 0.");
  add_alert_figure(store, status.store_error.empty() ? 1 : 0);
  if (!status.channels.empty()) {
    families.push_back(std::move(alerts));
    families.push_back(std::move(failures));
    families.push_back(std::move(up));
  }
  for (auto* family : {&waiting, &oldest, &dropped, &store}) {
    families.push_back(std::move(*family));
  }
}

}  // namespace hts::prometheus
