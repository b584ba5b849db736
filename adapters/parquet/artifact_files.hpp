#pragma once

#include <atomic>
#include <filesystem>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

/// The Parquet files of one run's folder. Included only by the sources of this folder.
namespace hts::parquet {

class Connection;

/// Writes all tables into an empty folder, not synced. Errors: storage, naming the file; cancelled
/// once the flag (null: never) is set.
[[nodiscard]] result::Status write_tables(Connection& connection,
                                          const std::filesystem::path& folder,
                                          const backtest::BacktestRun& run,
                                          const std::atomic<bool>* cancel);

/// Appends each signal to the trades of its symbol in `run`. Errors: storage, naming the file, when
/// it is damaged or has signals of another symbol.
[[nodiscard]] result::Status append_signals(Connection& connection,
                                            const std::filesystem::path& folder,
                                            backtest::BacktestRun& run);

}  // namespace hts::parquet
