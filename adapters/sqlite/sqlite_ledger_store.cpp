#include "adapters/sqlite/sqlite_ledger_store.hpp"

#include <algorithm>
#include <mutex>
#include <span>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_alert_rows.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_event_rows.hpp"
#include "adapters/sqlite/sqlite_live_schema.hpp"

namespace hts::sqlite {
namespace {

using paper::PaperEvent;
using ports::LedgerCommit;
using ports::SessionRecord;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

const std::string select_sessions =
    "SELECT sequence, id, plan, is_running, started_at, stopped_at, state, up_to, events "
    "FROM live_sessions JOIN live_states ON session = sequence ";

std::int64_t ledger_column(time::Timestamp at) {
  return at.time_since_epoch().count();
}
time::Timestamp ledger_time(std::int64_t column) {
  return time::Timestamp{time::Duration{column}};
}

struct SessionRow {
  std::int64_t sequence = 0;
  SessionRecord record;
};

Result<std::optional<SessionRow>> only_session(Connection& connection, Statement& rows) {
  auto found = rows.step(connection);
  if (!found) return std::move(found).error();
  if (!*found) return std::optional<SessionRow>{};
  SessionRow row;
  row.sequence = rows.integer(0);
  row.record.session_id = rows.text(1);
  row.record.plan = rows.text(2);
  row.record.is_running = rows.integer(3) != 0;
  row.record.started_at = ledger_time(rows.integer(4));
  if (!rows.is_null(5)) row.record.stopped_at = ledger_time(rows.integer(5));
  row.record.state = std::string{rows.bytes(6)};
  row.record.up_to = ledger_time(rows.integer(7));
  row.record.events = static_cast<std::uint64_t>(rows.integer(8));
  rows.reset();
  return std::optional{std::move(row)};
}

result::Error no_such_session(const std::string& id) {
  return make_error(ErrorCode::not_found,
                    "No session has the id " + id.substr(0, 64) + ": start one first.",
                    "session_id");
}

Result<SessionRow> session_row(Connection& connection, const std::string& id) {
  auto rows = connection.prepare(select_sessions + "WHERE id = ?");
  if (!rows) return std::move(rows).error();
  rows->bind(1, id);
  auto found = only_session(connection, *rows);
  if (!found) return std::move(found).error();
  if (!*found) return no_such_session(id);
  return std::move(**found);
}

result::Error does_not_go_on(const std::string& id, std::uint64_t stored) {
  return make_error(ErrorCode::conflict,
                    "The events do not go on from the " + std::to_string(stored) +
                        " that are stored of session " + id +
                        ": another process writes the same book. Stop one of them.",
                    "events");
}

/// Those that are not stored yet. After an error nobody knows whether a commit was stored, so it
/// may come again.
Result<std::span<const PaperEvent>> new_events(Connection& connection, std::int64_t session,
                                               const LedgerCommit& commit, std::uint64_t stored) {
  std::span<const PaperEvent> events{commit.events};
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (events[i].number != events.front().number + i) {
      return does_not_go_on(commit.session_id, stored);
    }
  }
  if (events.empty() || events.front().number == stored + 1) return events;
  if (events.front().number > stored) return does_not_go_on(commit.session_id, stored);
  const std::size_t again = static_cast<std::size_t>(
      std::min<std::uint64_t>(events.size(), stored + 1 - events.front().number));
  auto known = read_events(connection, session, events.front().number, again);
  if (!known) return std::move(known).error();
  if (!std::ranges::equal(*known, events.first(again))) {
    return does_not_go_on(commit.session_id, stored);
  }
  return events.subspan(again);
}

Status put_snapshots(Connection& connection, std::int64_t session,
                     const std::vector<ports::SlotSnapshot>& snapshots) {
  if (snapshots.empty()) return success();
  auto put = connection.prepare(
      "INSERT INTO strategy_snapshots (session, slot, bytes) VALUES (?, ?, ?) "
      "ON CONFLICT (session, slot) DO UPDATE SET bytes = excluded.bytes");
  if (!put) return std::move(put).error();
  for (const auto& [slot, bytes] : snapshots) {
    put->bind(1, session).bind(2, std::int64_t{slot}).bind_bytes(3, bytes);
    if (auto done = put->run(connection); !done) return done;
  }
  return success();
}

Status commit_one(Connection& connection, const LedgerCommit& commit) {
  auto select = connection.prepare(
      "SELECT sequence, events FROM live_sessions JOIN live_states ON session = sequence "
      "WHERE id = ?");
  if (!select) return std::move(select).error();
  select->bind(1, commit.session_id);
  auto found = select->step(connection);
  if (!found) return std::move(found).error();
  if (!*found) return no_such_session(commit.session_id);
  const std::int64_t session = select->integer(0);
  const auto stored = static_cast<std::uint64_t>(select->integer(1));
  select->reset();
  auto fresh = new_events(connection, session, commit, stored);
  if (!fresh) return std::move(fresh).error();
  if (auto done = insert_events(connection, session, *fresh); !done) return done;
  auto update = connection.prepare(
      "UPDATE live_states SET up_to = ?2, events = ?3, state = coalesce(?4, state) "
      "WHERE session = ?1");
  if (!update) return std::move(update).error();
  update->bind(1, session)
      .bind(2, ledger_column(commit.up_to))
      .bind(3, clamp_to_int64(stored + fresh->size()));
  if (!commit.state.empty()) update->bind_bytes(4, commit.state);
  if (auto done = update->run(connection); !done) return done;
  if (!commit.plan.empty()) {
    auto plan = connection.prepare("UPDATE live_sessions SET plan = ?2 WHERE sequence = ?1");
    if (!plan) return std::move(plan).error();
    if (auto done = plan->bind(1, session).bind(2, commit.plan).run(connection); !done) return done;
  }
  if (auto done = put_snapshots(connection, session, commit.snapshots); !done) return done;
  return insert_alerts(connection, commit.alerts);
}

Status put_row(Connection& connection, const SessionRecord& session) {
  auto put = connection.prepare(
      "INSERT INTO live_sessions (id, plan, is_running, started_at, stopped_at) "
      "VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET plan = excluded.plan, "
      "is_running = excluded.is_running, started_at = excluded.started_at, "
      "stopped_at = excluded.stopped_at");
  if (!put) return std::move(put).error();
  put->bind(1, session.session_id)
      .bind(2, session.plan)
      .bind(3, std::int64_t{session.is_running ? 1 : 0})
      .bind(4, ledger_column(session.started_at));
  if (session.stopped_at) put->bind(5, ledger_column(*session.stopped_at));
  if (auto done = put->run(connection); !done) return done;
  auto state = connection.prepare(
      "INSERT INTO live_states (session, state, up_to, events) "
      "SELECT sequence, ?2, ?3, 0 FROM live_sessions WHERE id = ?1 "
      "ON CONFLICT (session) DO NOTHING");
  if (!state) return std::move(state).error();
  auto stored = state->bind(1, session.session_id)
                    .bind_bytes(2, session.state)
                    .bind(3, ledger_column(session.up_to))
                    .run(connection);
  if (!stored) return stored;
  auto forget = connection.prepare(
      "DELETE FROM strategy_snapshots WHERE session < (SELECT max(sequence) FROM live_sessions)");
  if (!forget) return std::move(forget).error();
  return forget->run(connection);
}

}  // namespace

