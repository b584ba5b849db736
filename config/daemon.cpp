#include "config/daemon.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <future>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "adapters/archive/archiving_job_store.hpp"
#include "adapters/disk/durable.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/candle_downloads.hpp"
#include "adapters/http/event_hub.hpp"
#include "adapters/http/io_thread.hpp"
#include "adapters/http/live_reading.hpp"
#include "adapters/http/recorded_request.hpp"
#include "adapters/http/server.hpp"
#include "adapters/journal/journaled_alerts.hpp"
#include "adapters/journal/journaled_job_store.hpp"
#include "adapters/journal/journaled_preset_store.hpp"
#include "adapters/journal/journaled_stores.hpp"
#include "adapters/parquet/duckdb_formats.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "adapters/scheduled_tasks/task_desk.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"
#include "config/alert_board.hpp"
#include "config/daemon_journal.hpp"
#include "config/doors/doors.hpp"
#include "config/doors/webhook_settings.hpp"
#include "config/health/health_watch.hpp"
#include "config/host_name.hpp"
#include "config/job_store.hpp"
#include "config/live/live_trading.hpp"
#include "config/notify/notify_settings.hpp"
#include "config/results/result_storage.hpp"
#include "config/schedule/daemon_tasks.hpp"
#include "config/schedule/task_options.hpp"
#include "config/state_claim.hpp"
#include "config/version.hpp"
#include "config/wiring/candle_arrival.hpp"
#include "config/wiring/job_listening.hpp"
#include "config/wiring/session_settings.hpp"
#include "config/wiring/stop_work.hpp"
#include "config/wiring/task_work.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::config {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds reading_patience{5};

std::uint64_t draw_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::string trace_of_life() {
  return runtime::trace_text(draw_seed());
}

log::Level log_level(runtime::LogLevel level) {
  switch (level) {
    case runtime::LogLevel::debug:
      return log::Level::debug;
    case runtime::LogLevel::info:
      return log::Level::info;
    case runtime::LogLevel::warning:
      return log::Level::warning;
    case runtime::LogLevel::error:
      return log::Level::error;
  }
  return log::Level::error;
}

std::uint64_t seed_of(const Settings& settings) {
  const auto seed = static_cast<std::uint64_t>(settings.integer("runtime.seed"));
  return seed == 0 ? draw_seed() : seed;
}

actors::IngestOptions ingest_options(const Settings& settings) {
  actors::IngestOptions ingest;
  ingest.grace = milliseconds{settings.integer("ingest.grace_milliseconds")};
  ingest.backfill_patience =
      std::chrono::seconds{settings.integer("ingest.backfill_patience_seconds")};
  ingest.longest_backfill = std::chrono::hours{settings.integer("ingest.longest_backfill_hours")};
  if (settings.text("ingest.day_boundary") == "kst") {
    ingest.day_boundary = market::DayBoundary::kst;
  }
  ingest.tail_candles = static_cast<std::uint64_t>(settings.integer("ingest.tail_candles"));
  return ingest;
}

SessionSettings session_settings(const Settings& settings) {
  SessionSettings session;
  session.wiring.workers = static_cast<std::size_t>(settings.integer("jobs.workers"));
  session.wiring.queue_capacity = static_cast<std::size_t>(settings.integer("jobs.queue_capacity"));
  session.wiring.environment = "hts " + version;
  session.wiring.execution_host = host_name();
  session.data_root = std::filesystem::absolute(settings.text("data.root")).string();
  // The same after a restart, so that it finds what it held.
  session.wiring.jobs =
      job_options(settings, host_name() + ":" +
                                std::filesystem::absolute(settings.text("state.root")).string());
  session.keeps_jobs = true;
  // Rules that make no sense were refused at the start.
  if (auto rules = alert_rules(settings)) session.wiring.notify = *std::move(rules);
  const std::string& source = settings.text("feed.source");
  session.trades_live = source != "none";
  session.has_history = source == "upbit" || source == "binance";
  session.wiring.live.is_recording = source.starts_with("replay:");
  session.wiring.live.ingest = ingest_options(settings);
  if (const auto costs = manual_costs(settings)) session.wiring.live.manual = *costs;
  session.allow_noop = settings.boolean("jobs.allow_noop");
  session.job_terms.max_attempts =
      static_cast<std::uint32_t>(settings.integer("jobs.max_attempts"));
  session.job_terms.timeout = std::chrono::seconds{settings.integer("jobs.timeout_seconds")};
  return session;
}

