#include "config/wiring/session_settings.hpp"

#include <algorithm>
#include <charconv>

#include "config/wiring/live_session.hpp"
#include "config/wiring/notify_session.hpp"

namespace hts::config {
namespace {

template <class Number>
void read_number(std::string_view text, Number& number) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // A journal that asks for a million workers is none of ours.
  constexpr Number largest = 100'000'000;
  if (error == std::errc{} && end == text.data() + text.size() && value > 0 && value <= largest) {
    number = value;
  }
}

void read_job_setting(std::string_view key, const std::string& value, SessionSettings& settings) {
  JobOptions& jobs = settings.wiring.jobs;
  if (key == "jobs.worker") {
    jobs.worker = value;
    settings.keeps_jobs = true;
  }
  if (key == "jobs.is_shared") jobs.is_shared = value == "true";
  if (key == "jobs.allow_noop") settings.allow_noop = value == "true";
  if (key == "jobs.max_attempts") read_number(value, settings.job_terms.max_attempts);
  if (key == "jobs.timeout_seconds") {
    std::int64_t seconds = 0;
    read_number(value, seconds);
    if (seconds > 0) settings.job_terms.timeout = std::chrono::seconds{seconds};
  }
  if (key == "jobs.capacity") read_number(value, jobs.capacity);
  if (key == "jobs.lease_seconds") {
    std::int64_t seconds = jobs.lease.count();
    read_number(value, seconds);
    jobs.lease = std::chrono::seconds{seconds};
  }
  if (key == "jobs.keep_hours") {
    std::int64_t hours = jobs.keep.count();
    read_number(value, hours);
    jobs.keep = std::chrono::hours{std::min<std::int64_t>(hours, 1'000'000)};
  }
}

}  // namespace

void write_session_settings(const SessionSettings& settings, journal::SegmentHeader& header) {
  const WiringOptions& wiring = settings.wiring;
  header.settings = {{"jobs.workers", std::to_string(wiring.workers)},
                     {"jobs.queue_capacity", std::to_string(wiring.queue_capacity)},
                     {"mailbox_capacity", std::to_string(wiring.mailbox_capacity)},
                     {"environment", wiring.environment},
                     {"execution_host", wiring.execution_host},
                     {"data.root", settings.data_root}};
  if (wiring.notify) write_notify_settings(*wiring.notify, header);
  write_live_settings(settings, header);
  if (!settings.keeps_jobs) return;
  const JobOptions& jobs = wiring.jobs;
  header.settings.insert(
      header.settings.end(),
      {{"jobs.worker", jobs.worker},
       {"jobs.is_shared", jobs.is_shared ? "true" : "false"},
       {"jobs.allow_noop", settings.allow_noop ? "true" : "false"},
       {"jobs.max_attempts", std::to_string(settings.job_terms.max_attempts)},
       {"jobs.timeout_seconds",
        std::to_string(
            std::chrono::floor<std::chrono::seconds>(settings.job_terms.timeout).count())},
       {"jobs.capacity", std::to_string(jobs.capacity)},
       {"jobs.lease_seconds", std::to_string(jobs.lease.count())},
       {"jobs.keep_hours", std::to_string(jobs.keep.count())}});
}

SessionSettings read_session_settings(const journal::SegmentHeader& header) {
  SessionSettings settings;
  for (const auto& [key, value] : header.settings) {
    if (key == "jobs.workers") read_number(value, settings.wiring.workers);
    if (key == "jobs.queue_capacity") read_number(value, settings.wiring.queue_capacity);
    if (key == "mailbox_capacity") read_number(value, settings.wiring.mailbox_capacity);
    if (key == "environment") settings.wiring.environment = value;
    if (key == "execution_host") settings.wiring.execution_host = value;
    if (key == "data.root") settings.data_root = value;
    read_job_setting(key, value, settings);
    read_notify_setting(key, value, settings.wiring.notify);
    read_live_setting(key, value, settings);
  }
  return settings;
}

}  // namespace hts::config
