#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

/// The bulk of a finished backtest: `symbol_summary`, `symbol_signals`, `performance_curve` and
/// `metadata.json`, one folder a run. May block; thread-safe.
namespace hts::ports {

class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;

  /// Durable and whole when it returns: written under a temporary name, synced, renamed.
  /// Storing the same run_id again changes nothing and succeeds. Once the flag (null: never) is
  /// set, it ends soon: with the error cancelled and nothing left behind, or done.
  [[nodiscard]] virtual result::Status save(const backtest::BacktestRun& run,
                                            const std::atomic<bool>* cancel = nullptr) = 0;
  /// Trades of every symbol of the run, joined to the summary that the result store gave.
  /// Errors: not_found, storage (naming the file).
  [[nodiscard]] virtual result::Result<backtest::BacktestRun> load(
      const backtest::RunSummary& summary) = 0;
  /// Runs that have a folder here; for finding those that the index does not know.
  [[nodiscard]] virtual result::Result<std::vector<std::string>> list() = 0;
  [[nodiscard]] virtual result::Status remove(const std::string& run_id) = 0;
};

}  // namespace hts::ports
