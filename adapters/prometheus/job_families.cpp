#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

#include "adapters/prometheus/metric_families.hpp"
#include "engine/jobs/job_record.hpp"

namespace hts::prometheus {
namespace {

using jobs::JobState;
using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

struct LabelledValue {
  std::string label;
  std::uint64_t value;
};

MetricFamily family_named(MetricType type, const char* name, const char* help) {
  MetricFamily family;
  family.name = name;
  family.help = help;
  family.type = type;
  return family;
}

void add_value(MetricFamily& family, double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
  family.metric.push_back(std::move(metric));
}

void add_times(Families& families, const char* name, const char* help,
               const actors::JobTimes& times) {
  using Seconds = std::chrono::duration<double>;
  MetricFamily family = family_named(MetricType::Histogram, name, help);
  ClientMetric metric;
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < actors::JobTimes::buckets; ++i) {
    cumulative += times.samples[i];
    const bool last = i + 1 == actors::JobTimes::buckets;
    metric.histogram.bucket.push_back({cumulative, last ? std::numeric_limits<double>::infinity()
                                                        : Seconds{times.upper_bound(i)}.count()});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = Seconds{times.total}.count();
  family.metric.push_back(std::move(metric));
  families.push_back(std::move(family));
}

/// Those whose clients wait for the answer.
void add_request_families(Families& families, const actors::SchedulerStatus& status) {
  MetricFamily present = family_named(MetricType::Gauge, "hts_backtest_requests",
                                      "Backtests whose clients wait for the answer, by state.");
  add_value(present, static_cast<double>(status.queued), {{"state", "queued"}});
  add_value(present, static_cast<double>(status.running), {{"state", "running"}});
  MetricFamily finished =
      family_named(MetricType::Counter, "hts_backtest_requests_finished_total",
                   "Backtests that clients waited for and that have ended, by outcome.");
  add_value(finished, static_cast<double>(status.completed), {{"state", "completed"}});
  add_value(finished, static_cast<double>(status.failed), {{"state", "failed"}});
  add_value(finished, static_cast<double>(status.rejected), {{"state", "rejected"}});
  MetricFamily capacity =
      family_named(MetricType::Gauge, "hts_backtest_requests_capacity",
                   "Backtests whose clients may wait before new ones are refused.");
  add_value(capacity, static_cast<double>(status.queue_capacity));
  for (MetricFamily* family : {&present, &finished, &capacity}) {
    families.push_back(std::move(*family));
  }
}

}  // namespace

void add_job_families(Families& families, const actors::SchedulerStatus& status,
                      time::Timestamp now) {
  const ports::JobCounts& counts = status.jobs;
  const auto add = [&](MetricType type, const char* name, const char* help, auto value) {
    MetricFamily family = family_named(type, name, help);
    add_value(family, static_cast<double>(value));
    families.push_back(std::move(family));
  };
  const auto add_states = [&](MetricType type, const char* name, const char* help,
                              std::initializer_list<std::pair<JobState, std::uint64_t>> values) {
    MetricFamily family = family_named(type, name, help);
    for (const auto& [state, value] : values) {
      add_value(family, static_cast<double>(value), {{"state", std::string{name_of(state)}}});
    }
    families.push_back(std::move(family));
  };
  add_states(MetricType::Gauge, "hts_jobs", "Jobs that the store holds, by state.",
             {{JobState::queued, counts.queued},
              {JobState::running, counts.running},
              {JobState::completed, counts.completed},
              {JobState::failed, counts.failed},
              {JobState::cancelled, counts.cancelled}});
  MetricFamily queued =
      family_named(MetricType::Gauge, "hts_jobs_queued", "Jobs that wait, by priority (9 first).");
  for (std::size_t priority = 0; priority <= jobs::highest_priority; ++priority) {
    const bool known = priority < counts.queued_by_priority.size();
    add_value(queued, known ? static_cast<double>(counts.queued_by_priority[priority]) : 0,
              {{"priority", std::to_string(priority)}});
  }
  families.push_back(std::move(queued));
  const auto waited = counts.oldest_queued_at ? now - *counts.oldest_queued_at : time::Duration{};
  add(MetricType::Gauge, "hts_jobs_oldest_queued_seconds",
      "How long the job that waits longest has waited.",
      std::max(0.0, std::chrono::duration<double>(waited).count()));
  add(MetricType::Gauge, "hts_jobs_dead_letters",
      "Jobs that failed for good and that nobody has looked after.", counts.dead_letters);
  add(MetricType::Gauge, "hts_jobs_paused", "1 while the queue hands out no jobs.",
      counts.paused ? 1 : 0);
  add(MetricType::Gauge, "hts_jobs_capacity", "Jobs that may wait before new ones are refused.",
      status.jobs_capacity);
  add(MetricType::Gauge, "hts_jobs_running_here", "Jobs that workers of this process do.",
      status.jobs_running_here);
  add(MetricType::Gauge, "hts_job_workers", "Workers of this process that are alive.",
      status.workers);
  add(MetricType::Counter, "hts_jobs_submitted_total", "Jobs accepted by this process.",
      status.jobs_submitted);
  add(MetricType::Counter, "hts_jobs_refused_total", "Jobs refused because the queue was full.",
      status.jobs_refused);
  add_states(MetricType::Counter, "hts_jobs_finished_total",
             "Jobs that this process has seen end, by state.",
             {{JobState::completed, status.jobs_completed},
              {JobState::failed, status.jobs_failed},
              {JobState::cancelled, status.jobs_cancelled}});
  add(MetricType::Counter, "hts_job_retries_total", "Attempts that failed and are tried again.",
      status.job_retries);
  add(MetricType::Counter, "hts_job_lease_losses_total",
      "Jobs whose worker died or was cut off while it had them.", status.lease_losses);
  add(MetricType::Counter, "hts_job_hand_backs_total",
      "Jobs that a worker gave back because it could not do them.", status.hand_backs);
  add_times(families, "hts_job_wait_seconds",
            "From a job's submission, or the end of its wait for a retry, to its start.",
            status.job_waits);
  add_times(families, "hts_job_run_seconds", "How long attempts took.", status.job_runs);
  add_times(families, "hts_job_store_seconds", "How long calls to the store of jobs took.",
            status.store_calls);
  add(MetricType::Counter, "hts_job_store_errors_total", "Calls to the store of jobs that failed.",
      status.store_errors);
  add(MetricType::Gauge, "hts_job_store_up", "1 while the store of jobs can be reached, else 0.",
      status.store_error.empty() ? 1 : 0);
  add_request_families(families, status);
}

}  // namespace hts::prometheus
