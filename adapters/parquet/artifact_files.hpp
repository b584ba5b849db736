#pragma once

#include <filesystem>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

/// The files of one run's folder. Included only by the sources of this folder.
namespace hts::parquet {

class Connection;

/// Writes and syncs all files into an empty folder. Errors: storage, naming the file.
[[nodiscard]] result::Status write_artifacts(Connection& connection,
                                             const std::filesystem::path& folder,
                                             const backtest::BacktestRun& run);

/// Reads the trades of every symbol of the run. Errors: storage, naming the file, when it is
/// damaged or does not have the signals that the summary counts.
[[nodiscard]] result::Result<backtest::BacktestRun> read_artifacts(
    Connection& connection, const std::filesystem::path& folder,
    const backtest::RunSummary& summary);

}  // namespace hts::parquet
