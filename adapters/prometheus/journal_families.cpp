#include <utility>

#include "adapters/prometheus/metric_families.hpp"

namespace hts::prometheus {
namespace {

using ::prometheus::ClientMetric;
using ::prometheus::MetricFamily;
using ::prometheus::MetricType;

}  // namespace

void add_journal_families(Families& families, const JournalReadings& journal) {
  const auto add = [&](MetricType type, const char* name, const char* help, auto value) {
    families.push_back(single(type, name, help, static_cast<double>(value)));
  };
  add(MetricType::Counter, "hts_journal_records_total", "Records accepted by the journal.",
      journal.records);
  add(MetricType::Counter, "hts_journal_bytes_total", "Bytes of the records, with their frames.",
      journal.bytes);
  add(MetricType::Counter, "hts_journal_lost_records_total",
      "Records dropped because the disk was too slow or refused; a gap record stands for them.",
      journal.lost_records);
  add(MetricType::Gauge, "hts_journal_backlog_bytes", "Bytes accepted and not yet written.",
      journal.backlog_bytes);
  add(MetricType::Gauge, "hts_journal_is_writable", "1 while the journal can be written, else 0.",
      journal.problem.empty() ? 1 : 0);

  MetricFamily family;
  family.name = "hts_journal_fsync_seconds";
  family.help = "How long the journal's fsync calls took.";
  family.type = MetricType::Histogram;
  ClientMetric metric;
  std::uint64_t cumulative = 0;
  for (const JournalReadings::Bucket& bucket : journal.fsync) {
    cumulative += bucket.count;
    metric.histogram.bucket.push_back({cumulative, bucket.upper_bound_seconds});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = journal.fsync_seconds;
  family.metric.push_back(std::move(metric));
  families.push_back(std::move(family));
}

void add_result_families(Families& families, const ResultReadings& results) {
  families.push_back(single(MetricType::Gauge, "hts_results_waiting",
                            "Runs and jobs that wait in a file for the database of the results.",
                            static_cast<double>(results.waiting)));
  families.push_back(single(MetricType::Gauge, "hts_results_database_is_reachable",
                            "1 while the database of the results answers, else 0.",
                            results.is_reachable ? 1 : 0));
}

void add_backlog_families(Families& families, const std::vector<BacklogReadings>& backlogs,
                          time::Timestamp now) {
  if (backlogs.empty()) return;
  const auto add = [&](const char* name, const char* help, auto value_of) {
    MetricFamily family;
    family.name = name;
    family.help = help;
    family.type = MetricType::Gauge;
    for (const BacklogReadings& backlog : backlogs) {
      ClientMetric metric;
      metric.label.push_back({"place", backlog.place});
      metric.gauge.value = value_of(backlog);
      family.metric.push_back(std::move(metric));
    }
    families.push_back(std::move(family));
  };
  add("hts_backlog_waiting",
      "Jobs or results that wait on this machine: for the job server (spool), the database of the "
      "results (results_outbox), or the history of jobs (job_history).",
      [](const BacklogReadings& backlog) { return static_cast<double>(backlog.waiting); });
  add("hts_backlog_bytes", "Bytes of what waits on this machine, by place.",
      [](const BacklogReadings& backlog) { return static_cast<double>(backlog.bytes); });
  add("hts_backlog_oldest_seconds", "Age of the oldest that waits on this machine; 0: nothing.",
      [now](const BacklogReadings& backlog) { return backlog.age_seconds(now); });
}

}  // namespace hts::prometheus
