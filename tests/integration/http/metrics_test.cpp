#include <limits>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api_under_test.hpp"

namespace hts::http_test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// The exposition format, read as strictly as Prometheus does.
class MetricsText {
 public:
  explicit MetricsText(const std::string& text) {
    EXPECT_TRUE(text.ends_with("\n"));
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) read(line);
  }

  [[nodiscard]] double value(const std::string& series) const {
    const auto found = samples_.find(series);
    EXPECT_NE(found, samples_.end()) << series;
    return found == samples_.end() ? -1 : found->second;
  }
  [[nodiscard]] bool has_family(const std::string& name) const { return types_.contains(name); }
  [[nodiscard]] const std::map<std::string, std::string>& types() const { return types_; }
  [[nodiscard]] const std::map<std::string, double>& samples() const { return samples_; }

 private:
  void read(const std::string& line) {
    if (line.starts_with("# ")) {
      std::istringstream words{line.substr(2)};
      std::string keyword;
      std::string name;
      std::string rest;
      words >> keyword >> name;
      std::getline(words, rest);
      EXPECT_TRUE(is_name(name) && rest.size() > 1) << line;
      if (keyword == "TYPE") {
        EXPECT_TRUE(types_.emplace(name, rest.substr(1)).second) << line;
      } else {
        EXPECT_EQ(keyword, "HELP") << line;
        EXPECT_TRUE(help_.insert(name).second) << line;
      }
      return;
    }
    const std::size_t space = line.rfind(' ');
    ASSERT_NE(space, std::string::npos) << line;
    const std::string series = line.substr(0, space);
    const std::size_t brace = series.find('{');
    EXPECT_TRUE(family_of(series.substr(0, brace))) << line;
    if (brace != std::string::npos) {
      EXPECT_TRUE(has_sound_labels(series.substr(brace))) << line;
    }
    std::size_t read_characters = 0;
    const std::string number = line.substr(space + 1);
    const double value = std::stod(number, &read_characters);
    EXPECT_EQ(read_characters, number.size()) << line;
    EXPECT_TRUE(samples_.emplace(series, value).second) << line;
  }
  static bool is_name(const std::string& text) {
    return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == text.npos;
  }
  /// `{name="value",name="value"}` without escapes, which no label here needs.
  static bool has_sound_labels(std::string_view labels) {
    if (labels.size() < 2 || labels.back() != '}') return false;
    labels = labels.substr(1, labels.size() - 2);
    while (true) {
      const std::size_t equals = labels.find("=\"");
      if (equals == labels.npos || !is_name(std::string{labels.substr(0, equals)})) return false;
      const std::size_t end = labels.find('"', equals + 2);
      if (end == labels.npos) return false;
      labels.remove_prefix(end + 1);
      if (labels.empty()) return true;
      if (labels.front() != ',') return false;
      labels.remove_prefix(1);
    }
  }
  bool family_of(const std::string& name) {
    if (types_.contains(name)) return help_.contains(name);
    for (const std::string part : {"_bucket", "_sum", "_count"}) {
      if (!name.ends_with(part)) continue;
      const std::string family = name.substr(0, name.size() - part.size());
      return help_.contains(family) && types_[family] == "histogram";
    }
    return false;
  }

  std::map<std::string, std::string> types_;
  std::set<std::string> help_;
  std::map<std::string, double> samples_;
};