struct SqliteLedgerStore::State {
  explicit State(Connection opened) : connection(std::move(opened)) {}

  std::mutex mutex;
  Connection connection;

  /// One call at a time, without exceptions.
  template <class Work>
  auto use(Work work) -> decltype(work(connection)) {
    return without_exceptions([&] {
      const std::lock_guard lock{mutex};
      return work(connection);
    });
  }
  /// All of `work` in one synced commit, or nothing.
  template <class Work>
  Status change(Work work) {
    return use([&](Connection& database) -> Status {
      auto transaction = Transaction::begin(database, Transaction::Kind::immediate);
      if (!transaction) return std::move(transaction).error();
      if (auto done = work(database); !done) return done;
      return transaction->commit();
    });
  }
};

SqliteLedgerStore::SqliteLedgerStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteLedgerStore::~SqliteLedgerStore() = default;

Result<std::unique_ptr<SqliteLedgerStore>> SqliteLedgerStore::open(
    const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteLedgerStore>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate_live(*connection); !migrated) return std::move(migrated).error();
    return std::unique_ptr<SqliteLedgerStore>{
        new SqliteLedgerStore{std::make_unique<State>(std::move(*connection))}};
  });
}

Status SqliteLedgerStore::put_session(const SessionRecord& session) {
  return state_->change([&](Connection& database) { return put_row(database, session); });
}

Result<std::optional<SessionRecord>> SqliteLedgerStore::newest_session() {
  return state_->use([](Connection& database) -> Result<std::optional<SessionRecord>> {
    auto rows = database.prepare(select_sessions + "ORDER BY sequence DESC LIMIT 1");
    if (!rows) return std::move(rows).error();
    auto found = only_session(database, *rows);
    if (!found) return std::move(found).error();
    if (!*found) return std::optional<SessionRecord>{};
    return std::optional{std::move((*found)->record)};
  });
}

Result<SessionRecord> SqliteLedgerStore::find_session(const std::string& id) {
  return state_->use([&](Connection& database) -> Result<SessionRecord> {
    auto row = session_row(database, id);
    if (!row) return std::move(row).error();
    return std::move(row->record);
  });
}

Status SqliteLedgerStore::commit(const std::vector<LedgerCommit>& commits) {
  if (commits.empty()) return success();
  return state_->change([&](Connection& database) -> Status {
    for (const LedgerCommit& commit : commits) {
      if (auto done = commit_one(database, commit); !done) return done;
    }
    return success();
  });
}

Result<std::vector<PaperEvent>> SqliteLedgerStore::events(const std::string& session_id,
                                                          std::uint64_t first,
                                                          std::uint64_t limit) {
  return state_->use([&](Connection& database) -> Result<std::vector<PaperEvent>> {
    auto row = session_row(database, session_id);
    if (!row) return std::move(row).error();
    return read_events(database, row->sequence, first, limit);
  });
}

Result<std::vector<ports::SlotSnapshot>> SqliteLedgerStore::snapshots(
    const std::string& session_id) {
  return state_->use([&](Connection& database) -> Result<std::vector<ports::SlotSnapshot>> {
    auto rows = database.prepare(
        "SELECT slot, bytes FROM strategy_snapshots JOIN live_sessions ON session = sequence "
        "WHERE id = ? ORDER BY slot");
    if (!rows) return std::move(rows).error();
    rows->bind(1, session_id);
    std::vector<ports::SlotSnapshot> all;
    while (true) {
      auto row = rows->step(database);
      if (!row) return std::move(row).error();
      if (!*row) return all;
      all.push_back({static_cast<paper::SlotId>(rows->integer(0)), std::string{rows->bytes(1)}});
    }
  });
}

}  // namespace hts::sqlite
