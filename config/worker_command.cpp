#include "config/worker_command.hpp"

#include <charconv>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <system_error>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "adapters/candle_fetch/fetched_candles.hpp"
#include "adapters/disk/disk.hpp"
#include "adapters/log/json_log.hpp"
#include "config/host_name.hpp"
#include "config/job_store.hpp"
#include "config/own_candles.hpp"
#include "config/plugin_settings.hpp"
#include "config/settings.hpp"
#include "config/stop_signals.hpp"
#include "config/version.hpp"
#include "config/worker_process.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;
/// The settings of a daemon that hold for a worker, too, from the options and the environment.
result::Result<Settings> worker_settings(const options::variables_map& values) {
  Settings settings;
  if (auto read = settings.read_environment(environ); !read) return std::move(read).error();
  const std::pair<const char*, const char*> named[] = {
      {"queue", "jobs.store"},      {"password-file", "jobs.password_file"},
      {"workers", "jobs.workers"},  {"data-root", "data.root"},
      {"state-root", "state.root"}, {"log-file", "log.file"}};
  for (const auto& [option, key] : named) {
    if (values.count(option) == 0) continue;
    const std::string name = std::string{"--"} + option;
    if (auto set = settings.set(key, values[option].as<std::string>(), name); !set) {
      return std::move(set).error();
    }
  }
  if (settings.text("jobs.store") == "sqlite") {
    return result::make_error(
        result::ErrorCode::invalid,
        "A worker needs a queue that it shares with the daemon: give --queue redis://host:port, "
        "the daemon's jobs.store.",
        "queue");
  }
  return settings;
}

/// The worker's own catalog; with `--daemon`, what the daemon has as well.
result::Result<std::unique_ptr<ports::CandleStore>> open_candles(
    const options::variables_map& values, const Settings& settings,
    cli::CommandEnvironment& environment, log::JsonLog& log) {
  const std::filesystem::path own_root = settings.text("data.root");
  auto own = environment.open_candle_store(own_root);
  if (!own || values.count("daemon") == 0) return own;
  auto daemon = candle_fetch::RemoteCatalog::at(values["daemon"].as<std::string>());
  if (!daemon) return std::move(daemon).error();
  const auto cache_root = std::filesystem::path{settings.text("state.root")} / "candles";
  auto cache = environment.open_candle_store(cache_root);
  if (!cache) return cache;
  candle_fetch::FetchedCandles::Places places{std::move(own).value(), own_root,
                                              std::move(cache).value(), cache_root};
  return std::unique_ptr<ports::CandleStore>(std::make_unique<candle_fetch::FetchedCandles>(
      std::move(daemon).value(), std::move(places), disk::system_disk(),
      [&log](const std::string& what) { log.write(log::Level::info, "candles", what); }));
}

/// Nothing without `--metrics-port`.
result::Result<std::optional<StatusPage>> status_page(const options::variables_map& values) {
  if (values.count("metrics-port") == 0) return std::optional<StatusPage>{};
  StatusPage page;
  page.address = values["metrics-address"].as<std::string>();
  const auto& text = values["metrics-port"].as<std::string>();
  const auto end = text.data() + text.size();
  if (const auto read = std::from_chars(text.data(), end, page.port);
      read.ec != std::errc{} || read.ptr != end) {
    return result::make_error(
        result::ErrorCode::invalid,
        "--metrics-port is '" + text + "': give a port of 1 to 65535, or 0 for a free one.",
        "metrics-port");
  }
  return std::optional{std::move(page)};
}

}  // namespace

int run_worker(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "worker",
      "hts worker --queue redis://HOST:PORT [--daemon http://HOST:PORT] [--workers N] [--name "
      "NAME]",
      "Does jobs of a daemon on another machine, until SIGTERM or Ctrl-C. It reads candles from "
      "its "
      "own catalog or gets them from the daemon; a job whose candles it cannot get goes back with "
      "the reason.",
      "hts worker --queue redis://queue.example:6379 --daemon http://hts.example:8000 --workers 4"};
  options::options_description described("Options");
  described.add_options()("queue", options::value<std::string>(),
                          "the daemon's jobs.store: redis://[user@]host:port[/db]")(
      "password-file", options::value<std::string>(), "file whose first line is its password")(
      "workers", options::value<std::string>(), "jobs done at the same time; default 1")(
      "data-root", options::value<std::string>(), "folder of the worker's own candle catalog")(
      "daemon", options::value<std::string>(),
      "daemon whose candles are used where the own catalog lacks them or has others: "
      "http://host:port")("state-root", options::value<std::string>(),
                          "folder whose candles/ keeps what came from the daemon; default ./state")(
      "metrics-port", options::value<std::string>(),
      "answer /metrics and /health on this port; 0 takes a free one and logs it")(
      "metrics-address", options::value<std::string>()->default_value("127.0.0.1"),
      "address of that port; anything but loopback is reachable by others")(
      "name", options::value<std::string>(),
      "of this worker, unique among all and the same after a restart; default: host name and data "
      "root")("log-file", options::value<std::string>(),
              "file for the log; default standard error");
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  auto settings = worker_settings(parsed.values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  const auto page = status_page(parsed.values);
  if (!page) return cli::report(page.error(), environment, cli::exit_usage);
  if (auto registered = register_plugin_folder(*settings); !registered) {
    return cli::report(registered.error(), environment);
  }
  const sigset_t stop_signals = block_stop_signals();
  auto log =
      log::JsonLog::open(settings->text("log.file"), log::level_of(settings->text("log.level")));
  if (!log) return cli::report(log.error(), environment);
  auto candles = open_candles(parsed.values, *settings, environment, **log);
  if (!candles) {
    const bool is_usage = candles.error().code == result::ErrorCode::invalid;
    return cli::report(candles.error(), environment, is_usage ? cli::exit_usage : cli::exit_failed);
  }
  auto jobs = open_job_store(*settings, **log);
  if (!jobs) {
    const bool is_usage = jobs.error().code == result::ErrorCode::invalid;
    return cli::report(jobs.error(), environment, is_usage ? cli::exit_usage : cli::exit_failed);
  }
  const std::string name = parsed.values.count("name") > 0
                               ? parsed.values["name"].as<std::string>()
                               : host_name() + ":" + settings->text("data.root");
  WorkerProcess worker(*settings, name,
                       std::make_unique<OwnCandles>(std::move(candles).value(), name),
                       std::move(jobs).value(), **log);
  if (*page) {
    const auto port = worker.serve_status(**page);
    if (!port) return cli::report(port.error(), environment);
    (*log)->write(
        log::Level::info, "worker",
        "Metrics at http://" + (*page)->address + ":" + std::to_string(*port) + "/metrics");
  }
  if (auto started = worker.start(); !started) return cli::report(started.error(), environment);
  (*log)->write(log::Level::info, "worker", "Waiting for jobs.",
                {{"version", version},
                 {"queue", settings->text("jobs.store")},
                 {"worker", name},
                 {"data_root", settings->text("data.root")}});
  int received = 0;
  while (sigwait(&stop_signals, &received) != 0) {
  }
  (*log)->write(log::Level::info, "worker", "Stopping: what runs finishes or goes back.");
  const bool clean = worker.stop();
  (*log)->write(log::Level::info, "worker", "Stopped.");
  if (!clean) {
    // Work that does not end must not hold the process; its lease ends and another takes over.
    (*log)->flush();
    std::_Exit(cli::exit_success);
  }
  return cli::exit_success;
}

}  // namespace hts::config