TEST(MetricsApi, counts_requests_by_route_template_never_by_path) {
  ApiUnderTest api;
  LoopbackClient client{api.port()};
  const std::string id = "00000000-0000-4000-8000-000000000000";
  for (const std::string& path :
       {std::string{"/health"}, "/api/backtests/" + id, "/made/up/" + id, std::string{"/health"}}) {
    client.exchange("GET " + path + " HTTP/1.1\r\nHost: t\r\n\r\n");
  }
  const Answer answer = client.exchange("GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_THAT(answer.body, Not(HasSubstr(id)));
  const MetricsText metrics{answer.body};
  const std::string requests = "hts_http_requests_total";
  EXPECT_EQ(metrics.value(requests + R"({method="GET",route="/health",status="200"})"), 2);
  EXPECT_EQ(
      metrics.value(requests + R"({method="GET",route="/api/backtests/{run_id}",status="404"})"),
      1);
  EXPECT_EQ(metrics.value(requests + R"({method="GET",route="unmatched",status="404"})"), 1);
  EXPECT_EQ(metrics.value(R"(hts_http_request_duration_seconds_count{route="/health"})"), 2);
}

TEST(MetricsApi, shows_actors_jobs_and_the_process) {
  ApiUnderTest api;
  EXPECT_EQ(api.get("/api/backtests/latest").status, 404);
  const MetricsText metrics{api.get("/metrics").body};
  EXPECT_EQ(metrics.value(R"(hts_build_info{version="9.8.7"})"), 1);
  EXPECT_EQ(metrics.value(R"(hts_actor_running{actor="storage"})"), 1);
  EXPECT_GE(metrics.value(R"(hts_actor_mailbox_capacity{actor="storage"})"), 256);
  EXPECT_GE(metrics.value(R"(hts_actor_messages_handled_total{actor="storage"})"), 1);
  EXPECT_EQ(metrics.value(R"(hts_actor_restarts_total{actor="storage"})"), 0);
  EXPECT_GE(metrics.value(R"(hts_actor_handling_seconds_count{actor="storage"})"), 1);
  EXPECT_GE(metrics.value(R"(hts_actor_mailbox_wait_seconds_count{actor="storage"})"), 1);
  EXPECT_GT(metrics.value(R"(hts_actor_mailbox_wait_seconds_sum{actor="storage"})"), 0);
  EXPECT_EQ(metrics.value(R"(hts_backtest_requests{state="queued"})"), 3);
  EXPECT_EQ(metrics.value(R"(hts_backtest_requests_finished_total{state="completed"})"), 7);
  EXPECT_EQ(metrics.value(R"(hts_jobs{state="queued"})"), 0);
  EXPECT_GT(metrics.value("hts_process_resident_memory_bytes"), 1e6);
  EXPECT_GT(metrics.value("hts_process_cpu_seconds_total"), 0);
  EXPECT_GT(metrics.value("hts_process_open_fds"), 3);
  EXPECT_GE(metrics.value("hts_process_uptime_seconds"), 0);
}

TEST(MetricsApi, memory_that_is_held_counts_until_it_is_given_back) {
  ApiUnderTest api;
  const auto held = [&api] {
    return MetricsText{api.get("/metrics").body}.value("hts_process_allocated_memory_bytes");
  };
  const double before = held();
  auto columns = std::make_unique<std::vector<double>>(1'000'000);
  EXPECT_NEAR(held() - before, 8e6, 1e6);
  columns.reset();
  EXPECT_NEAR(held() - before, 0, 1e6);
}

TEST(MetricsApi, follows_the_naming_rules_and_its_histograms_add_up) {
  ApiUnderTest api;
  api.get("/health");
  const MetricsText metrics{api.get("/metrics").body};
  for (const auto& [name, type] : metrics.types()) {
    EXPECT_TRUE(name.starts_with("hts_")) << name;
    EXPECT_EQ(name.ends_with("_total"), type == "counter") << name;
    EXPECT_EQ(name.find("milli"), std::string::npos) << name;
  }
  std::size_t histograms = 0;
  for (const auto& [name, value] : metrics.samples()) {
    if (!name.ends_with(R"(le="+Inf"})")) continue;
    ++histograms;
    std::string count = name;
    count.replace(count.find("_bucket"), 7, "_count");
    const bool is_only_label = count.find("{le=") != std::string::npos;
    const std::string label = is_only_label ? "{le=\"+Inf\"}" : ",le=\"+Inf\"";
    count.replace(count.find(label), label.size(), "");
    EXPECT_EQ(metrics.value(count), value) << name;
    const std::string stem = name.substr(0, name.find("le=\""));
    for (const auto& [other, bucket] : metrics.samples()) {
      if (!other.starts_with(stem)) continue;
      EXPECT_LE(bucket, value) << other;
    }
  }
  EXPECT_GE(histograms, 4U);
}

TEST(Metrics, merges_actors_that_share_a_name) {
  runtime::ActorSnapshot first;
  first.name = "worker";
  first.state = runtime::ActorState::stopped;
  first.handled = 3;
  runtime::ActorSnapshot second = first;
  second.state = runtime::ActorState::running;
  second.handled = 4;
  prometheus::Readings readings;
  readings.actors = {first, second};
  const prometheus::Metrics counted;
  const MetricsText metrics{counted.text(readings)};
  EXPECT_EQ(metrics.value(R"(hts_actor_messages_handled_total{actor="worker"})"), 7);
  EXPECT_EQ(metrics.value(R"(hts_actor_running{actor="worker"})"), 1);
  EXPECT_FALSE(metrics.has_family("hts_jobs"));
}

TEST(Metrics, tell_how_the_jobs_are) {
  prometheus::Readings readings;
  readings.now = time::from_milliseconds(90'000);
  actors::SchedulerStatus status;
  status.jobs.queued = 5;
  status.jobs.dead_letters = 2;
  status.jobs.queued_by_priority = {0, 0, 0, 0, 0, 4, 0, 0, 0, 1};
  status.jobs.oldest_queued_at = time::from_milliseconds(30'000);
  status.jobs.paused = true;
  status.jobs_completed = 11;
  status.job_retries = 3;
  status.job_waits.samples[2] = 4;
  status.store_errors = 6;
  status.store_error = "The disk is full.";
  readings.jobs = status;
  const prometheus::Metrics counted;
  const MetricsText metrics{counted.text(readings)};
  EXPECT_EQ(metrics.value(R"(hts_jobs{state="queued"})"), 5);
  EXPECT_EQ(metrics.value(R"(hts_jobs_queued{priority="5"})"), 4);
  EXPECT_EQ(metrics.value(R"(hts_jobs_queued{priority="9"})"), 1);
  EXPECT_EQ(metrics.value("hts_jobs_oldest_queued_seconds"), 60);
  EXPECT_EQ(metrics.value("hts_jobs_dead_letters"), 2);
  EXPECT_EQ(metrics.value("hts_jobs_paused"), 1);
  EXPECT_EQ(metrics.value(R"(hts_jobs_finished_total{state="completed"})"), 11);
  EXPECT_EQ(metrics.value("hts_job_retries_total"), 3);
  EXPECT_EQ(metrics.value("hts_job_wait_seconds_count"), 4);
  EXPECT_EQ(metrics.value("hts_job_store_errors_total"), 6);
  EXPECT_EQ(metrics.value("hts_job_store_up"), 0);
}

TEST(Metrics, tell_what_waits_on_this_machine) {
  const prometheus::Metrics metrics;
  prometheus::Readings readings;
  EXPECT_FALSE(MetricsText{metrics.text(readings)}.has_family("hts_backlog_waiting"));
  readings.now = time::from_milliseconds(60'000);
  readings.backlogs = {{"spool", 3, 1'200, time::from_milliseconds(15'000)},
                       {"results_outbox", 0, 0, std::nullopt}};
  const MetricsText text{metrics.text(readings)};
  EXPECT_EQ(text.value(R"(hts_backlog_waiting{place="spool"})"), 3);
  EXPECT_EQ(text.value(R"(hts_backlog_bytes{place="spool"})"), 1'200);
  EXPECT_EQ(text.value(R"(hts_backlog_oldest_seconds{place="spool"})"), 45);
  EXPECT_EQ(text.value(R"(hts_backlog_waiting{place="results_outbox"})"), 0);
  EXPECT_EQ(text.value(R"(hts_backlog_oldest_seconds{place="results_outbox"})"), 0);
}

TEST(Metrics, tell_how_the_journal_is) {
  const prometheus::Metrics metrics;
  prometheus::Readings readings;
  EXPECT_FALSE(MetricsText{metrics.text(readings)}.has_family("hts_journal_records_total"));
  prometheus::JournalReadings journal;
  journal.records = 7;
  journal.lost_records = 2;
  journal.fsync = {{0.001, 3}, {std::numeric_limits<double>::infinity(), 1}};
  journal.fsync_seconds = 0.5;
  readings.journal = journal;
  const MetricsText well{metrics.text(readings)};
  EXPECT_EQ(well.value("hts_journal_records_total"), 7);
  EXPECT_EQ(well.value("hts_journal_lost_records_total"), 2);
  EXPECT_EQ(well.value("hts_journal_is_writable"), 1);
  EXPECT_EQ(well.value("hts_journal_fsync_seconds_bucket{le=\"0.001\"}"), 3);
  EXPECT_EQ(well.value("hts_journal_fsync_seconds_bucket{le=\"+Inf\"}"), 4);
  readings.journal->problem = "The disk is full.";
  EXPECT_EQ(MetricsText{metrics.text(readings)}.value("hts_journal_is_writable"), 0);
}

}  // namespace
}  // namespace hts::http_test
