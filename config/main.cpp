#include <atomic>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include "adapters/cli/actors_command.hpp"
#include "adapters/cli/backtest_command.hpp"
#include "adapters/cli/data_command.hpp"
#include "adapters/cli/fetch_command.hpp"
#include "adapters/cli/health_command.hpp"
#include "adapters/cli/import_command.hpp"
#include "adapters/cli/indicators_command.hpp"
#include "adapters/cli/jobs_command.hpp"
#include "adapters/cli/program.hpp"
#include "adapters/cli/schedule_command.hpp"
#include "adapters/cli/simulation_command.hpp"
#include "adapters/cli/strategies_command.hpp"
#include "adapters/cli/strategy_command.hpp"
#include "adapters/cli/sweep_command.hpp"
#include "adapters/cli/synthetic_command.hpp"
#include "adapters/cli/walk_forward_command.hpp"
#include "adapters/credentials/url_password.hpp"
#include "adapters/memory/large_blocks.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/plugin/strategy_host.hpp"
#include "config/db_command.hpp"
#include "config/memory.hpp"
#include "config/notify_command.hpp"
#include "config/plugin_settings.hpp"
#include "config/replay_command.hpp"
#include "config/serve_command.hpp"
#include "config/simulate_command.hpp"
#include "config/transfer_commands.hpp"
#include "config/version.hpp"
#include "config/worker_command.hpp"

namespace {

std::atomic<bool> interrupted{false};

/// The first signal asks the command to stop cleanly, the second one ends it.
void note_interrupt(int signal_number) {
  if (interrupted.exchange(true)) {
    signal(signal_number, SIG_DFL);
    raise(signal_number);
  }
}

void install_signal_handlers() {
  struct sigaction action{};
  action.sa_handler = note_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  // A closed pipe or connection and a file over its limit are errors of a write, not the end of the
  // process.
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

const std::vector<hts::cli::ProgramCommand>& commands() {
  using namespace hts;
  static const std::vector<cli::ProgramCommand> list = {
      {"backtest", "backtest a strategy on files or on the catalog", &cli::run_backtest_command},
      {"sweep", "try combinations of parameters and judge the best", &cli::run_sweep_command},
      {"walk-forward", "choose parameters on one stretch of data, trade the next",
       &cli::run_walk_forward_command},
      {"serve", "run the daemon", &config::run_serve},
      {"worker", "do a daemon's jobs on another machine", &config::run_worker},
      {"import", "put candle files into the catalog", &cli::run_import},
      {"fetch", "download candles from an exchange into the catalog", &cli::run_fetch},
      {"data inventory", "list the catalog with ranges and gaps", &cli::run_data},
      {"data synthetic", "put a generated series into the catalog", &cli::run_synthetic},
      {"import-results", "put backtest answers in JSON files into the result store",
       &config::run_import_results},
      {"db migrate", "bring the database of the results up to this program",
       &config::run_db_migrate},
      {"db status", "show what the database of the results has", &config::run_db_status},
      {"db rollback", "undo migrations of a PostgreSQL database", &config::run_db_rollback},
      {"db copy", "copy results from one database to another, and compare", &config::run_db_copy},
      {"strategies", "list strategies and their parameters", &cli::run_strategies},
      {"strategy new", "write a new strategy, ready to build as a plugin", &cli::run_strategy_new},
      {"indicators list", "list indicators and their parameters", &cli::run_indicators_list},
      {"indicators compute", "compute an indicator over a candle file",
       &cli::run_indicators_compute},
      {"simulate", "run the daemon in virtual time, with faults, from a seed",
       &config::run_simulate},
      {"actors", "show the actors of a running daemon", &cli::run_actors},
      {"jobs", "list, follow, cancel and submit jobs of a running daemon", &cli::run_jobs},
      {"notify test", "send one alert to each channel", &config::run_notify_test},
      {"notify list", "show the alerts that wait", &config::run_notify_list},
      {"simulation start", "begin paper trading in a running daemon", &cli::run_simulation_start},
      {"simulation stop", "end it", &cli::run_simulation_stop},
      {"simulation status", "show how it is", &cli::run_simulation_status},
      {"simulation parity", "run it again offline and compare", &cli::run_simulation_parity},
      {"positions", "show the open paper positions", &cli::run_positions},
      {"schedule list", "show the scheduled tasks of a running daemon", &cli::run_schedule_list},
      {"schedule run", "run a scheduled task now", &cli::run_schedule_run},
      {"replay", "execute a journal again and compare", &config::run_replay},
      {"health", "ask a running daemon how it is", &cli::run_health},
  };
  return list;
}

}  // namespace

int main(int argument_count, char** arguments) {
  // What `hts` becomes when it starts itself for the code of a plugin.
  if (argument_count == 2 && std::string_view{arguments[1]} == "strategy-host") {
    return hts::plugin::run_strategy_host();
  }
  hts::config::keep_freed_columns();
  hts::memory::release_large_blocks_aside();
  install_signal_handlers();
  const char* data_root =
      std::getenv("HTS_DATA_ROOT");  // NOLINT(concurrency-mt-unsafe): no thread yet
  hts::cli::CommandEnvironment environment{
      std::cout,
      std::cerr,
      isatty(STDERR_FILENO) != 0,
      data_root != nullptr && *data_root != '\0' ? data_root : "./data",
      [](const std::string& root) -> hts::result::Result<std::unique_ptr<hts::ports::CandleStore>> {
        return {std::make_unique<hts::parquet::ParquetCandleStore>(root)};
      },
      [] {
        return std::chrono::time_point_cast<hts::time::Duration>(std::chrono::system_clock::now());
      },
      [] { return interrupted.load(); },
      isatty(STDOUT_FILENO) != 0,
  };
  std::vector<std::string> words{arguments + 1, arguments + argument_count};
  hts::credentials::hide_passwords(argument_count, arguments);
  if (auto ready = hts::config::register_plugins_of_command(words, environ); !ready) {
    return hts::cli::report(ready.error(), environment, hts::cli::exit_usage);
  }
  const int status = hts::cli::run_program(commands(), hts::config::version, words, environment);
  // A result that could not be written (a full disk behind a redirection) is a failure.
  std::cout.flush();
  if (!std::cout && status == hts::cli::exit_success) {
    std::cerr << "hts: the output could not be written: check the disk or pipe behind it.\n";
    return hts::cli::exit_failed;
  }
  return status;
}
