#include "config/worker_command.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "adapters/log/json_log.hpp"
#include "config/host_name.hpp"
#include "config/job_store.hpp"
#include "config/own_candles.hpp"
#include "config/plugin_settings.hpp"
#include "config/settings.hpp"
#include "config/stop_signals.hpp"
#include "config/version.hpp"
#include "config/wiring/job_listening.hpp"
#include "config/wiring/stop_work.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// What runs has half of it to finish.
constexpr milliseconds stop_budget{4000};

/// The settings of a daemon that hold for a worker, too, from the options and the environment.
result::Result<Settings> worker_settings(const options::variables_map& values) {
  Settings settings;
  if (auto read = settings.read_environment(environ); !read) return std::move(read).error();
  const std::pair<const char*, const char*> named[] = {{"queue", "jobs.store"},
                                                       {"password-file", "jobs.password_file"},
                                                       {"workers", "jobs.workers"},
                                                       {"data-root", "data.root"},
                                                       {"log-file", "log.file"}};
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

/// The store, the actors and their runtime; stops in order when destroyed.
class WorkerProcess {
 public:
  WorkerProcess(const Settings& settings, std::string name,
                std::unique_ptr<ports::CandleStore> candles, std::unique_ptr<ports::JobStore> jobs,
                log::JsonLog& log)
      : candles_(std::move(candles)), jobs_(std::move(jobs)), runtime_(runtime_options(log)) {
    WiringOptions wiring;
    wiring.workers = static_cast<std::size_t>(settings.integer("jobs.workers"));
    wiring.environment = std::string{"hts "} + version;
    wiring.execution_host = host_name();
    wiring.jobs = job_options(settings, std::move(name));
    wiring.jobs.is_shared = true;
    scheduler_ = spawn_worker_actors(runtime_, *candles_, *jobs_, wiring);
    listening_.emplace(runtime_, scheduler_, *jobs_);
  }

  [[nodiscard]] result::Status start() { return runtime_.start(); }

  /// What runs finishes or goes back. False: something did not stop in time.
  [[nodiscard]] bool stop() {
    auto rest = std::make_shared<std::promise<void>>();
    auto at_rest = rest->get_future();
    runtime_.enter(make_prepare_to_stop(runtime_, scheduler_, stop_budget / 2, stop_budget * 6 / 8,
                                        [rest] { rest->set_value(); }));
    (void)at_rest.wait_for(stop_budget * 7 / 8);
    const runtime::ShutdownReport report = runtime_.shutdown(stop_budget / 8);
    return report.clean && report.survivors.empty();
  }

 private:
  static runtime::RuntimeOptions runtime_options(log::JsonLog& log) {
    std::random_device device;
    runtime::RuntimeOptions options;
    options.threads = 1;
    options.seed = (std::uint64_t{device()} << 32U) | device();
    options.log = [&log](const runtime::LogRecord& record) {
      const bool is_bad = record.level >= runtime::LogLevel::warning;
      log.write(is_bad ? log::Level::warning : log::Level::info, record.actor, record.text);
    };
    return options;
  }

  std::unique_ptr<ports::CandleStore> candles_;
  std::unique_ptr<ports::JobStore> jobs_;
  runtime::Runtime runtime_;
  runtime::Address<actors::SchedulerProtocol> scheduler_;
  std::optional<JobListening> listening_;
};

}  // namespace

int run_worker(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "worker",
      "hts worker --queue redis://HOST:PORT [--workers N] [--data-root DIR] [--name NAME]",
      "Does jobs of a daemon on another machine, until SIGTERM or Ctrl-C. It reads candles from "
      "its "
      "own catalog; a job whose candles it lacks goes back with the reason.",
      "hts worker --queue redis://queue.example:6379 --workers 4 --data-root /mnt/candles"};
  options::options_description described("Options");
  described.add_options()("queue", options::value<std::string>(),
                          "the daemon's jobs.store: redis://[user@]host:port[/db]")(
      "password-file", options::value<std::string>(), "file whose first line is its password")(
      "workers", options::value<std::string>(), "jobs done at the same time; default 1")(
      "data-root", options::value<std::string>(), "folder of the candle catalog")(
      "name", options::value<std::string>(),
      "of this worker, unique among all and the same after a restart; default: host name and data "
      "root")("log-file", options::value<std::string>(),
              "file for the log; default standard error");
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  auto settings = worker_settings(parsed.values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  if (auto registered = register_plugin_folder(*settings); !registered) {
    return cli::report(registered.error(), environment);
  }
  const sigset_t stop_signals = block_stop_signals();
  auto log =
      log::JsonLog::open(settings->text("log.file"), log::level_of(settings->text("log.level")));
  if (!log) return cli::report(log.error(), environment);
  auto candles = environment.open_candle_store(settings->text("data.root"));
  if (!candles) return cli::report(candles.error(), environment);
  auto jobs = open_job_store(*settings, **log);
  if (!jobs) {
    const bool is_usage = jobs.error().code == result::ErrorCode::invalid;
    return cli::report(jobs.error(), environment, is_usage ? cli::exit_usage : cli::exit_failed);
  }
  const std::string name = parsed.values.count("name") > 0
                               ? parsed.values["name"].as<std::string>()
                               : host_name() + ":" + settings->text("data.root");
  WorkerProcess worker(
      *settings, name,
      std::make_unique<OwnCandles>(std::move(candles).value(), settings->text("data.root")),
      std::move(jobs).value(), **log);
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