runtime::RuntimeOptions runtime_options(const Settings& settings, std::uint64_t seed,
                                        log::JsonLog& log, DaemonJournal* journal) {
  runtime::RuntimeOptions options;
  options.threads = static_cast<std::size_t>(settings.integer("runtime.threads"));
  options.seed = seed;
  if (journal != nullptr) options.recorder = journal->recorder.get();
  options.stuck_after = std::chrono::seconds{settings.integer("runtime.stuck_seconds")};
  options.log = [&log](const runtime::LogRecord& record) {
    log::Fields fields;
    if (record.trace != 0) fields.emplace_back("trace", runtime::trace_text(record.trace));
    log.write(log_level(record.level), record.actor, record.text, fields);
  };
  options.on_give_up = [&log](const runtime::Failure& failure) {
    log.write(
        log::Level::error, "runtime",
        "The actor '" + failure.actor +
            "' failed too often and stays down: restart the daemon. Last error: " + failure.error);
  };
  return options;
}

std::string about_forced(const std::vector<std::string>& forced, milliseconds budget) {
  constexpr std::size_t most_named = 8;
  std::string names;
  for (std::size_t i = 0; i < std::min(forced.size(), most_named); ++i) {
    names += (i == 0 ? "'" : ", '") + forced[i] + "'";
  }
  if (forced.size() > most_named) {
    names += " and " + std::to_string(forced.size() - most_named) + " more";
  }
  return "Actors had not ended when the time for a stop (runtime.shutdown_milliseconds = " +
         std::to_string(budget.count()) + ") was over: " + names +
         ". The first of them had work left, and the others waited for it. Whatever was announced "
         "is durable, and the next life goes on from there.";
}

}  // namespace

struct Daemon::Parts {
  Parts(const Settings& given, log::JsonLog& daemon_log, std::unique_ptr<disk::Lock> lock,
        std::uint64_t seed, std::unique_ptr<DaemonJournal> opened)
      : settings(given),
        log(daemon_log),
        shutdown_budget(settings.integer("runtime.shutdown_milliseconds")),
        state_lock(std::move(lock)),
        database(std::make_shared<parquet::DuckdbDatabase>(parquet::DuckdbOptions{
            1, std::to_string(settings.integer("parquet.memory_limit_mb")) + "MB"})),
        candles(settings.text("data.root"), database),
        artifacts(std::filesystem::path{settings.text("state.root")} / "runs", database),
        journal(std::move(opened)),
        downloads({settings.text("data.root"), candles,
                   std::make_shared<parquet::DuckdbCandleFormat>(database),
                   settings.text("state.root")}),
        runtime(runtime_options(settings, seed, daemon_log, journal.get())) {}

  result::Status open_results(const Settings& settings);
  result::Status open_jobs(const Settings& settings);
  result::Status open_alerts(const Settings& settings);
  result::Status open_doors();
  [[nodiscard]] std::vector<prometheus::BacklogReadings> backlogs() const;
  void start_actors();
  [[nodiscard]] http::ApiServices services();
  result::Status open_schedule();
  void note_task(const scheduled_tasks::TaskRun& run);
  void watch_health();
  result::Status start_server();

