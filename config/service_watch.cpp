#include "config/service_watch.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "config/settings_reload.hpp"

namespace hts::config {
namespace {

using std::chrono::microseconds;

std::string joined(const std::vector<std::string>& keys) {
  std::string text;
  for (const std::string& key : keys) text += (text.empty() ? "" : ", ") + key;
  return text;
}

void reload_schedule(log::JsonLog& log, Daemon& daemon) {
  const auto lines = daemon.reload_schedule();
  if (!lines) {
    log.write(log::Level::error, "schedule",
              "The schedule stays as it is: " + lines.error().message);
  } else if (*lines) {
    log.write(log::Level::info, "schedule",
              "The schedule was read again: " + std::to_string(**lines) + " lines.");
  }
}

void reload(log::JsonLog& log, Settings& running,
            const std::function<result::Result<Settings>()>& read_settings) {
  if (const auto reopened = log.reopen(); !reopened) {
    log.write(log::Level::error, "daemon", reopened.error().message);
  }
  const auto wanted = read_settings();
  if (!wanted) {
    log.write(log::Level::error, "daemon",
              "The settings stay as they are: " + wanted.error().message);
    return;
  }
  const SettingsReload changes = compare_settings(running, *wanted);
  log.set_level(log::level_of(wanted->text("log.level")));
  for (const std::string& key : changes.applied) {
    (void)running.set(key, wanted->text(key), "reload");
  }
  if (!changes.at_restart.empty()) {
    log.write(log::Level::warning, "daemon",
              "These settings change at the next start only: " + joined(changes.at_restart) + ".");
  }
  log.write(log::Level::info, "daemon",
            changes.applied.empty() ? "Reloaded: the log was opened anew, no setting changed."
                                    : "Reloaded: the log was opened anew, and " +
                                          joined(changes.applied) + " changed.");
}

/// The next of the signals; 0 when none came in time.
int next_signal(const sigset_t& signals, std::optional<microseconds> patience) {
  if (!patience) return std::max(0, sigwaitinfo(&signals, nullptr));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(*patience);
  timespec limit{};
  limit.tv_sec = seconds.count();
  limit.tv_nsec = std::chrono::nanoseconds{*patience - seconds}.count();
  return std::max(0, sigtimedwait(&signals, nullptr, &limit));
}

}  // namespace

int watch_service(const sigset_t& signals, Daemon& daemon, log::JsonLog& log,
                  const systemd::ServiceNotice& notice, Settings& running,
                  const std::function<result::Result<Settings>()>& read_settings) {
  using Clock = std::chrono::steady_clock;
  const auto period = notice.watchdog_period();
  auto next_look = Clock::now();
  std::string told;
  for (;;) {
    if (period && Clock::now() >= next_look) {
      next_look = Clock::now() + *period;
      const std::string stuck = daemon.stuck_actor();
      if (stuck.empty()) notice.is_alive();
      if (stuck != told) {
        notice.status(stuck.empty() ? "Well again" : "The actor '" + stuck + "' is stuck");
        told = stuck;
      }
    }
    std::optional<microseconds> patience;
    if (period) {
      // A storm of reloads must not starve the watchdog.
      patience = std::max(microseconds{0},
                          std::chrono::duration_cast<microseconds>(next_look - Clock::now()));
    }
    const int received = next_signal(signals, patience);
    if (received == SIGHUP) {
      notice.reloading();
      reload(log, running, read_settings);
      reload_schedule(log, daemon);
      notice.ready("Reloaded");
    } else if (received != 0) {
      return received;
    }
  }
}

}  // namespace hts::config
