#include "config/settings.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <fstream>
#include <ostream>

#include "adapters/credentials/url_password.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;

const Setting* find_setting(std::string_view key) {
  const auto& settings = all_settings();
  const auto found = std::find_if(settings.begin(), settings.end(),
                                  [&](const Setting& setting) { return setting.key == key; });
  return found == settings.end() ? nullptr : &*found;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_choice(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const auto bar = choices.find('|');
    if (choices.substr(0, bar) == value) return true;
    if (bar == std::string_view::npos) return false;
    choices.remove_prefix(bar + 1);
  }
  return false;
}

}  // namespace

const std::vector<Setting>& all_settings() {
  using enum SettingType;
  static const std::vector<Setting> settings = {
      {"http.address", text, "127.0.0.1",
       "Address to listen on; anything but loopback is reachable by others."},
      {"http.port", integer, "8000", "Port to listen on; 0 takes a free one and logs it.", 0,
       65535},
      {"http.max_connections", integer, "1024",
       "Connections served at once; further ones are told 503.", 1, 1'000'000},
      {"http.idle_timeout_seconds", integer, "60",
       "Seconds after which a silent connection is closed.", 1, 3600},
      {"data.root", text, "./data",
       "Folder of the candle catalog, {SYMBOL}/{TIMEFRAME}/{YEAR}.parquet."},
      {"state.root", text, "./state",
       "Folder of what the daemon writes: results.sqlite, jobs.sqlite, runs/ and journal/."},
      {"results.url", text, "sqlite",
       "Database of the results: sqlite (results.sqlite in state.root), sqlite:PATH or "
       "postgresql://user@host:5432/database."},
      {"results.password_file", text, "-",
       "File whose first line is PostgreSQL's password; - takes it from the address, PGPASSWORD or "
       "~/.pgpass."},
      {"results.connections", integer, "4", "Connections to PostgreSQL at the same time.", 1, 256},
      {"results.timeout_seconds", integer, "5",
       "Seconds after which a PostgreSQL server that does not answer is given up.", 1, 600},
      {"parquet.memory_limit_mb", integer, "256",
       "Memory that reading and writing Parquet may take, in MB.", 64, 65536},
      {"runtime.threads", integer, "2", "Threads that run actors and HTTP.", 1, 256},
      {"runtime.seed", integer, "0",
       "Seed of the runtime's random numbers; 0 draws one from the system.", 0, INT64_MAX},
      {"runtime.shutdown_milliseconds", integer, "4000",
       "How long a stop may take before what is left is named and abandoned.", 100, 600'000},
      {"runtime.stuck_seconds", integer, "10",
       "Seconds in one batch of messages after which an actor is said to be stuck; 0 never.", 0,
       86'400},
      {"jobs.workers", integer, "1", "Backtests computed at the same time.", 1, 256},
      {"jobs.queue_capacity", integer, "64",
       "Backtests waiting for a worker; further ones are refused with 503.", 1, 1'000'000},
      {"jobs.store", text, "sqlite",
       "Where jobs are kept: sqlite (state.root/jobs.sqlite), or a server that several machines "
       "share, redis://[user@]host:port[/db]."},
      {"jobs.password_file", text, "-",
       "File whose first line is the password of jobs.store; - means none."},
      {"jobs.capacity", integer, "100000", "Jobs in the queue; further ones are refused with 503.",
       1, 100'000'000},
      {"jobs.lease_seconds", integer, "30",
       "Seconds after which the job of a worker that does not answer goes to another.", 1, 3600},
      {"jobs.keep_days", integer, "7", "Days after which a job that has ended is removed.", 1,
       36'500},
      {"jobs.history_days", integer, "90",
       "Days after which the history forgets a job that has ended; at least jobs.keep_days.", 1,
       36'500},
      {"jobs.max_attempts", integer, "3",
       "Attempts at a job that asks for nothing else, the first included.", 1, 1000},
      {"jobs.timeout_seconds", integer, "3600",
       "Seconds that an attempt at a job that asks for nothing else may take.", 1, 604'800},
      {"jobs.allow_noop", boolean, "false",
       "Accept jobs of the kind noop, which do nothing: for measurements."},
      {"journal.enabled", boolean, "true",
       "Record everything that enters below state.root/journal, so that 'hts replay' can execute "
       "it "
       "again; actors then work on one thing after the other."},
      {"journal.fsync", text, "interval",
       "When a record outlives a power failure: before its answer goes out (always), after "
       "journal.fsync_interval_milliseconds (interval), or when the system gets to it (none).",
       0, 0, "always|interval|none"},
      {"journal.fsync_interval_milliseconds", integer, "100",
       "Milliseconds between two fsyncs of the journal with journal.fsync = interval.", 1, 60'000},
      {"journal.segment_megabytes", integer, "64",
       "Size at which the journal goes on in a new file, in MB.", 1, 65536},
      {"journal.keep_megabytes", integer, "1024",
       "Size of all files of the journal; the oldest are removed, in MB.", 1, 100'000'000},
      {"journal.keep_days", integer, "30", "Days after which a file of the journal is removed.", 1,
       36'500},
      {"plugin.dir", text, "-",
       "Folder whose *.so files are loaded as strategies at the start; - loads none. Loading a "
       "plugin runs its code."},
      {"plugin.isolation", text, "process",
       "Where a plugin's code runs: in a process of its own, or inside the daemon (none), where a "
       "crash or an endless loop of it is the daemon's.",
       0, 0, "process|none"},
      {"plugin.bar_budget_milliseconds", integer, "1000",
       "Longest processor time that a plugin may take for one candle with plugin.isolation = "
       "process; "
       "ten times as long when it waits.",
       10, 3'600'000},
      {"plugin.memory_limit_mb", integer, "1024", "Memory of a plugin's process, in MB.", 16,
       1'048'576},
      {"feed.source", text, "none",
       "Where live prices come from: none, upbit, binance, redis://[user@]host:port[/db] (a stream "
       "of trades or candles), or replay:PATH (a recording of either exchange)."},
      {"feed.url", text, "-",
       "Another address of the exchange's stream, wss://host[:port]; - is the exchange's own."},
      {"feed.history_url", text, "-",
       "Another address of the exchange's REST interface, https://host; - is the exchange's own."},
      {"feed.ca_file", text, "-",
       "PEM file of the authorities that the stream's certificate may come from; - is those that "
       "the system trusts."},
      {"feed.own_thread", boolean, "true",
       "Read the exchange's stream on a thread of its own, which also takes what it has read "
       "through "
       "to the strategies' decisions; false: on the workers' threads, one thread less, and a "
       "signal "
       "comes some microseconds later."},
      {"feed.silence_seconds", integer, "300",
       "Seconds without market data after which the stream is connected anew; 0 never.", 0, 86'400},
      {"feed.quotes", boolean, "false",
       "Also follow the best bid and ask of each symbol, which are told with live prices; only "
       "Binance has a stream of them."},
      {"feed.speed", integer, "1",
       "How many times faster than it was recorded a recording is played; 0 as fast as it is "
       "taken.",
       0, 1'000'000},
      {"feed.redis_stream", text, "hts:market", "Redis stream that trades or candles come from."},
      {"feed.redis_group", text, "hts", "Consumer group in it; each group gets every entry."},
      {"feed.password_file", text, "-",
       "File whose first line is the password of a Redis in feed.source; - means none."},
      {"publish.redis", text, "-",
       "Redis that closed candles and what the paper session does are told to, "
       "redis://[user@]host:port[/db], in streams; - means none."},
      {"publish.password_file", text, "-",
       "File whose first line is its password, or the name of a credential of systemd; - means "
       "none."},
      {"publish.prefix", text,
       "hts:", "Beginning of the names of the streams: PREFIXcandles and PREFIXsignals."},
      {"publish.format", text, "json", "What a candle is written as.", 0, 0, "json|msgpack"},
      {"publish.most_entries", integer, "100000", "Entries that a stream keeps, about.", 1'000,
       100'000'000},
      {"ingest.grace_milliseconds", integer, "2000",
       "Milliseconds after the end of a minute, by the exchange's messages, until it is closed "
       "without a later trade.",
       0, 60'000},
      {"ingest.backfill_patience_seconds", integer, "300",
       "Seconds that the exchange's history may be out of reach until the market goes on without "
       "the minutes that the stream missed.",
       0, 86'400},
      {"ingest.longest_backfill_hours", integer, "72",
       "Hours back from now that the exchange's history is asked for, after a restart for example.",
       1, 8'760},
      {"ingest.day_boundary", text, "utc",
       "Whose midnight cuts live candles of a day or a week: utc, as the exchanges cut them, or "
       "kst.",
       0, 0, "utc|kst"},
      {"ingest.tail_candles", integer, "200000",
       "Newest minutes kept in state.root/live.sqlite before they go into the catalog.", 1'000,
       10'000'000},
      {"notify.slack_url_file", text, "-",
       "File whose first line is the address of a Slack webhook, or the name of a credential of "
       "systemd; - sends nothing to Slack."},
      {"notify.email_server", text, "-",
       "Mail server for alerts, smtp://host:587 (upgraded by STARTTLS, never without) or "
       "smtps://host:465; - sends no e-mail."},
      {"notify.email_user", text, "-", "User of the mail server; - means none."},
      {"notify.email_password_file", text, "-",
       "File whose first line is the password of notify.email_user, or the name of a credential of "
       "systemd."},
      {"notify.email_from", text, "-", "Address that e-mail comes from."},
      {"notify.email_to", text, "-", "Addresses that e-mail goes to, with commas between them."},
      {"notify.webhook_url", text, "-",
       "Address that alerts are posted to as signed JSON, https://host/path; - posts none."},
      {"notify.webhook_key_file", text, "-",
       "File whose first line is the key that signs them, or the name of a credential of systemd."},
      {"notify.ca_file", text, "-",
       "PEM file of the authorities that certificates of these servers may come from; - is those "
       "that the system trusts."},
      {"notify.routes", text, "* -> all",
       "Which alerts go where, the first rule that fits: 'critical -> slack > email; info:signal "
       "-> "
       "none; * -> all'."},
      {"notify.subject", text, "[{severity}] {subject}",
       "Subject of a message: {id}, {kind}, {severity}, {subject}, {text}, {time}, "
       "{details.NAME}."},
      {"notify.line", text, "{time} {kind}: {text}", "Line of a message for each alert, likewise."},
      {"notify.time_zone", text, "KST", "Zone of {time} and of the quiet hours.", 0, 0, "KST|UTC"},
      {"notify.quiet_hours", text, "-",
       "Time of each day in which only critical alerts go out, 22:00-07:00; - means none."},
      {"notify.batch_seconds", integer, "5",
       "Seconds that an alert which is not critical waits for others to go with.", 0, 3600},
      {"notify.repeat_seconds", integer, "900",
       "Seconds within which alerts of the same kind and subject are told once and then counted.",
       0, 86'400},
      {"notify.messages_per_minute", integer, "20", "Messages of a channel a minute.", 1, 600},
      {"notify.burst", integer, "5", "Messages of a channel that may go at once.", 1, 1000},
      {"notify.failures_to_hand_on", integer, "3",
       "Failures in a row after which a channel's alerts go to the next one of their route.", 1,
       100},
      {"notify.give_up_hours", integer, "48",
       "Hours after which an alert is dropped that has no other way than a channel that fails.", 1,
       8760},
      {"notify.timeout_seconds", integer, "10", "Seconds that a delivery may take.", 1, 300},
      {"live.manual_fee_pct", text, "0.1",
       "Fee of positions entered by hand in live trading, percent of the value."},
      {"live.manual_slippage_pct", text, "0.02",
       "Slippage of the exit of positions entered by hand, percent of the value."},
      {"live.fee_on_exit", boolean, "true",
       "Charge the fee of positions entered by hand on the exit, too."},
      {"schedule.file", text, "-",
       "File of the tasks that run by the clock, one a line: 'nightly 30 3 * * * KST backup'; "
       "read again on SIGHUP; - means none."},
      {"webhooks.in", text, "-",
       "Webhooks that signed signals of others come to, NAME=SECRET_FILE with commas between them; "
       "the file's first line is the secret, or it is the name of a credential of systemd; - takes "
       "none."},
      {"webhooks.window_seconds", integer, "300",
       "Seconds between the signing of such a request and its arrival, at most.", 1, 3600},
      {"health.check_seconds", integer, "5",
       "Seconds between two looks at how the daemon is; what is wrong becomes an alert.", 1, 3600},
      {"health.patience_seconds", integer, "30",
       "Seconds that something has to be wrong, or well again, until people are told.", 0, 86'400},
      {"health.disk_free_percent", integer, "10",
       "Free part of the disks of data.root and state.root below which people are told, in "
       "percent; 0 never.",
       0, 100},
      {"health.feed_silence_seconds", integer, "60",
       "Seconds without market data during a session after which people are told; 0 never.", 0,
       86'400},
      {"sla.queue_wait_seconds", integer, "0",
       "Seconds that the oldest job may wait before people are told; 0 never.", 0, 31'536'000},
      {"sla.signal_seconds", integer, "0",
       "Seconds after the end of a minute by which its signals are out, else people are told; 0 "
       "never.",
       0, 86'400},
      {"log.level", text, "info", "Least severe line that is written.", 0, 0,
       "debug|info|warning|error"},
      {"log.requests", boolean, "false", "Write one line for each HTTP request."},
      {"log.file", text, "-", "File for the log, one JSON object a line; - is standard error."},
      {"log.rotate_megabytes", integer, "0",
       "Size at which log.file goes on in a new file, in MB; 0 never, for those who rotate it "
       "themselves and send SIGHUP.",
       0, 1'000'000},
      {"log.keep_files", integer, "5",
       "Full log files that are kept with log.rotate_megabytes; the oldest is removed.", 1, 1000},
  };
  return settings;
}

std::string environment_name(std::string_view key) {
  std::string name = "HTS_";
  for (const char c : key) {
    name += c == '.' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

Settings::Settings() {
  for (const Setting& setting : all_settings()) {
    values_.emplace(std::string{setting.key}, std::string{setting.default_value});
  }
}

Status Settings::set(std::string_view key, std::string_view value, std::string_view source) {
  const std::string where = source.empty() ? "" : std::string{source} + ": ";
  const std::string name{key};
  const Setting* setting = find_setting(key);
  if (setting == nullptr) {
    return make_error(
        ErrorCode::invalid,
        where + "'" + name + "' is not a setting: 'hts serve --print-config' lists them all.",
        name);
  }
  switch (setting->type) {
    case SettingType::integer: {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc{} || end != value.data() + value.size() || number < setting->minimum ||
          number > setting->maximum) {
        return make_error(ErrorCode::invalid,
                          where + name + " is '" + std::string{value} +
                              "': give a whole number from " + std::to_string(setting->minimum) +
                              " to " + std::to_string(setting->maximum) + ".",
                          name);
      }
      break;
    }
    case SettingType::boolean:
      if (value != "true" && value != "false") {
        return make_error(ErrorCode::invalid,
                          where + name + " is '" + std::string{value} + "': give true or false.",
                          name);
      }
      break;
    case SettingType::text:
      if (value.empty()) {
        return make_error(ErrorCode::invalid, where + name + " is empty: give a value.", name);
      }
      if (!setting->choices.empty() && !is_choice(setting->choices, value)) {
        return make_error(ErrorCode::invalid,
                          where + name + " is '" + std::string{value} + "': give one of " +
                              std::string{setting->choices} + ".",
                          name);
      }
      break;
  }
  values_.find(key)->second = std::string{value};
  return result::success();
}

Status Settings::read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return make_error(
        ErrorCode::not_found,
        "The configuration file '" + path + "' cannot be read: check its path and permissions.",
        "config");
  }
  std::string section;
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    const std::string where = path + ":" + std::to_string(number);
    const std::string_view content = trimmed(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') continue;
    if (content.front() == '[' && content.back() == ']') {
      section = std::string{trimmed(content.substr(1, content.size() - 2))};
      continue;
    }
    const auto equals = content.find('=');
    if (equals == std::string_view::npos || trimmed(content.substr(0, equals)).empty()) {
      return make_error(ErrorCode::malformed,
                        where + ": write 'key = value', '[section]' or '# comment'.", where);
    }
    const std::string key =
        (section.empty() ? "" : section + ".") + std::string{trimmed(content.substr(0, equals))};
    if (auto status = set(key, trimmed(content.substr(equals + 1)), where); !status) return status;
  }
  return result::success();
}

Status Settings::read_environment(char** environment) {
  for (const Setting& setting : all_settings()) {
    const std::string prefix = environment_name(setting.key) + "=";
    for (char** entry = environment; *entry != nullptr; ++entry) {
      const std::string_view pair{*entry};
      if (!pair.starts_with(prefix)) continue;
      if (auto status = set(setting.key, pair.substr(prefix.size()), environment_name(setting.key));
          !status) {
        return status;
      }
    }
  }
  return result::success();
}

const std::string& Settings::text(std::string_view key) const {
  const auto found = values_.find(key);
  assert(found != values_.end());
  return found->second;
}

std::int64_t Settings::integer(std::string_view key) const {
  const std::string& value = text(key);
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

bool Settings::boolean(std::string_view key) const {
  return text(key) == "true";
}

void Settings::print(std::ostream& out) const {
  std::string_view section;
  for (const Setting& setting : all_settings()) {
    const auto dot = setting.key.find('.');
    if (setting.key.substr(0, dot) != section) {
      if (!section.empty()) out << "\n";
      section = setting.key.substr(0, dot);
      out << "[" << section << "]\n";
    }
    out << "# " << setting.help << " (" << environment_name(setting.key) << ", default "
        << setting.default_value << ")\n"
        << setting.key.substr(dot + 1) << " = " << credentials::without_password(text(setting.key))
        << "\n";
  }
}

}  // namespace hts::config