  const Settings settings;
  log::JsonLog& log;
  milliseconds shutdown_budget;
  std::unique_ptr<disk::Lock> state_lock;
  std::shared_ptr<parquet::DuckdbDatabase> database;
  parquet::ParquetCandleStore candles;
  parquet::ParquetArtifactStore artifacts;
  ResultStorage results;
  std::unique_ptr<LiveTrading> live;  // null: no feed
  std::optional<journal::JournaledCandleStore> journaled_candles;
  journal::JournaledArtifactStore journaled_artifacts{&artifacts};
  std::unique_ptr<archive::ArchivingJobStore> jobs;
  spool::SpoolingJobStore* spool = nullptr;  // within `jobs`; null: the store needs none
  std::optional<journal::JournaledResultStore> journaled_results;
  std::optional<journal::JournaledJobStore> journaled_jobs;
  std::optional<journal::JournaledPresetStore> journaled_presets;
  std::shared_ptr<std::atomic<bool>> ends_deliveries = std::make_shared<std::atomic<bool>>(false);
  std::unique_ptr<sqlite::SqliteAlertOutbox> alerts;
  std::vector<std::unique_ptr<ports::AlertChannel>> channels;
  std::optional<journal::JournaledAlertOutbox> journaled_alerts;
  std::deque<journal::JournaledAlertChannel> journaled_channels;
  AlertBoard alert_board;
  std::unique_ptr<DaemonJournal> journal;  // null: not enabled
  prometheus::Metrics metrics;
  // Ids of events differ from life to life, so that nobody takes new ones for those it knows.
  http::EventHub events{{.life = trace_of_life()}};
  http::IoThread sockets;
  http::CandleDownloads downloads;     // its answers go to the sockets
  std::optional<Doors> doors;          // as do theirs
  std::optional<http::Router> router;  // requests that wait in the runtime refer to it
  // Below what actors use, so that it ends first.
  runtime::Runtime runtime;
  Actors actors;
  std::optional<JobListening> listening;  // to a shared store of jobs
  // Null: no schedule. Requests refer to it until the server ends; it ends before what it uses.
  std::unique_ptr<scheduled_tasks::TaskDesk> tasks;
  std::unique_ptr<HealthWatch> health;
  std::unique_ptr<http::Server> server;
  bool stopped = false;
};

result::Status Daemon::Parts::open_results(const Settings& settings) {
  const auto options = result_storage_options(settings);
  if (!options) return options.error();
  auto storage = open_result_storage(*options);
  if (!storage) return std::move(storage).error();
  auto safe = sheltered(
      std::move(*storage), options->state_root, [this](bool is_problem, const std::string& what) {
        log.write(is_problem ? log::Level::warning : log::Level::info, "results", what);
      });
  if (!safe) return std::move(safe).error();
  results = std::move(safe).value();
  return confirm_index(options->state_root, results, artifacts);
}

result::Status Daemon::Parts::open_jobs(const Settings& settings) {
  auto store = open_accepting_job_store(settings, log);
  if (!store) return std::move(store).error();
  spool = store->spool;
  archive::ArchiveOptions options;
  options.is_shared = settings.text("jobs.store") != "sqlite";
  // What the store still has would be recorded again.
  options.keep = std::chrono::hours{
      24 * std::max(settings.integer("jobs.history_days"), settings.integer("jobs.keep_days"))};
  options.now = [] { return time::Timestamp{std::chrono::system_clock::now()}; };
  options.note = [this](bool is_problem, const std::string& what) {
    log.write(is_problem ? log::Level::warning : log::Level::info, "jobs", what);
  };
  jobs = std::make_unique<archive::ArchivingJobStore>(std::move(store->store), *results.jobs,
                                                      std::move(options));
  return result::success();
}

