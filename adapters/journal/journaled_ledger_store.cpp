#include "adapters/journal/journaled_ledger_store.hpp"

#include "adapters/journal/ledger_codec.hpp"
#include "adapters/journal/noted_call.hpp"

namespace hts::journal {

result::Status JournaledLedgerStore::put_session(const ports::SessionRecord& session) {
  return through<result::Nothing>(
      "ledger_store.put_session", [&](Arguments& arguments) { arguments.add(session); },
      [&] { return below_->put_session(session); });
}

result::Result<std::optional<ports::SessionRecord>> JournaledLedgerStore::newest_session() {
  return through<std::optional<ports::SessionRecord>>("ledger_store.newest_session", no_arguments,
                                                      [&] { return below_->newest_session(); });
}

result::Result<ports::SessionRecord> JournaledLedgerStore::find_session(const std::string& id) {
  return through<ports::SessionRecord>(
      "ledger_store.find_session", [&](Arguments& arguments) { arguments.add(id); },
      [&] { return below_->find_session(id); });
}

result::Status JournaledLedgerStore::commit(const std::vector<ports::LedgerCommit>& commits) {
  return through<result::Nothing>(
      "ledger_store.commit", [&](Arguments& arguments) { arguments.add(commits); },
      [&] { return below_->commit(commits); });
}

result::Result<std::vector<paper::PaperEvent>> JournaledLedgerStore::events(
    const std::string& session_id, std::uint64_t first, std::uint64_t limit) {
  return through<std::vector<paper::PaperEvent>>(
      "ledger_store.events",
      [&](Arguments& arguments) { arguments.add(session_id).number(first).number(limit); },
      [&] { return below_->events(session_id, first, limit); });
}

result::Result<std::vector<ports::SlotSnapshot>> JournaledLedgerStore::snapshots(
    const std::string& session_id) {
  return through<std::vector<ports::SlotSnapshot>>(
      "ledger_store.snapshots", [&](Arguments& arguments) { arguments.add(session_id); },
      [&] { return below_->snapshots(session_id); });
}

}  // namespace hts::journal
