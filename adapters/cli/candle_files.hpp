#pragma once

#include <map>
#include <string>

#include <boost/program_options.hpp>

#include "adapters/cli/command.hpp"
#include "adapters/csv/candle_import.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// Candles of files, by symbol.
using FileCandles = std::map<std::string, csv::CandleFile>;

/// Reads the files of the option `candles` with progress on a terminal. A file's symbol is the one
/// of the option `symbol` at the same place, else that in its content or name, else one that says
/// that nobody knows. Errors: those of `csv::read_candles`; invalid, field `symbol`.
[[nodiscard]] result::Result<FileCandles> read_candle_files(
    const boost::program_options::variables_map& values, CommandEnvironment& environment);

}  // namespace hts::cli
