#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "engine/ports/ledger_store.hpp"

namespace hts::simulation {

/// Paper sessions in memory: what other stores are compared with. Alerts of commits are in `alerts`
/// in their order, without repeats. Thread-safe.
class TableLedgerStore final : public ports::LedgerStore {
 public:
  [[nodiscard]] result::Status put_session(const ports::SessionRecord& session) override;
  [[nodiscard]] result::Result<std::optional<ports::SessionRecord>> newest_session() override;
  [[nodiscard]] result::Result<ports::SessionRecord> find_session(const std::string& id) override;
  [[nodiscard]] result::Status commit(const std::vector<ports::LedgerCommit>& commits) override;
  [[nodiscard]] result::Result<std::vector<paper::PaperEvent>> events(const std::string& session_id,
                                                                      std::uint64_t first,
                                                                      std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::vector<ports::SlotSnapshot>> snapshots(
      const std::string& session_id) override;

  [[nodiscard]] std::vector<ports::Alert> alerts() const;
  /// The next so many calls fail: before they do anything, or after.
  void fail_next(int calls, bool after_the_work = false);

 private:
  struct Kept {
    ports::SessionRecord record;
    std::vector<paper::PaperEvent> events;
    std::map<paper::SlotId, std::string> snapshots;
  };
  [[nodiscard]] bool fails_before();
  [[nodiscard]] result::Status finish();
  [[nodiscard]] result::Status commit_one(const ports::LedgerCommit& commit);

  mutable std::mutex mutex_;
  std::vector<std::string> order_;
  std::map<std::string, Kept> sessions_;
  std::vector<ports::Alert> alerts_;
  int failing_ = 0;
  bool fails_after_ = false;
};

}  // namespace hts::simulation