std::vector<prometheus::BacklogReadings> Daemon::Parts::backlogs() const {
  const archive::ArchiveReadings recording = jobs->readings();
  std::vector<prometheus::BacklogReadings> all{
      {"job_history", recording.waiting, recording.bytes, recording.oldest}};
  if (spool != nullptr) {
    const spool::SpoolReadings spooled = spool->readings();
    all.push_back({"spool", spooled.waiting, spooled.bytes, spooled.oldest});
  }
  if (results.shelter != nullptr) {
    const shelter::ShelterReadings kept = results.shelter->readings();
    all.push_back({"results_outbox", kept.waiting, kept.bytes, kept.oldest});
  }
  return all;
}

result::Status Daemon::Parts::open_alerts(const Settings& settings) {
  ChannelSurroundings surroundings;
  surroundings.interrupted = ends_deliveries;
  surroundings.on_problem = [this](const std::string& problem) {
    log.write(log::Level::warning, "notifier", problem);
  };
  auto opened = open_channels(settings, surroundings);
  if (!opened) return std::move(opened).error();
  channels = *std::move(opened);
  auto outbox = sqlite::SqliteAlertOutbox::open(std::filesystem::path{settings.text("state.root")} /
                                                "live.sqlite");
  if (!outbox) return std::move(outbox).error();
  alerts = *std::move(outbox);
  return result::success();
}

result::Status Daemon::Parts::open_doors() {
  auto webhooks = webhook_options(settings);
  if (!webhooks) return std::move(webhooks).error();
  webhooks->started_at = time::Timestamp{std::chrono::system_clock::now()};
  webhooks->note = [this](const std::string& what) {
    log.write(log::Level::warning, "webhooks", what);
  };
  ports::CandleStore& all_candles = live ? live->candles() : candles;
  Doors::Places places{sockets, all_candles, ingest_options(settings).day_boundary,
                       *std::move(webhooks)};
  if (live) places.history = live->history();
  places.store = [this](const market::Symbol& symbol, market::Timeframe timeframe,
                        market::CandleSeries series, http::DataRefresh::Stored stored) {
    runtime.enter(make_candle_arrival(
        runtime, actors.ingest,
        {symbol, timeframe, std::make_shared<const market::CandleSeries>(std::move(series))},
        std::chrono::seconds{30}, std::move(stored)));
  };
  doors.emplace(std::move(places));
  return result::success();
}

void Daemon::Parts::start_actors() {
  journaled_results.emplace(results.runs.get());
  journaled_jobs.emplace(jobs.get());
  journaled_presets.emplace(results.presets.get());
  WiringOptions wiring = session_settings(settings).wiring;
  wiring.announce = [this](const jobs::JobEvent& event) { events.announce(event); };
  wiring.publish_alerts = [this](const actors::NotifierStatus& status) { alert_board.put(status); };
  journaled_candles.emplace(live ? live->candles() : candles);
  Stores stores{*journaled_candles, *journaled_results, journaled_artifacts, &*journaled_jobs,
                &*journaled_presets};
  stores.alerts = &journaled_alerts.emplace(alerts.get());
  for (const auto& channel : channels) {
    stores.channels.push_back(
        &journaled_channels.emplace_back(std::string{channel->name()}, channel.get()));
  }
  if (live) live->wire(stores, wiring.live);
  doors->listen(wiring.live);
  actors = spawn_actors(runtime, stores, wiring);
  if (live) live->begin(runtime, actors.ingest);
  if (wiring.jobs.is_shared) listening.emplace(runtime, actors.scheduler, *jobs);
}

