#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/ports/ledger_store.hpp"

namespace hts::journal {

/// Paper sessions whose calls are part of the journal; see journaled_stores.hpp. Thread-safe as the
/// store below, which outlives it.
class JournaledLedgerStore final : public ports::LedgerStore {
 public:
  /// Null: only for replays.
  explicit JournaledLedgerStore(ports::LedgerStore* below) : below_(below) {}

  result::Status put_session(const ports::SessionRecord& session) override;
  result::Result<std::optional<ports::SessionRecord>> newest_session() override;
  result::Result<ports::SessionRecord> find_session(const std::string& id) override;
  result::Status commit(const std::vector<ports::LedgerCommit>& commits) override;
  result::Result<std::vector<paper::PaperEvent>> events(const std::string& session_id,
                                                        std::uint64_t first,
                                                        std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::vector<ports::SlotSnapshot>> snapshots(
      const std::string& session_id) override;

 private:
  ports::LedgerStore* below_;
};

}  // namespace hts::journal
