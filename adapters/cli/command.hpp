#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The frame of every `hts` command: one function, one help text, three exit statuses.
namespace hts::cli {

enum ExitStatus : int { exit_success = 0, exit_failed = 1, exit_usage = 2 };

/// What a command may use of the world. `config` fills it; tests fill it with their own. One
/// thread.
struct CommandEnvironment {
  std::ostream& out;              ///< results
  std::ostream& err;              ///< errors, notes and progress
  bool terminal = false;          ///< `err` is a terminal: progress bars and colours are welcome
  std::string default_data_root;  ///< HTS_DATA_ROOT, else ./data
  std::function<result::Result<std::unique_ptr<ports::CandleStore>>(const std::string& data_root)>
      open_candle_store;
  std::function<time::Timestamp()> now;  ///< UTC wall clock
  std::function<bool()> interrupted;     ///< true once the user pressed Ctrl-C or SIGTERM arrived
  bool out_terminal = false;             ///< `out` is a terminal: results may have colours
};

/// The words around a command's options.
struct CommandHelp {
  std::string name;     ///< "import", "data inventory"
  std::string usage;    ///< "hts import FILE... [options]"
  std::string summary;  ///< one sentence
  std::string example;  ///< one line that works
};

/// A command's options and positional arguments, parsed, or the exit status with which it is
/// already over
/// (`--help` printed: 0; a wrong option explained in one sentence: 2).
struct ParsedArguments {
  boost::program_options::variables_map values;
  std::optional<ExitStatus> finished;
};

/// Adds `--help`, parses, and prints help or the error. `positional` maps position names to counts
/// (-1: the rest).
[[nodiscard]] ParsedArguments parse_arguments(
    const CommandHelp& help, boost::program_options::options_description options,
    const boost::program_options::positional_options_description& positional,
    const std::vector<std::string>& arguments, CommandEnvironment& environment);

/// Prints `hts: <sentence>` on `err` and returns `status`.
int report(const result::Error& error, CommandEnvironment& environment,
           ExitStatus status = exit_failed);

}  // namespace hts::cli
