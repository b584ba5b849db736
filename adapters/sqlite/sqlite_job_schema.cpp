#include "adapters/sqlite/sqlite_job_schema.hpp"

#include <array>
#include <cstdint>

#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_migrations.hpp"

namespace hts::sqlite {
namespace {

/// "HTSJ"
constexpr std::int64_t job_application_id = 0x4854534A;

constexpr std::array job_migrations = {
    // Times are nanoseconds since 1970 UTC, ids their 16 bytes. `place` is the state and, while
    // queued, the order of handing out; see sqlite_job_row.hpp. Each index is there for one
    // question: which job has this id or key, what comes next, what is due, which parts belong to a
    // whole, what may be cleaned up. Requests and outputs stand aside, because the rows are
    // rewritten with every change and requests may be long.
    R"sql(
      CREATE TABLE jobs (
        sequence INTEGER PRIMARY KEY,
        id BLOB NOT NULL,
        whole BLOB,
        part_number INTEGER NOT NULL,
        idempotency_key TEXT,
        place INTEGER NOT NULL,
        kind TEXT NOT NULL,
        priority INTEGER NOT NULL,
        timeout INTEGER NOT NULL,
        max_attempts INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        available_at INTEGER NOT NULL,
        started_at INTEGER,
        finished_at INTEGER,
        claims INTEGER NOT NULL,
        worker TEXT,
        lease_until INTEGER,
        ended_token INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        lease_losses INTEGER NOT NULL,
        hand_backs INTEGER NOT NULL,
        cancel_requested INTEGER NOT NULL,
        progress REAL NOT NULL,
        error_code INTEGER,
        error_message TEXT,
        error_field TEXT,
        run_id TEXT,
        parts INTEGER NOT NULL,
        open_parts INTEGER NOT NULL,
        joins INTEGER NOT NULL
      ) STRICT;
      CREATE UNIQUE INDEX jobs_by_id ON jobs (id);
      CREATE INDEX jobs_by_place ON jobs (place);
      CREATE UNIQUE INDEX jobs_by_key ON jobs (idempotency_key)
        WHERE idempotency_key IS NOT NULL;
      CREATE INDEX jobs_by_due_time ON jobs (available_at) WHERE place BETWEEN 10 AND 19;
      CREATE INDEX jobs_by_whole ON jobs (whole) WHERE whole IS NOT NULL;
      CREATE INDEX jobs_by_end ON jobs (finished_at)
        WHERE finished_at IS NOT NULL AND place <> 32 AND whole IS NULL;
      CREATE TABLE job_requests (sequence INTEGER PRIMARY KEY, request TEXT NOT NULL) STRICT;
      CREATE TABLE job_outputs (sequence INTEGER PRIMARY KEY, output TEXT NOT NULL) STRICT;
      -- How many jobs there are of each sort, always equal to counting them.
      CREATE TABLE job_counts (
        place INTEGER NOT NULL,
        kind TEXT NOT NULL,
        is_part INTEGER NOT NULL,
        jobs INTEGER NOT NULL,
        PRIMARY KEY (place, kind, is_part)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE job_queue (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        last_sequence INTEGER NOT NULL,
        is_paused INTEGER NOT NULL
      ) STRICT;
      INSERT INTO job_queue VALUES (1, 0, 0);
    )sql",
};

}  // namespace

result::Status migrate_jobs(Connection& connection) {
  return migrate(connection, {.application_id = job_application_id, .migrations = job_migrations});
}

}  // namespace hts::sqlite
