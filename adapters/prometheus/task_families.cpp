#include <chrono>
#include <utility>

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using ::prometheus::MetricFamily;
using ::prometheus::MetricType;
using scheduled_tasks::LineStatus;
using scheduled_tasks::TaskOutcome;

double seconds_of(time::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

void add_task_families(Families& families, const std::vector<LineStatus>& tasks) {
  const auto family_of = [](MetricType type, const char* name, const char* help) {
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = type;
    return family;
  };
  const auto add = [](MetricFamily& family, const LineStatus& task, double value) {
    ::prometheus::ClientMetric metric;
    metric.label = {{"name", task.line.name}, {"task", task.line.task}};
    (family.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    family.metric.push_back(std::move(metric));
  };
  auto runs = family_of(MetricType::Counter, "hts_task_runs_total", "Runs that have ended.");
  auto failures = family_of(MetricType::Counter, "hts_task_failures_total",
                            "Runs that failed or were stopped at their timeout.");
  auto missed = family_of(MetricType::Counter, "hts_task_missed_total",
                          "Due times that nobody was there for and that got no run of their own.");
  auto skipped = family_of(MetricType::Counter, "hts_task_skipped_total",
                           "Due times that came while the task's own run went on.");
  auto running =
      family_of(MetricType::Gauge, "hts_task_is_running", "1 while a run goes on, else 0.");
  auto next = family_of(MetricType::Gauge, "hts_task_next_run_timestamp_seconds",
                        "When it is due next, since 1970 UTC.");
  auto last = family_of(MetricType::Gauge, "hts_task_last_run_timestamp_seconds",
                        "When its newest run ended, since 1970 UTC.");
  auto duration = family_of(MetricType::Gauge, "hts_task_last_run_seconds",
                            "How long its newest run that ended took.");
  auto is_good = family_of(MetricType::Gauge, "hts_task_last_run_succeeded",
                           "1 when its newest run that ended did what it is for, else 0.");
  for (const LineStatus& task : tasks) {
    add(runs, task, static_cast<double>(task.runs));
    add(failures, task, static_cast<double>(task.failures));
    add(missed, task, static_cast<double>(task.missed));
    add(skipped, task, static_cast<double>(task.skipped));
    const bool is_running = task.last && task.last->outcome == TaskOutcome::running;
    add(running, task, is_running ? 1 : 0);
    if (task.next) add(next, task, seconds_of(task.next->time_since_epoch()));
    if (!task.last || is_running) continue;
    add(last, task, seconds_of(task.last->ended.time_since_epoch()));
    add(duration, task, seconds_of(task.last->ended - task.last->started));
    add(is_good, task, task.last->outcome == TaskOutcome::done ? 1 : 0);
  }
  for (auto* family :
       {&runs, &failures, &missed, &skipped, &running, &next, &last, &duration, &is_good}) {
    if (!family->metric.empty()) families.push_back(std::move(*family));
  }
}

}  // namespace hts::prometheus
