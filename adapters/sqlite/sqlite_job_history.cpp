#include "adapters/sqlite/sqlite_job_history.hpp"

#include <mutex>
#include <string_view>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_schema.hpp"

namespace hts::sqlite {
namespace {

using ports::EndedJob;
using ports::EndedJobFilter;
using ports::JobHistoryPage;
using result::Result;
using result::Status;

// Replacing gives a new sequence: of one millisecond, what was recorded last comes first.
constexpr std::string_view record_job_sql =
    "INSERT OR REPLACE INTO jobs_history (job_id, kind, state, created_at_ms, started_at_ms, "
    "finished_at_ms, attempts, worker, error, run_id, request) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view select_jobs_sql =
    "SELECT job_id, kind, state, created_at_ms, started_at_ms, finished_at_ms, attempts, worker, "
    "error, run_id, request FROM jobs_history ";

// Pages of 4 KiB after which the log is moved into the database, and bytes: a page of an index that
// several commits write is then moved, and synced, once for all of them.
constexpr const char* recording_pragmas =
    "PRAGMA wal_autocheckpoint = 4096; PRAGMA journal_size_limit = 33554432;";

/// Without conditions that always hold, so that an index serves those that are left. Parameters 1
/// to 4 are state, kind, begin and end.
std::string condition_of(const EndedJobFilter& filter) {
  std::string sql = "WHERE finished_at_ms >= ?3 AND finished_at_ms < ?4 ";
  if (!filter.state.empty()) sql += "AND state = ?1 ";
  if (!filter.kind.empty()) sql += "AND kind = ?2 ";
  return sql;
}

void bind(Statement& statement, const EndedJobFilter& filter) {
  if (!filter.state.empty()) statement.bind(1, filter.state);
  if (!filter.kind.empty()) statement.bind(2, filter.kind);
  statement.bind(3, time::to_milliseconds(filter.finished.begin))
      .bind(4, time::to_milliseconds(filter.finished.end));
}

EndedJob read_job(const Statement& row) {
  EndedJob job;
  job.job_id = row.text(0);
  job.kind = row.text(1);
  job.state = row.text(2);
  job.created_at = time::from_milliseconds(row.integer(3));
  if (!row.is_null(4)) job.started_at = time::from_milliseconds(row.integer(4));
  job.finished_at = time::from_milliseconds(row.integer(5));
  job.attempts = static_cast<std::uint32_t>(row.integer(6));
  job.worker = row.text(7);
  job.error = row.text(8);
  job.run_id = row.text(9);
  job.request = row.text(10);
  return job;
}

}  // namespace

struct SqliteJobHistory::State {
  explicit State(Connection opened) : connection(std::move(opened)) {}

  [[nodiscard]] Status record(const std::vector<EndedJob>& jobs);
  [[nodiscard]] Result<JobHistoryPage> list(const EndedJobFilter& filter, std::uint64_t offset,
                                            std::uint64_t limit);

  std::mutex mutex;
  Connection connection;
  Statement insert;
  Statement select;
};

Status SqliteJobHistory::State::record(const std::vector<EndedJob>& jobs) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  for (const EndedJob& job : jobs) {
    insert.bind_lasting(1, job.job_id)
        .bind_lasting(2, job.kind)
        .bind_lasting(3, job.state)
        .bind(4, time::to_milliseconds(job.created_at))
        .bind(6, time::to_milliseconds(job.finished_at))
        .bind(7, std::int64_t{job.attempts})
        .bind_lasting(8, job.worker)
        .bind_lasting(9, job.error)
        .bind_lasting(10, job.run_id)
        .bind_lasting(11, job.request);
    if (job.started_at) insert.bind(5, time::to_milliseconds(*job.started_at));
    if (auto done = insert.run(connection); !done) return done;
  }
  return transaction->commit();
}

Result<JobHistoryPage> SqliteJobHistory::State::list(const EndedJobFilter& filter,
                                                     std::uint64_t offset, std::uint64_t limit) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  const std::string condition = condition_of(filter);
  auto count = connection.prepare("SELECT count(*) FROM jobs_history " + condition);
  if (!count) return std::move(count).error();
  bind(*count, filter);
  auto counted = count->step(connection);
  if (!counted) return std::move(counted).error();
  JobHistoryPage page;
  page.total = static_cast<std::uint64_t>(count->integer(0));

  auto rows = connection.prepare(std::string{select_jobs_sql} + condition +
                                 "ORDER BY finished_at_ms DESC, sequence DESC LIMIT ?5 OFFSET ?6");
  if (!rows) return std::move(rows).error();
  bind(*rows, filter);
  rows->bind(5, clamp_to_int64(limit)).bind(6, clamp_to_int64(offset));
  while (true) {
    auto row = rows->step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return page;
    page.jobs.push_back(read_job(*rows));
  }
}

SqliteJobHistory::SqliteJobHistory(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteJobHistory::~SqliteJobHistory() = default;

Result<std::unique_ptr<SqliteJobHistory>> SqliteJobHistory::open(const std::filesystem::path& path,
                                                                 std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteJobHistory>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate(*connection); !migrated) return std::move(migrated).error();
    if (auto set = connection->execute(recording_pragmas); !set) return std::move(set).error();
    auto state = std::make_unique<State>(std::move(*connection));
    auto insert = state->connection.prepare(record_job_sql);
    if (!insert) return std::move(insert).error();
    auto select = state->connection.prepare(std::string{select_jobs_sql} + "WHERE job_id = ?");
    if (!select) return std::move(select).error();
    state->insert = std::move(*insert);
    state->select = std::move(*select);
    return std::unique_ptr<SqliteJobHistory>{new SqliteJobHistory{std::move(state)}};
  });
}

Status SqliteJobHistory::record(const std::vector<EndedJob>& jobs) {
  if (jobs.empty()) return result::success();
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->record(jobs);
  });
}

Result<EndedJob> SqliteJobHistory::find(const std::string& job_id) {
  return without_exceptions([&]() -> Result<EndedJob> {
    const std::lock_guard lock{state_->mutex};
    Statement& select = state_->select;
    select.bind(1, job_id);
    auto row = select.step(state_->connection);
    if (!row) return std::move(row).error();
    if (!*row) return ports::no_such_ended_job(job_id);
    EndedJob job = read_job(select);
    select.reset();
    return job;
  });
}

Result<JobHistoryPage> SqliteJobHistory::list(const EndedJobFilter& filter, std::uint64_t offset,
                                              std::uint64_t limit) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->list(filter, offset, limit);
  });
}

Result<std::uint64_t> SqliteJobHistory::remove_before(time::Timestamp finished) {
  return without_exceptions([&]() -> Result<std::uint64_t> {
    const std::lock_guard lock{state_->mutex};
    auto remove = state_->connection.prepare("DELETE FROM jobs_history WHERE finished_at_ms < ?");
    if (!remove) return std::move(remove).error();
    remove->bind(1, time::to_milliseconds(finished));
    if (auto done = remove->run(state_->connection); !done) return std::move(done).error();
    return static_cast<std::uint64_t>(state_->connection.changes());
  });
}

}  // namespace hts::sqlite
