#include "config/schedule/daemon_tasks.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/backup/state_backup.hpp"
#include "adapters/binance/binance_history.hpp"
#include "adapters/disk/disk.hpp"
#include "adapters/upbit/upbit_market_history.hpp"
#include "config/schedule/awaited.hpp"
#include "config/schedule/candle_collection.hpp"
#include "config/schedule/daily_report.hpp"
#include "config/schedule/task_options.hpp"
#include "config/wiring/candle_arrival.hpp"
#include "config/wiring/task_work.hpp"

namespace hts::config {
namespace {

using result::ErrorCode;
using result::make_error;
using schedule::ScheduleLine;
using scheduled_tasks::TaskOutcome;
using Flag = std::atomic<bool>;
using Text = result::Result<std::string>;

constexpr std::chrono::minutes store_patience{10};
constexpr std::chrono::minutes settled_after{10};
constexpr std::uint64_t runs_at_once = 100;

std::string counted(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what;
}

Text compact(const TaskSurroundings& all, const ScheduleLine& line, const Flag& cancelled) {
  const Awaited<actors::CompactReport> report;
  all.runtime.enter(make_compaction(all.runtime, all.ingest, line.timeout,
                                    [taker = report.taker()](const auto& came) { taker(came); }));
  const auto moved = report.wait(cancelled);
  if (!moved) return moved.error();
  return counted(moved->candles, "candles of ") +
         counted(moved->symbols, "symbols went into the ") + "catalog.";
}

/// The exchange's own record. Calls end soon once the flag is set.
std::unique_ptr<ports::MarketHistory> history_of(const std::string& exchange,
                                                 const Settings& settings, const Flag& cancelled) {
  const auto prepare = [&](auto options) {
    const std::string& url = settings.text("feed.history_url");
    if (exchange == settings.text("feed.source") && url != "-") options.base_url = url;
    options.cancelled = [&cancelled] { return cancelled.load(); };
    return options;
  };
  if (exchange == "binance") {
    return std::make_unique<binance::BinanceHistory>(prepare(binance::HistoryOptions{}));
  }
  return std::make_unique<upbit::UpbitMarketHistory>(prepare(upbit::ClientOptions{}));
}

Text collect(const TaskSurroundings& all, const ScheduleLine& line, const Flag& cancelled) {
  const auto options = collect_options(line, all.settings);
  if (!options) return options.error();
  const auto history = history_of(options->exchange, all.settings, cancelled);
  const CollectionPorts ports{*history, all.candles, [&](actors::StoreCandles candles) {
                                const Awaited<ports::WriteReport> report;
                                all.runtime.enter(make_candle_arrival(
                                    all.runtime, all.ingest, std::move(candles), store_patience,
                                    [taker = report.taker()](const auto& came) { taker(came); }));
                                return report.wait(cancelled);
                              }};
  std::uint64_t added = 0;
  std::uint64_t series = 0;
  std::string failures;
  for (const market::Symbol& symbol : options->symbols) {
    for (const market::Timeframe timeframe : options->timeframes) {
      // What a live session is about to see is its own to store.
      const time::Timestamp end = all.now() - settled_after;
      const auto collected = collect_candles(
          ports, symbol, timeframe, {end - std::chrono::days{options->days}, end}, cancelled);
      if (cancelled) return make_error(ErrorCode::cancelled, "What came until then is kept.");
      ports::CollectionStatus status{symbol, timeframe, {}, all.now(), {}};
      if (collected) {
        added += collected->added;
        ++series;
        status.last_candle = collected->last;
      } else {
        status.error = collected.error().message;
        failures += " " + symbol.text() + " " + std::string{timeframe.name()} + ": " +
                    collected.error().message;
        if (const auto before = all.results.collection->find(symbol, timeframe)) {
          status.last_candle = before->last_candle;
        }
      }
      if (auto noted = all.results.collection->put({status}); !noted) {
        failures += " " + noted.error().message;
      }
    }
  }
  const std::string done = counted(added, "candles are new in ") + counted(series, "series.");
  if (!failures.empty()) return make_error(ErrorCode::network, done + failures);
  return done;
}

Text clean_up(const TaskSurroundings& all, const ScheduleLine& line, const Flag& cancelled) {
  const auto options = clean_up_options(line, all.settings);
  if (!options) return options.error();
  if (!options->results_days) {
    return std::string{"Results stay: results_days=90 would remove those older than 90 days."};
  }
  const time::Timestamp before = all.now() - std::chrono::days{*options->results_days};
  std::uint64_t removed = 0;
  while (!cancelled) {
    // First from the index: a crash in between leaves files that nobody knows, which the next
    // start removes.
    const auto forgotten = all.results.runs->forget(before, runs_at_once);
    if (!forgotten) return forgotten.error();
    for (const std::string& run_id : *forgotten) {
      if (auto gone = all.artifacts.remove(run_id); !gone) return std::move(gone).error();
    }
    removed += forgotten->size();
    if (forgotten->size() < runs_at_once) break;
  }
  return counted(removed, "results were older than ") +
         counted(static_cast<std::uint64_t>(*options->results_days), "days and are gone.");
}

/// The SQLite files below the state, and that of results elsewhere.
result::Result<std::vector<std::filesystem::path>> databases_of(const Settings& settings) {
  const std::filesystem::path root = settings.text("state.root");
  const auto entries = disk::system_disk()->list(root);
  if (!entries) return entries.error();
  std::vector<std::filesystem::path> found;
  for (const disk::Entry& entry : *entries) {
    if (!entry.is_directory && entry.name.ends_with(".sqlite")) found.push_back(root / entry.name);
  }
  const auto results = result_storage_options(settings);
  if (!results) return results.error();
  const std::filesystem::path elsewhere = sqlite_path(*results);
  const auto has_name = [&](const auto& path) { return path.filename() == elsewhere.filename(); };
  if (!elsewhere.empty() && std::ranges::none_of(found, has_name)) found.push_back(elsewhere);
  return found;
}

Text back_up_state(const TaskSurroundings& all, const ScheduleLine& line, const Flag& cancelled) {
  const auto options = backup_options(line, all.settings);
  if (!options) return options.error();
  const std::filesystem::path root = all.settings.text("state.root");
  auto databases = databases_of(all.settings);
  if (!databases) return std::move(databases).error();
  const backup::BackupPlan plan{*std::move(databases),
                                {root / "schedule.json", root / "results.index"},
                                root / "runs",
                                options->to,
                                options->keep};
  const auto report = backup::back_up(*disk::system_disk(), plan, all.now(), cancelled);
  if (!report) return report.error();
  return report->name + " has " + counted(report->databases, "databases, ") +
         counted(report->runs, "runs and ") + counted(report->bytes, "bytes; it was checked. ") +
         counted(report->removed, "older ones were removed.");
}

Text report(const TaskSurroundings& all, const ScheduleLine&, const Flag& cancelled) {
  const Awaited<prometheus::LiveReadings> readings;
  all.read_live(
      [taker = readings.taker()](prometheus::LiveReadings live) { taker(std::move(live)); });
  auto live = readings.wait(cancelled);
  if (!live) return std::move(live).error();
  actors::Notice notice = daily_report(*live);
  std::string text = notice.text;
  all.runtime.enter(make_notice(all.notifier, std::move(notice)));
  return text;
}

}  // namespace

std::map<std::string, scheduled_tasks::Task> make_tasks(const TaskSurroundings& surroundings) {
  using Work = Text (*)(const TaskSurroundings&, const ScheduleLine&, const Flag&);
  std::map<std::string, scheduled_tasks::Task> tasks;
  const auto add = [&](const char* name, Work work) {
    tasks[name] = [surroundings, work](const ScheduleLine& line, time::Timestamp,
                                       const Flag& cancelled) {
      return work(surroundings, line, cancelled);
    };
  };
  add("backup", &back_up_state);
  add("clean_up", &clean_up);
  add("collect", &collect);
  add("compact", &compact);
  add("report", &report);
  return tasks;
}

std::optional<actors::Notice> notice_of(const scheduled_tasks::TaskRun& run) {
  const bool is_backup = run.task == "backup";
  const bool has_failed =
      run.outcome == TaskOutcome::failed || run.outcome == TaskOutcome::timed_out;
  if (!has_failed && !(is_backup && run.outcome == TaskOutcome::done)) return std::nullopt;
  actors::Notice notice;
  notice.kind = is_backup ? "backup" : "task_failed";
  notice.subject = run.name + (has_failed ? " failed" : " is done");
  notice.text = (has_failed ? "The scheduled task '" + run.name + "' failed: " : "") + run.text;
  if (has_failed) {
    notice.severity = is_backup ? actors::Severity::critical : actors::Severity::warning;
  }
  return notice;
}

}  // namespace hts::config
