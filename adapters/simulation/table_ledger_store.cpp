#include "adapters/simulation/table_ledger_store.hpp"

#include <algorithm>
#include <utility>

namespace hts::simulation {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;

result::Error store_is_away() {
  return make_error(ErrorCode::storage, "The ledger cannot be written: free some space.");
}
result::Error unknown_session() {
  return make_error(ErrorCode::not_found, "No session has this id: start one first.", "session_id");
}

}  // namespace

bool TableLedgerStore::fails_before() {
  if (failing_ == 0 || fails_after_) return false;
  --failing_;
  return true;
}

Status TableLedgerStore::finish() {
  if (failing_ == 0 || !fails_after_) return success();
  --failing_;
  return store_is_away();
}

Status TableLedgerStore::put_session(const ports::SessionRecord& session) {
  const std::lock_guard lock{mutex_};
  if (fails_before()) return store_is_away();
  const auto [place, is_new] = sessions_.try_emplace(session.session_id);
  ports::SessionRecord& record = place->second.record;
  if (is_new) {
    record = session;
    record.events = 0;
    for (auto& [id, kept] : sessions_) kept.snapshots.clear();
    order_.push_back(session.session_id);
  } else {
    record.plan = session.plan;
    record.is_running = session.is_running;
    record.started_at = session.started_at;
    record.stopped_at = session.stopped_at;
  }
  return finish();
}

result::Result<std::optional<ports::SessionRecord>> TableLedgerStore::newest_session() {
  const std::lock_guard lock{mutex_};
  if (fails_before()) return store_is_away();
  if (order_.empty()) return std::optional<ports::SessionRecord>{};
  return std::optional{sessions_.at(order_.back()).record};
}

result::Result<ports::SessionRecord> TableLedgerStore::find_session(const std::string& id) {
  const std::lock_guard lock{mutex_};
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return unknown_session();
  return found->second.record;
}

Status TableLedgerStore::commit_one(const ports::LedgerCommit& commit) {
  const auto found = sessions_.find(commit.session_id);
  if (found == sessions_.end()) return unknown_session();
  auto& [record, events, snapshots] = found->second;
  for (const paper::PaperEvent& event : commit.events) {
    const bool is_known = event.number >= 1 && event.number <= events.size();
    if (is_known && events[event.number - 1] == event) continue;
    if (event.number != events.size() + 1) {
      return make_error(ErrorCode::conflict, "The events do not go on from what is stored.",
                        "events");
    }
    events.push_back(event);
  }
  record.events = events.size();
  record.up_to = commit.up_to;
  if (!commit.state.empty()) record.state = commit.state;
  if (!commit.plan.empty()) record.plan = commit.plan;
  for (const auto& [slot, bytes] : commit.snapshots) snapshots[slot] = bytes;
  for (const ports::Alert& alert : commit.alerts) {
    if (std::ranges::find(alerts_, alert.id, &ports::Alert::id) == alerts_.end()) {
      alerts_.push_back(alert);
    }
  }
  return success();
}

Status TableLedgerStore::commit(const std::vector<ports::LedgerCommit>& commits) {
  const std::lock_guard lock{mutex_};
  if (fails_before()) return store_is_away();
  const auto before = sessions_;
  const auto alerts_before = alerts_;
  for (const auto& commit : commits) {
    if (auto done = commit_one(commit); !done) {
      sessions_ = before;
      alerts_ = alerts_before;
      return done;
    }
  }
  return finish();
}

result::Result<std::vector<paper::PaperEvent>> TableLedgerStore::events(
    const std::string& session_id, std::uint64_t first, std::uint64_t limit) {
  const std::lock_guard lock{mutex_};
  if (fails_before()) return store_is_away();
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end()) return unknown_session();
  std::vector<paper::PaperEvent> page;
  for (const auto& event : found->second.events) {
    if (event.number >= first && page.size() < limit) page.push_back(event);
  }
  return page;
}

result::Result<std::vector<ports::SlotSnapshot>> TableLedgerStore::snapshots(
    const std::string& session_id) {
  const std::lock_guard lock{mutex_};
  if (fails_before()) return store_is_away();
  std::vector<ports::SlotSnapshot> all;
  const auto found = sessions_.find(session_id);
  if (found == sessions_.end()) return all;
  for (const auto& [slot, bytes] : found->second.snapshots) all.push_back({slot, bytes});
  return all;
}

std::vector<ports::Alert> TableLedgerStore::alerts() const {
  const std::lock_guard lock{mutex_};
  return alerts_;
}

void TableLedgerStore::fail_next(int calls, bool after_the_work) {
  const std::lock_guard lock{mutex_};
  failing_ = calls;
  fails_after_ = after_the_work;
}

}  // namespace hts::simulation
