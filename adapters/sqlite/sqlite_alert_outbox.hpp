#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::sqlite {

/// Alerts in the database of live trading (sqlite_live_schema.hpp), where a ledger's commit may put
/// them as well (sqlite_alert_rows.hpp).
///
/// Thread-safe; calls take turns. Cost: a change is one synced commit, O(log n) an alert; due
/// O(d log d) of the d deliveries of the channel whose time has come; counts O(waiting).
class SqliteAlertOutbox final : public ports::AlertOutbox {
 public:
  /// Opens the file, or makes it with its folder. Error: storage, when it cannot be opened or
  /// written, is damaged, is another program's, or was made by a newer version of this one.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteAlertOutbox>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqliteAlertOutbox() override;

  [[nodiscard]] result::Status add(const std::vector<ports::Alert>& alerts) override;
  [[nodiscard]] result::Result<std::vector<ports::Alert>> unrouted(std::uint64_t limit) override;
  [[nodiscard]] result::Status route(const std::vector<Route>& routes) override;
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> due(const std::string& channel,
                                                                      time::Timestamp now,
                                                                      std::uint64_t limit) override;
  [[nodiscard]] result::Status settle(const std::vector<Outcome>& outcomes) override;
  [[nodiscard]] result::Result<Counts> counts() override;
  [[nodiscard]] result::Result<std::vector<ports::AlertDelivery>> waiting(
      std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp created_before,
                                                       std::uint64_t most) override;

 private:
  struct State;
  explicit SqliteAlertOutbox(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
