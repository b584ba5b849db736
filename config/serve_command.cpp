#include "config/serve_command.hpp"

#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "config/daemon.hpp"
#include "config/plugin_settings.hpp"
#include "config/service_watch.hpp"
#include "config/settings.hpp"
#include "config/stop_signals.hpp"
#include "config/version.hpp"

namespace hts::config {
namespace {

namespace options = boost::program_options;

result::Result<Settings> gather_settings(const options::variables_map& values) {
  Settings settings;
  std::string file = values.count("config") > 0 ? values["config"].as<std::string>() : "";
  if (!file.empty()) {
    if (auto status = settings.read_file(file); !status) return std::move(status).error();
  }
  if (auto status = settings.read_environment(environ); !status) return std::move(status).error();
  for (const Setting& setting : all_settings()) {
    const std::string key{setting.key};
    if (values.count(key) == 0) continue;
    if (auto status = settings.set(key, values[key].as<std::string>(), "--" + key); !status) {
      return std::move(status).error();
    }
  }
  return settings;
}

log::Rotation log_rotation(const Settings& settings) {
  constexpr std::size_t megabyte = 1'000'000;
  return {static_cast<std::size_t>(settings.integer("log.rotate_megabytes")) * megabyte,
          static_cast<std::size_t>(settings.integer("log.keep_files"))};
}

/// Written under another name first: whoever waits for the file never reads half a number.
bool write_port_file(const std::string& path, std::uint16_t port) {
  const std::string partial = path + ".partial";
  std::ofstream file(partial);
  file << port << "\n";
  file.close();
  return file.good() && ::rename(partial.c_str(), path.c_str()) == 0;
}

}  // namespace

int run_serve(const std::vector<std::string>& arguments, cli::CommandEnvironment& environment) {
  const cli::CommandHelp help{
      "serve", "hts serve [--config FILE] [--section.key VALUE]...",
      "Runs the daemon: HTTP API, actors and stores, until SIGTERM or Ctrl-C. Settings come from "
      "the file, then "
      "environment variables (http.port is HTS_HTTP_PORT), then the command line. SIGHUP opens the "
      "log anew, applies log.level and reads schedule.file again.",
      "hts serve --http.port 8080 --data.root ./data"};
  options::options_description described("Options");
  described.add_options()("config", options::value<std::string>(),
                          "settings file: key = value below [section]")(
      "port-file", options::value<std::string>(), "write the port here once requests are answered")(
      "print-config", "print the settings in force as a file, then exit");
  for (const Setting& setting : all_settings()) {
    const std::string text =
        std::string{setting.help} + " Default: " + std::string{setting.default_value};
    described.add_options()(std::string{setting.key}.c_str(), options::value<std::string>(),
                            text.c_str());
  }
  const auto parsed = cli::parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  auto settings = gather_settings(parsed.values);
  if (!settings) return cli::report(settings.error(), environment, cli::exit_usage);
  if (parsed.values.count("print-config") > 0) {
    settings->print(environment.out);
    return cli::exit_success;
  }

  if (auto registered = register_plugin_folder(*settings); !registered) {
    return cli::report(registered.error(), environment);
  }

  sigset_t signals = block_stop_signals();
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const auto notice = systemd::ServiceNotice::of_environment();
  systemd::ServiceNotice::forget_environment();
  auto log =
      log::JsonLog::open(settings->text("log.file"), log::level_of(settings->text("log.level")),
                         log_rotation(*settings));
  if (!log) return cli::report(log.error(), environment);
  auto daemon = Daemon::start(*settings, **log);
  if (!daemon) {
    (*log)->write(log::Level::error, "daemon", daemon.error().message);
    return cli::report(daemon.error(), environment);
  }
  const std::string url =
      "http://" + settings->text("http.address") + ":" + std::to_string((*daemon)->port());
  (*log)->write(log::Level::info, "daemon", "Listening at " + url,
                {{"version", version},
                 {"data_root", settings->text("data.root")},
                 {"state_root", settings->text("state.root")}});
  if (parsed.values.count("port-file") > 0 &&
      !write_port_file(parsed.values["port-file"].as<std::string>(), (*daemon)->port())) {
    environment.err << "hts serve: the port file '" << parsed.values["port-file"].as<std::string>()
                    << "' cannot be written: check --port-file.\n";
    (void)(*daemon)->stop();
    return cli::exit_failed;
  }

  notice.ready("Listening at " + url);
  const int received = watch_service(signals, **daemon, **log, notice, *settings,
                                     [&parsed] { return gather_settings(parsed.values); });
  notice.stopping("Requests under way get their answers");
  (*log)->write(log::Level::info, "daemon", "Stopping: requests under way get their answers.",
                {{"signal", received == SIGTERM ? "SIGTERM" : "SIGINT"}});
  const bool clean = (*daemon)->stop();
  (*log)->write(log::Level::info, "daemon", "Stopped.");
  if (!clean) {
    // A thread that a disk holds must not hold the process: everything is written under a temporary
    // name or in a transaction, so what it leaves is what a crash would leave.
    (*log)->flush();
    std::_Exit(cli::exit_success);
  }
  return cli::exit_success;
}

}  // namespace hts::config