http::ApiServices Daemon::Parts::services() {
  http::ApiServices services{runtime, actors.scheduler, actors.storage, actors.ingest, version};
  services.events = &events;
  services.candles = &downloads;
  services.positions = actors.positions;
  if (live != nullptr) services.feed = [this] { return live->feed_figures(); };
  if (live != nullptr && live->publishing() != nullptr) {
    services.publishing = [this] {
      const auto readings = live->publishing()->readings();
      return prometheus::PublishReadings{readings.waiting, readings.published, readings.dropped,
                                         readings.is_reachable};
    };
  }
  services.check_job = job_check(settings.boolean("jobs.allow_noop"));
  services.job_terms = session_settings(settings).job_terms;
  if (journal != nullptr) {
    services.journal = [this] { return readings_of(*journal->writer); };
  }
  if (results.shelter != nullptr) {
    services.results = [this] {
      const shelter::ShelterReadings readings = results.shelter->readings();
      return prometheus::ResultReadings{readings.waiting, readings.is_reachable};
    };
  }
  services.alerts = [this] { return alert_board.status(); };
  services.backlogs = [this] { return backlogs(); };
  services.schedule = tasks.get();
  services.notifier = actors.notifier;
  doors->describe(services);
  return services;
}

result::Status Daemon::Parts::open_schedule() {
  auto lines = read_schedule(settings);
  if (!lines) return std::move(lines).error();
  if (!*lines) return result::success();
  scheduled_tasks::TaskDesk::Options options;
  options.lines = std::move(**lines);
  options.now = [] { return time::Timestamp{std::chrono::system_clock::now()}; };
  options.tasks = make_tasks({settings, runtime, actors.ingest, actors.notifier,
                              live ? live->candles() : candles, results, artifacts,
                              [this](std::function<void(prometheus::LiveReadings)> use) {
                                runtime.observe([services = services(), use = std::move(use)] {
                                  http::read_live(services, reading_patience, use);
                                });
                              },
                              options.now});
  options.disk = disk::system_disk();
  options.memory = std::filesystem::path{settings.text("state.root")} / "schedule.json";
  options.on_end = [this](const scheduled_tasks::TaskRun& run) { note_task(run); };
  auto desk = scheduled_tasks::TaskDesk::open(std::move(options));
  if (!desk) return std::move(desk).error();
  tasks = std::move(desk).value();
  return result::success();
}

void Daemon::Parts::note_task(const scheduled_tasks::TaskRun& run) {
  const bool is_good = run.outcome == scheduled_tasks::TaskOutcome::done;
  const std::chrono::duration<double, std::milli> took = run.ended - run.started;
  log.write(is_good ? log::Level::info : log::Level::warning, "schedule",
            "The task '" + run.name + "' is " + std::string{name_of(run.outcome)} + ": " + run.text,
            {{"milliseconds", std::to_string(took.count())}});
  if (auto notice = notice_of(run)) {
    runtime.enter(make_notice(actors.notifier, *std::move(notice)));
  }
}

void Daemon::Parts::watch_health() {
  HealthWatch::Options options;
  options.period = std::chrono::seconds{settings.integer("health.check_seconds")};
  options.patience = std::chrono::seconds{settings.integer("health.patience_seconds")};
  options.bounds = health_bounds(settings);
  options.read = [this](std::function<void(http::ReadinessReadings)> use) {
    runtime.observe([services = services(), use = std::move(use)]() mutable {
      http::read_readiness(services, http::problem_finder(services), std::move(use));
    });
  };
  options.disks = [this] { return disk_space(settings); };
  options.now = [] { return time::Timestamp{std::chrono::system_clock::now()}; };
  options.tell = [this](actors::Notice notice) {
    runtime.enter(make_notice(actors.notifier, std::move(notice)));
  };
  health = std::make_unique<HealthWatch>(std::move(options));
}

