#include "adapters/prometheus/metrics.hpp"

#include <array>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <sstream>
#include <unordered_map>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {

// Named, since the implementation holds these types and units may be joined.
namespace http_series {

struct Key {
  std::string method;
  std::string route;
  int status;
};
struct KeyView {
  std::string_view method;
  std::string_view route;
  int status;
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(const KeyView& key) const noexcept {
    const std::hash<std::string_view> hash;
    return hash(key.route) * 31 + hash(key.method) * 7 + static_cast<std::size_t>(key.status);
  }
  std::size_t operator()(const Key& key) const noexcept {
    return (*this)(KeyView{key.method, key.route, key.status});
  }
};

struct Equal {
  using is_transparent = void;
  template <class Left, class Right>
  bool operator()(const Left& left, const Right& right) const noexcept {
    return left.status == right.status && left.route == right.route && left.method == right.method;
  }
};

struct Series {
  ::prometheus::Counter* requests;
  ::prometheus::Histogram* duration;
};

// Seconds: from a cached answer to a long backtest.
const ::prometheus::Histogram::BucketBoundaries& duration_buckets() {
  static const ::prometheus::Histogram::BucketBoundaries buckets{
      0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
      0.25,   0.5,    1,     2.5,    5,     10,   30,    60,   300};
  return buckets;
}

}  // namespace http_series

struct Metrics::Implementation {
  Implementation()
      : requests(::prometheus::BuildCounter()
                     .Name("hts_http_requests_total")
                     .Help("HTTP requests answered, by method, route template and status.")
                     .Register(registry)),
        durations(::prometheus::BuildHistogram()
                      .Name("hts_http_request_duration_seconds")
                      .Help("Time from the last byte of a request to its answer, by route.")
                      .Register(registry)) {}

  http_series::Series add(const http_series::KeyView& key) {
    const std::string route{key.route};
    const std::lock_guard lock{mutex};
    const http_series::Series made{
        &requests.Add({{"method", std::string{key.method}},
                       {"route", route},
                       {"status", std::to_string(key.status)}}),
        &durations.Add({{"route", route}}, http_series::duration_buckets())};
    return series.try_emplace({std::string{key.method}, route, key.status}, made).first->second;
  }

  ::prometheus::Registry registry;
  ::prometheus::Family<::prometheus::Counter>& requests;
  ::prometheus::Family<::prometheus::Histogram>& durations;
  std::shared_mutex mutex;  // guards `series`
  std::unordered_map<http_series::Key, http_series::Series, http_series::Hash, http_series::Equal>
      series;
};

Metrics::Metrics() : implementation_(std::make_unique<Implementation>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view method, std::string_view route, int status,
                            double seconds) {
  const http_series::KeyView key{method, route, status};
  std::optional<http_series::Series> known;
  {
    const std::shared_lock lock{implementation_->mutex};
    if (const auto found = implementation_->series.find(key);
        found != implementation_->series.end()) {
      known = found->second;
    }
  }
  const http_series::Series series = known ? *known : implementation_->add(key);
  series.requests->Increment();
  series.duration->Observe(seconds);
}

std::string Metrics::text(const Readings& readings) const {
  std::vector<::prometheus::MetricFamily> families = implementation_->registry.Collect();
  add_build_family(families, readings.version);
  add_actor_families(families, readings.actors);
  add_lane_families(families, readings.lanes);
  if (readings.jobs) add_job_families(families, *readings.jobs, readings.now);
  if (readings.alerts) add_alert_families(families, *readings.alerts, readings.now);
  if (readings.journal) add_journal_families(families, *readings.journal);
  if (readings.results) add_result_families(families, *readings.results);
  add_backlog_families(families, readings.backlogs, readings.now);
  add_webhook_families(families, readings.webhooks);
  if (readings.publishing) add_publish_families(families, *readings.publishing);
  if (readings.web_sockets) add_web_socket_families(families, *readings.web_sockets);
  add_live_families(families, readings.live, readings.now);
  add_task_families(families, readings.tasks);
  add_process_families(families);
  std::ostringstream out;
  out.imbue(std::locale::classic());
  ::prometheus::TextSerializer{}.Serialize(out, families);
  return std::move(out).str();
}

}  // namespace hts::prometheus
