#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/ledger_store.hpp"

namespace hts::sqlite {

/// Paper sessions in the database of live trading (sqlite_live_schema.hpp), beside the outbox that
/// takes the alerts of a commit (sqlite_alert_rows.hpp).
///
/// Thread-safe; calls take turns. Cost: a commit is one synced transaction however many steps it
/// has, O(log n) an event; the state is one row that is written anew.
class SqliteLedgerStore final : public ports::LedgerStore {
 public:
  /// Opens the file, or makes it with its folder. Error: storage, when it cannot be opened or
  /// written, is damaged, is another program's, or was made by a newer version of this one.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteLedgerStore>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqliteLedgerStore() override;

  [[nodiscard]] result::Status put_session(const ports::SessionRecord& session) override;
  [[nodiscard]] result::Result<std::optional<ports::SessionRecord>> newest_session() override;
  [[nodiscard]] result::Result<ports::SessionRecord> find_session(const std::string& id) override;
  [[nodiscard]] result::Status commit(const std::vector<ports::LedgerCommit>& commits) override;
  [[nodiscard]] result::Result<std::vector<paper::PaperEvent>> events(const std::string& session_id,
                                                                      std::uint64_t first,
                                                                      std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::vector<ports::SlotSnapshot>> snapshots(
      const std::string& session_id) override;

 private:
  struct State;
  explicit SqliteLedgerStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