result::Status Daemon::Parts::start_server() {
  http::ServerOptions options;
  options.address = settings.text("http.address");
  options.port = static_cast<std::uint16_t>(settings.integer("http.port"));
  options.max_connections = static_cast<std::size_t>(settings.integer("http.max_connections"));
  options.idle_timeout = std::chrono::seconds{settings.integer("http.idle_timeout_seconds")};
  const http::ApiServices all_services = services();
  router.emplace(http::make_router(all_services, metrics, doors->routes(all_services)));
  doors->begin(all_services);
  const bool log_requests = settings.boolean("log.requests");
  http::WhenSafe when_safe;
  if (journal != nullptr && journal->writer->policy() == journal::Fsync::always) {
    when_safe = [this](std::function<void()> callback) {
      journal->recorder->when_safe(std::move(callback));
    };
  }
  auto listening = http::Server::listen(
      sockets.io(), options,
      [this, when_safe](const http::HttpRequest& request, http::Responder responder) {
        if (doors->refuse(request, responder)) return;
        http::enter_request(runtime, *router, std::move(responder), when_safe);
      },
      [this, log_requests](const http::AccessRecord& record) {
        metrics.count_request(http::to_text(record.method), record.route, record.status,
                              record.seconds);
        if (!log_requests) return;
        log.write(log::Level::info, "http",
                  std::string{http::to_text(record.method)} + " " + std::string{record.route},
                  {{"status", std::to_string(record.status)},
                   {"milliseconds", std::to_string(record.seconds * 1000)},
                   {"request_id", std::string{record.request_id}},
                   {"trace", runtime::trace_text(record.trace)}});
      });
  if (!listening) return std::move(listening).error();
  server = std::move(listening).value();
  return result::success();
}

