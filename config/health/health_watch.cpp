#include "config/health/health_watch.hpp"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "config/schedule/awaited.hpp"

namespace hts::config {
namespace {

actors::Notice notice_of_news(const alerts::ConditionNews& news) {
  const auto held = std::chrono::duration_cast<std::chrono::seconds>(news.held);
  actors::Notice notice;
  notice.kind = news.condition.kind;
  notice.subject = news.condition.subject + (news.is_over ? ": over" : "");
  notice.text = news.is_over ? news.condition.subject + ": over, after " +
                                   std::to_string(held.count()) + " s."
                             : news.condition.subject + ": " + news.condition.text;
  if (!news.is_over) {
    notice.severity =
        news.condition.is_critical ? actors::Severity::critical : actors::Severity::warning;
  }
  return notice;
}

}  // namespace

HealthWatch::HealthWatch(Options options)
    : options_(std::move(options)), conditions_(options_.patience), thread_([this] { watch(); }) {}

HealthWatch::~HealthWatch() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
  }
  stops_.notify_all();
  thread_.join();
}

void HealthWatch::watch() {
  for (;;) {
    {
      std::unique_lock lock{mutex_};
      if (stops_.wait_for(lock, options_.period, [this] { return is_stopping_.load(); })) return;
    }
    look();
  }
}

void HealthWatch::look() {
  const Awaited<http::ReadinessReadings> readings;
  options_.read(
      [taker = readings.taker()](http::ReadinessReadings came) { taker(std::move(came)); });
  const auto came = readings.wait(is_stopping_);
  if (!came) return;
  const auto holding = conditions_of(*came, options_.disks(), options_.bounds, options_.now());
  const time::Duration since_start = std::chrono::steady_clock::now() - started_;
  for (const auto& news : conditions_.look(since_start, holding)) {
    options_.tell(notice_of_news(news));
  }
}

std::vector<DiskSpace> disk_space(const Settings& settings) {
  std::vector<DiskSpace> all;
  for (const char* key : {"data.root", "state.root"}) {
    std::error_code error;
    const auto space = std::filesystem::space(settings.text(key), error);
    if (error || space.capacity == 0) continue;
    all.push_back(
        {key, 100.0 * static_cast<double>(space.available) / static_cast<double>(space.capacity)});
  }
  return all;
}

}  // namespace hts::config
