#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The index of finished backtests (metadata, per-symbol statistics, active flags). May block;
/// thread-safe. Trades and curves live in the artifact store; a run exists once it is in this
/// index.
namespace hts::ports {

struct HistoryPage {
  std::vector<backtest::RunSummary> runs;  ///< newest first
  std::uint64_t total = 0;                 ///< of all pages
};

/// A run that would be the answer to a request.
struct WantedRun {
  std::string fingerprint;  ///< not empty
  std::string start_date;   ///< as the request has them, for the answer shows them
  std::string end_date;
  std::string description;
};

class ResultStore {
 public:
  virtual ~ResultStore() = default;

  /// Durable when it returns. Storing the same run_id again changes nothing and succeeds.
  [[nodiscard]] virtual result::Status insert(const backtest::RunSummary& run) = 0;
  /// The same for many, later ones as if stored later; a store that can keeps all of them or none.
  [[nodiscard]] virtual result::Status insert_all(const std::vector<backtest::RunSummary>& runs);
  /// Error: not_found, field `run_id`.
  [[nodiscard]] virtual result::Result<backtest::RunSummary> find(const std::string& run_id) = 0;
  /// The most recently executed run with these fields. Error: not_found when there is none.
  [[nodiscard]] virtual result::Result<backtest::RunSummary> find_equal(const WantedRun& run) = 0;
  /// The most recently executed run. Error: not_found when there is none.
  [[nodiscard]] virtual result::Result<backtest::RunSummary> latest() = 0;
  [[nodiscard]] virtual result::Result<HistoryPage> history(std::uint64_t offset,
                                                            std::uint64_t limit) = 0;
  /// Errors: not_found with field `run_id` or `symbol`.
  [[nodiscard]] virtual result::Result<backtest::RunSummary> set_symbol_active(
      const std::string& run_id, const market::Symbol& symbol, bool is_active) = 0;
  /// Forgets the oldest of the runs that were executed before, `most` at most, and says which: the
  /// artifact store has their files. A store that cannot forget has none such.
  [[nodiscard]] virtual result::Result<std::vector<std::string>> forget(
      time::Timestamp executed_before, std::uint64_t most);
};

/// What every store says when something is not there.
[[nodiscard]] result::Error no_such_run(const std::string& run_id);
[[nodiscard]] result::Error no_such_symbol(const std::string& run_id, const market::Symbol& symbol);
[[nodiscard]] result::Error no_equal_run();
[[nodiscard]] result::Error no_run_yet();

}  // namespace hts::ports
