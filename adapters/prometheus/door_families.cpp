#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

}  // namespace

void add_webhook_families(Families& families, const std::vector<WebhookReadings>& webhooks) {
  if (webhooks.empty()) return;
  MetricFamily family;
  family.name = "hts_webhook_requests_total";
  family.help = "Requests to the daemon's webhooks, by webhook and outcome.";
  family.type = MetricType::Counter;
  for (const WebhookReadings& readings : webhooks) {
    ClientMetric metric;
    metric.label.push_back({"webhook", readings.webhook});
    metric.label.push_back({"outcome", std::string{readings.outcome}});
    metric.counter.value = static_cast<double>(readings.requests);
    family.metric.push_back(std::move(metric));
  }
  families.push_back(std::move(family));
}

void add_web_socket_families(Families& families, const WebSocketReadings& web_sockets) {
  families.push_back(single(MetricType::Gauge, "hts_web_socket_clients", "Open WebSockets.",
                            static_cast<double>(web_sockets.clients)));
  families.push_back(single(MetricType::Counter, "hts_web_socket_cut_off_total",
                            "WebSockets that were closed because their client read too slowly.",
                            static_cast<double>(web_sockets.cut_off)));
}

void add_publish_families(Families& families, const PublishReadings& publishing) {
  const auto add = [&](MetricType type, const char* name, const char* help, std::uint64_t value) {
    families.push_back(single(type, name, help, static_cast<double>(value)));
  };
  add(MetricType::Gauge, "hts_publish_waiting", "Candles and signals that wait for Redis.",
      publishing.waiting);
  add(MetricType::Counter, "hts_publish_published_total", "Candles and signals that Redis has.",
      publishing.published);
  add(MetricType::Counter, "hts_publish_dropped_total",
      "Candles and signals that found no room while Redis was away.", publishing.dropped);
  add(MetricType::Gauge, "hts_publish_is_reachable", "1 while Redis takes them, else 0.",
      publishing.is_reachable ? 1 : 0);
}

}  // namespace hts::prometheus
