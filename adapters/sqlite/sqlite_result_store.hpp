#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/result_store.hpp"

namespace hts::sqlite {

/// The index of finished backtests in one SQLite file, shared by any number of threads and
/// processes. Writes are synced before they return and wait up to five seconds for another
/// process's write. `executed_at` is kept to the millisecond; runs of the same millisecond stand in
/// the order in which they came.
///
/// Thread-safe; calls take turns. Cost: an insert is one synced commit; `history` is O(limit) runs
/// plus a count of all.
class SqliteResultStore final : public ports::ResultStore {
 public:
  /// Opens the file, or makes it with its folder. Error: storage, when it cannot be opened or
  /// written, is damaged, is another program's, or was made by a newer version of this one.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteResultStore>> open(
      const std::filesystem::path& path);
  /// On any disk, with this process as its only user (see disk_vfs.hpp): for simulations.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteResultStore>> open(
      const std::filesystem::path& path, std::shared_ptr<disk::Disk> disk, DiskVfsSources sources);
  ~SqliteResultStore() override;

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
  struct State;
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteResultStore>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs);
  explicit SqliteResultStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
