#include "config/health/health_conditions.hpp"

#include <map>
#include <string>
#include <utility>

namespace hts::config {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;
using Conditions = std::vector<alerts::Condition>;

std::string seconds_text(time::Duration duration) {
  return std::to_string(duration_cast<seconds>(duration).count()) + " s";
}

void add_readiness(const http::ReadinessReadings& readings, Conditions& all) {
  std::string text;
  for (const std::string& reason : http::reasons_not_ready(readings)) {
    text += (text.empty() ? "" : " ") + reason;
  }
  if (!text.empty()) all.push_back({"health", "The daemon is not ready", std::move(text), true});
}

void add_disks(const std::vector<DiskSpace>& disks, const HealthBounds& bounds, Conditions& all) {
  for (const DiskSpace& disk : disks) {
    if (disk.free_pct >= bounds.disk_free_pct) continue;
    all.push_back({"health", "The disk of " + disk.setting + " is nearly full",
                   std::to_string(static_cast<int>(disk.free_pct)) +
                       " % of it are free: free some space before writes are refused.",
                   true});
  }
}

/// "3 messages that cannot be read, "; nothing without any.
std::string counted(std::uint64_t count, const char* of_what) {
  return count == 0 ? "" : std::to_string(count) + " " + of_what + ", ";
}

/// Once there was something it holds until the daemon ends: people are told once.
void add_unusable(const prometheus::LiveReadings& live, Conditions& all) {
  std::string counts;
  if (live.feed) {
    counts += counted(live.feed->malformed, "messages that cannot be read") +
              counted(live.feed->unknown_symbols, "about symbols that nobody asked for") +
              counted(live.feed->refused, "with prices or quantities that cannot be");
  }
  if (live.market) {
    std::uint64_t late = 0;
    for (const auto& instrument : live.market->instruments) late += instrument.late_trades;
    counts += counted(live.market->rejected, "with times or prices that cannot be") +
              counted(late, "trades that came after their minute had closed");
  }
  if (counts.empty()) return;
  counts.resize(counts.size() - 2);
  all.push_back({"health", "The feed brings what cannot be used",
                 counts +
                     ", so far. They are left out, and further ones only counted (hts_feed_..., "
                     "hts_ingest_...): compare the exchange's clock with this machine's, and see "
                     "whether the exchange has changed its messages."});
}

/// One of each strategy, so that another one that fails later is told, too.
void add_failed_strategies(const actors::SessionStatus& session, Conditions& all) {
  if (session.plan == nullptr) return;
  std::map<std::string, std::string> symbols_by_strategy;
  for (const actors::RunnerStatus& runner : session.runners) {
    if (runner.error.empty() || runner.slot >= session.plan->slots.size()) continue;
    const paper::LiveSlot& slot = session.plan->slots[runner.slot];
    std::string& symbols = symbols_by_strategy[slot.strategy];
    symbols += (symbols.empty() ? "" : ", ") + session.plan->symbols[slot.instrument].text();
  }
  for (const auto& [strategy, symbols] : symbols_by_strategy) {
    all.push_back({"health", "The strategy " + strategy + " has failed",
                   "It decides nothing any more on " + symbols +
                       ". The log has the cause; PATCH /api/simulation/strategies with its "
                       "parameters begins it anew.",
                   true});
  }
}

void add_live(const prometheus::LiveReadings& live, const HealthBounds& bounds, time::Timestamp now,
              Conditions& all) {
  if (!live.session || !live.session->is_running) return;
  add_unusable(live, all);
  add_failed_strategies(*live.session, all);
  if (live.feed && live.feed->status.state == ports::FeedState::live &&
      bounds.feed_silence > seconds::zero()) {
    const time::Timestamp heard = live.feed->last_frame.value_or(live.feed->status.since);
    if (now - heard > bounds.feed_silence) {
      all.push_back({"health", "The feed is silent",
                     "Nothing has come from " + live.feed->name + " for " +
                         seconds_text(now - heard) +
                         ": look whether the exchange has an outage; it is connected anew after "
                         "feed.silence_seconds."});
    }
  }
  if (bounds.is_recording || bounds.signal <= seconds::zero() || !live.market ||
      live.market->bars == 0) {
    return;
  }
  // The minute after the last bar is over by then.
  const time::Duration late = now - (live.market->last_bar + std::chrono::minutes{2});
  if (late > bounds.signal) {
    all.push_back({"sla_breach", "Signals are late",
                   "The newest minute is " + seconds_text(late) +
                       " late, more than sla.signal_seconds: 'hts health' and 'hts actors' show "
                       "what holds it up."});
  }
}

void add_jobs(const http::ReadinessReadings& readings, const HealthBounds& bounds,
              time::Timestamp now, Conditions& all) {
  if (bounds.queue_wait <= seconds::zero() || !readings.scheduler) return;
  const auto& jobs = readings.scheduler->jobs;
  if (!jobs.oldest_queued_at || jobs.paused) return;
  const time::Duration waits = now - *jobs.oldest_queued_at;
  if (waits <= bounds.queue_wait) return;
  all.push_back({"sla_breach", "Jobs wait too long",
                 "The oldest of " + std::to_string(jobs.queued) + " jobs has waited for " +
                     seconds_text(waits) +
                     ", more than sla.queue_wait_seconds: add workers, or see 'hts jobs list'."});
}

}  // namespace

HealthBounds health_bounds(const Settings& settings) {
  HealthBounds bounds;
  bounds.disk_free_pct = static_cast<double>(settings.integer("health.disk_free_percent"));
  bounds.feed_silence = seconds{settings.integer("health.feed_silence_seconds")};
  bounds.queue_wait = seconds{settings.integer("sla.queue_wait_seconds")};
  bounds.signal = seconds{settings.integer("sla.signal_seconds")};
  bounds.is_recording = settings.text("feed.source").starts_with("replay:");
  return bounds;
}

Conditions conditions_of(const http::ReadinessReadings& readings,
                         const std::vector<DiskSpace>& disks, const HealthBounds& bounds,
                         time::Timestamp now) {
  Conditions all;
  add_readiness(readings, all);
  add_disks(disks, bounds, all);
  add_live(readings.live, bounds, now, all);
  add_jobs(readings, bounds, now, all);
  return all;
}

}  // namespace hts::config
