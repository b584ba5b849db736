#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

namespace hts::parquet {

/// The tables of one run's folder.
inline constexpr const char* summary_table = "symbol_summary.parquet";
inline constexpr const char* signals_table = "symbol_signals.parquet";
inline constexpr const char* curve_table = "performance_curve.parquet";
/// What an account did, a JSON object as it is answered; of runs of the mode `portfolio`.
inline constexpr const char* portfolio_document = "portfolio.json";
inline constexpr std::array artifact_tables = {summary_table, signals_table, curve_table};

/// How a run's tables become the bytes of files. The artifact store does all the rest: names,
/// syncs, renames, locks. Thread-safe. Errors: storage, naming the file.
class ArtifactFormat {
 public:
  virtual ~ArtifactFormat() = default;

  /// Writes `artifact_tables` into an empty folder, not synced. Error: cancelled soon after the
  /// flag (null: never) is set; what is in the folder then is of no use.
  [[nodiscard]] virtual result::Status write(const std::filesystem::path& folder,
                                             const backtest::BacktestRun& run,
                                             const std::atomic<bool>* cancel) = 0;
  /// Appends each signal to the trades of its symbol in `run`. An error when the file is damaged or
  /// has signals of another symbol.
  [[nodiscard]] virtual result::Status read_signals(const std::filesystem::path& folder,
                                                    backtest::BacktestRun& run) = 0;
};

/// What is wrong with the signals of a run, and what to do.
[[nodiscard]] result::Error unusable_signals(const std::filesystem::path& folder,
                                             const std::string& reason);

}  // namespace hts::parquet