Daemon::Daemon(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Daemon::~Daemon() {
  (void)stop();
}

result::Result<std::unique_ptr<Daemon>> Daemon::start(const Settings& settings, log::JsonLog& log) {
  const std::filesystem::path data_root = settings.text("data.root");
  const std::filesystem::path state_root = settings.text("state.root");
  if (const auto rules = alert_rules(settings); !rules) return rules.error();
  // Before anything is made or opened: a mistake in it costs nothing.
  if (const auto lines = read_schedule(settings); !lines) return lines.error();
  auto lock = claim_state(state_root);
  if (!lock) return std::move(lock).error();
  disk::Disk& disk = *disk::system_disk();
  if (auto made = disk::make_lasting_directories(disk, data_root); !made) {
    return std::move(made).error();
  }
  if (auto writable = disk.check_writable(data_root); !writable) {
    return std::move(writable).error();
  }

  if (const auto costs = manual_costs(settings); !costs) return costs.error();
  const std::uint64_t seed = seed_of(settings);
  auto journal = open_journal(settings, session_settings(settings), seed, log);
  if (!journal) return std::move(journal).error();
  auto parts = std::make_unique<Parts>(settings, log, std::move(lock).value(), seed,
                                       std::move(journal).value());
  if (auto opened = parts->open_results(settings); !opened) return std::move(opened).error();
  if (auto opened = parts->open_jobs(settings); !opened) return std::move(opened).error();
  if (auto opened = parts->open_alerts(settings); !opened) return std::move(opened).error();
  auto live = LiveTrading::open(
      settings, parts->candles, [own = parts.get()](bool is_problem, const std::string& what) {
        own->log.write(is_problem ? log::Level::warning : log::Level::info, "publish", what);
      });
  if (!live) return std::move(live).error();
  parts->live = std::move(live).value();
  if (auto opened = parts->open_doors(); !opened) return std::move(opened).error();
  parts->start_actors();
  if (auto opened = parts->open_schedule(); !opened) return std::move(opened).error();
  if (auto listening = parts->start_server(); !listening) return std::move(listening).error();
  if (auto started = parts->runtime.start(); !started) {
    parts->sockets.stop();
    return std::move(started).error();
  }
  if (parts->tasks) parts->tasks->start();
  parts->watch_health();
  return std::unique_ptr<Daemon>(new Daemon(std::move(parts)));
}

std::uint16_t Daemon::port() const noexcept {
  return parts_->server->port();
}

std::string Daemon::stuck_actor() const {
  for (const runtime::ActorSnapshot& actor : parts_->runtime.snapshot()) {
    if (actor.stuck_for > runtime::Duration::zero()) return actor.name;
  }
  return {};
}

result::Result<std::optional<std::size_t>> Daemon::reload_schedule() {
  auto lines = read_schedule(parts_->settings);
  if (!lines) return std::move(lines).error();
  if (!*lines || !parts_->tasks) return std::optional<std::size_t>{};
  const std::size_t count = (*lines)->size();
  if (auto replaced = parts_->tasks->replace(std::move(**lines)); !replaced) {
    return std::move(replaced).error();
  }
  return std::optional{count};
}

bool Daemon::stop() {
  if (std::exchange(parts_->stopped, true)) return true;
  const milliseconds budget = parts_->shutdown_budget;
  const auto started = std::chrono::steady_clock::now();
  parts_->health.reset();
  const bool tasks_rest = !parts_->tasks || parts_->tasks->stop(budget / 4);
  if (parts_->live) parts_->live->stop();
  auto compacted = std::make_shared<std::promise<void>>();
  auto is_compacted = compacted->get_future();
  // A start reads files faster than a tail, and what is copied by hand is whole.
  parts_->runtime.enter(make_compaction(parts_->runtime, parts_->actors.ingest, budget * 6 / 8,
                                        [compacted](const auto&) { compacted->set_value(); }));
  // Jobs finish or go back while the last requests are answered.
  auto jobs_rest = std::make_shared<std::promise<void>>();
  auto at_rest = jobs_rest->get_future();
  parts_->runtime.enter(make_prepare_to_stop(parts_->runtime, parts_->actors.scheduler, budget / 2,
                                             budget * 6 / 8,
                                             [jobs_rest] { jobs_rest->set_value(); }));
  std::promise<std::size_t> drained;
  auto cut_off = drained.get_future();
  parts_->server->drain(budget * 7 / 8, [&drained](std::size_t cut) { drained.set_value(cut); });
  if (cut_off.wait_for(budget * 5 / 8) != std::future_status::ready) {
    // What still computes is cancelled, so that its client hears 503 instead of a closed
    // connection.
    parts_->runtime.enter(make_stop_scheduler(parts_->runtime, parts_->actors.scheduler));
  }
  if (const std::size_t cut = cut_off.get(); cut > 0) {
    parts_->log.write(
        log::Level::warning, "daemon",
        std::to_string(cut) + " connections were cut off before their answers were through.");
  }
  const bool are_doors_closed = parts_->doors->stop(budget / 16);
  (void)at_rest.wait_until(started + budget * 7 / 8);
  (void)is_compacted.wait_until(started + budget * 7 / 8);
  // A mail server that says nothing must not hold the stop: its alerts go out in the next life.
  parts_->ends_deliveries->store(true);
  const runtime::ShutdownReport report = parts_->runtime.shutdown(budget / 8);
  if (!report.forced.empty()) {
    parts_->log.write(log::Level::warning, "daemon", about_forced(report.forced, budget));
  }
  constexpr std::string_view lane_mark = "lane ";
  for (const std::string& name : report.survivors) {
    if (name.starts_with(lane_mark)) {
      // As candles on their way into the catalog: the tail lets them go once they are there.
      parts_->log.write(log::Level::warning, "daemon",
                        "Work of the lane '" + name.substr(lane_mark.size()) +
                            "' was not waited for any longer: nothing that anybody was told of "
                            "depends on it, and what is left is done in the next life.");
      continue;
    }
    parts_->log.write(log::Level::error, "daemon", "The actor '" + name + "' did not stop.");
  }
  const bool clean = parts_->downloads.stop(budget / 8) && are_doors_closed && report.clean &&
                     report.survivors.empty() && tasks_rest;
  // A disk that hangs must not hold the stop; what a clean stop waits for is at most a moment's.
  if (clean && parts_->journal != nullptr) (void)parts_->journal->writer->drain();
  // Handlers use the runtime, which may end now.
  parts_->sockets.stop();
  if (clean) parts_->server.reset();
  return clean;
}

}  // namespace hts::config
