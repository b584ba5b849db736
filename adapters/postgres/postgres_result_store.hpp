#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres/connection_pool.hpp"
#include "engine/ports/result_store.hpp"

namespace hts::postgres {

/// The index of finished backtests in a PostgreSQL database, shared by any number of daemons. Its
/// tables must be there (`migrations.hpp`). `executed_at` is kept to the millisecond; runs of the
/// same millisecond stand in the order in which they came. Of texts it keeps what PostgreSQL can
/// (`database_text.hpp`).
///
/// Thread-safe. Every call is one statement and one round trip; `insert_all` too. A call that finds
/// the server away is an error (unavailable); the next one finds it again. `history` is O(offset +
/// limit) runs plus a count of all.
class PostgresResultStore final : public ports::ResultStore {
 public:
  explicit PostgresResultStore(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}

  [[nodiscard]] result::Status insert(const backtest::RunSummary& run) override;
  [[nodiscard]] result::Status insert_all(const std::vector<backtest::RunSummary>& runs) override;
  [[nodiscard]] result::Result<backtest::RunSummary> find(const std::string& run_id) override;
  [[nodiscard]] result::Result<backtest::RunSummary> find_equal(
      const ports::WantedRun& run) override;
  [[nodiscard]] result::Result<backtest::RunSummary> latest() override;
  [[nodiscard]] result::Result<ports::HistoryPage> history(std::uint64_t offset,
                                                           std::uint64_t limit) override;
  [[nodiscard]] result::Result<backtest::RunSummary> set_symbol_active(const std::string& run_id,
                                                                       const market::Symbol& symbol,
                                                                       bool is_active) override;
  [[nodiscard]] result::Result<std::vector<std::string>> forget(time::Timestamp executed_before,
                                                                std::uint64_t most) override;

 private:
  /// The run that the conditions select; nothing found is `missing`.
  [[nodiscard]] result::Result<backtest::RunSummary> one_run(
      const std::string& conditions, const std::vector<std::string>& parameters,
      const result::Error& missing);

  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace hts::postgres
