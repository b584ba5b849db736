#include "adapters/prometheus/metric_families.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace hts::prometheus {
namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;
using ActorLabels = std::vector<ClientMetric::Label>;

MetricFamily family_of(MetricType type, const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

template <class Number>
void add_sample(MetricFamily& family, ActorLabels labels, Number value) {
  ClientMetric metric;
  metric.label = std::move(labels);
  if (family.type == MetricType::Counter) {
    metric.counter.value = static_cast<double>(value);
  } else {
    metric.gauge.value = static_cast<double>(value);
  }
  family.metric.push_back(std::move(metric));
}

double in_seconds(runtime::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

template <class Histogram>
ClientMetric histogram_of(const std::string& actor, const Histogram& times) {
  ClientMetric metric;
  metric.label = {{"actor", actor}};
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < Histogram::buckets; ++i) {
    cumulative += times.samples[i];
    const bool last = i + 1 == Histogram::buckets;
    metric.histogram.bucket.push_back({cumulative, last ? std::numeric_limits<double>::infinity()
                                                        : in_seconds(Histogram::upper_bound(i))});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = in_seconds(times.total);
  return metric;
}

bool works(runtime::ActorState state) {
  return state == runtime::ActorState::starting || state == runtime::ActorState::running;
}

void merge(runtime::ActorSnapshot& into, const runtime::ActorSnapshot& other) {
  if (works(other.state)) into.state = other.state;
  into.depth += other.depth;
  into.capacity = std::max(into.capacity, other.capacity);
  into.handled += other.handled;
  into.restarts += other.restarts;
  for (std::size_t i = 0; i < into.dead_letters.size(); ++i) {
    into.dead_letters[i] += other.dead_letters[i];
  }
  into.handling += other.handling;
  into.waiting += other.waiting;
  into.stuck_for = std::max(into.stuck_for, other.stuck_for);
}

std::map<std::string, runtime::ActorSnapshot> by_name(
    const std::vector<runtime::ActorSnapshot>& actors) {
  std::map<std::string, runtime::ActorSnapshot> merged;
  for (const runtime::ActorSnapshot& actor : actors) {
    const auto [place, is_new] = merged.try_emplace(actor.name, actor);
    if (!is_new) merge(place->second, actor);
  }
  return merged;
}

}  // namespace

void add_build_family(Families& families, const std::string& version) {
  MetricFamily build =
      family_of(MetricType::Gauge, "hts_build_info", "1, labelled with the version that runs.");
  add_sample(build, {{"version", version}}, 1);
  families.push_back(std::move(build));
}

void add_actor_families(Families& families, const std::vector<runtime::ActorSnapshot>& actors) {
  MetricFamily running = family_of(MetricType::Gauge, "hts_actor_running",
                                   "1 while the actor works, 0 while it is stopped or has failed.");
  MetricFamily depth = family_of(MetricType::Gauge, "hts_actor_mailbox_depth",
                                 "Messages that wait in the actor's mailbox.");
  MetricFamily capacity = family_of(MetricType::Gauge, "hts_actor_mailbox_capacity",
                                    "Messages that the actor's mailbox can hold.");
  MetricFamily handled = family_of(MetricType::Counter, "hts_actor_messages_handled_total",
                                   "Messages that the actor has handled.");
  MetricFamily dropped =
      family_of(MetricType::Counter, "hts_actor_messages_dropped_total",
                "Messages to the actor that were not handled, by the reason why.");
  MetricFamily restarts = family_of(MetricType::Counter, "hts_actor_restarts_total",
                                    "Restarts of the actor after failures.");
  MetricFamily handling =
      family_of(MetricType::Histogram, "hts_actor_handling_seconds",
                "Time the actor takes for a message, sampled: about one in 64, and slow ones.");
  MetricFamily stuck =
      family_of(MetricType::Gauge, "hts_actor_stuck_seconds",
                "How long the actor has been in one batch of messages, once that is too long.");
  MetricFamily waiting =
      family_of(MetricType::Histogram, "hts_actor_mailbox_wait_seconds",
                "Time messages wait in the actor's mailbox, sampled: at most one in 64.");
  for (const auto& [name, actor] : by_name(actors)) {
    const ActorLabels labels{{"actor", name}};
    add_sample(running, labels, works(actor.state) ? 1 : 0);
    add_sample(depth, labels, actor.depth);
    add_sample(capacity, labels, actor.capacity);
    add_sample(handled, labels, actor.handled);
    add_sample(restarts, labels, actor.restarts);
    add_sample(stuck, labels, in_seconds(actor.stuck_for));
    for (std::size_t i = 0; i < actor.dead_letters.size(); ++i) {
      const auto reason = static_cast<runtime::DeadLetterReason>(i);
      add_sample(dropped, {{"actor", name}, {"reason", std::string{name_of(reason)}}},
                 actor.dead_letters[i]);
    }
    handling.metric.push_back(histogram_of(name, actor.handling));
    waiting.metric.push_back(histogram_of(name, actor.waiting));
  }
  for (MetricFamily* family :
       {&running, &depth, &capacity, &handled, &dropped, &restarts, &stuck, &handling, &waiting}) {
    families.push_back(std::move(*family));
  }
}

void add_lane_families(Families& families, const std::vector<runtime::LaneSnapshot>& lanes) {
  MetricFamily depth = family_of(MetricType::Gauge, "hts_lane_queue_depth",
                                 "Blocking jobs that wait for a thread of the lane.");
  MetricFamily capacity = family_of(MetricType::Gauge, "hts_lane_queue_capacity",
                                    "Blocking jobs that may wait for the lane.");
  MetricFamily done =
      family_of(MetricType::Counter, "hts_lane_jobs_done_total", "Jobs that the lane has done.");
  MetricFamily rejected = family_of(MetricType::Counter, "hts_lane_jobs_rejected_total",
                                    "Jobs that the lane refused because it was full.");
  MetricFamily running =
      family_of(MetricType::Gauge, "hts_lane_jobs_running", "Jobs that threads of the lane do.");
  MetricFamily oldest = family_of(MetricType::Gauge, "hts_lane_oldest_job_seconds",
                                  "How long the longest of the lane's running jobs has run.");
  for (const runtime::LaneSnapshot& lane : lanes) {
    const ActorLabels labels{{"lane", lane.name}};
    add_sample(depth, labels, lane.depth);
    add_sample(capacity, labels, lane.capacity);
    add_sample(done, labels, lane.done);
    add_sample(rejected, labels, lane.rejected);
    add_sample(running, labels, lane.running);
    add_sample(oldest, labels, in_seconds(lane.oldest_running));
  }
  for (MetricFamily* family : {&depth, &capacity, &done, &rejected, &running, &oldest}) {
    families.push_back(std::move(*family));
  }
}

::prometheus::MetricFamily single(::prometheus::MetricType type, const char* name, const char* help,
                                  double value) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  ClientMetric metric;
  (type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
  return family;
}

}  // namespace hts::prometheus
