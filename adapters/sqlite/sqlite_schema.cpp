#include "adapters/sqlite/sqlite_schema.hpp"

#include <array>
#include <cstdint>

#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_migrations.hpp"

namespace hts::sqlite {
namespace {

/// "HTSE", in the file's header: tells our databases from others.
constexpr std::int64_t result_application_id = 0x48545345;

/// Migration i brings version i to i + 1. Released ones are never edited; new ones are added.
constexpr std::array result_migrations = {
    // Times are milliseconds since 1970 UTC. `sequence` orders runs of the same millisecond.
    R"sql(
      CREATE TABLE runs (
        sequence INTEGER PRIMARY KEY,
        run_id TEXT NOT NULL UNIQUE,
        strategy TEXT NOT NULL,
        parameters TEXT NOT NULL,
        start_date TEXT NOT NULL,
        end_date TEXT NOT NULL,
        timeframe TEXT NOT NULL,
        total_signals INTEGER NOT NULL,
        execution_seconds REAL,
        description TEXT NOT NULL,
        executed_at_ms INTEGER NOT NULL,
        environment TEXT NOT NULL,
        execution_host TEXT NOT NULL
      ) STRICT;
      CREATE INDEX runs_by_time ON runs (executed_at_ms DESC, sequence DESC);
      CREATE TABLE run_symbols (
        run INTEGER NOT NULL REFERENCES runs (sequence) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        symbol TEXT NOT NULL,
        is_active INTEGER NOT NULL,
        candles INTEGER NOT NULL,
        signals INTEGER NOT NULL,
        win_rate REAL,
        avg_return_pct REAL,
        max_drawdown_pct REAL,
        avg_hold_bars REAL,
        PRIMARY KEY (run, position),
        UNIQUE (run, symbol)
      ) STRICT, WITHOUT ROWID;
    )sql",
    // Runs from before have no fingerprint, and only the mode there was.
    R"sql(
      ALTER TABLE runs ADD COLUMN mode TEXT NOT NULL DEFAULT 'signals';
      ALTER TABLE runs ADD COLUMN fingerprint TEXT NOT NULL DEFAULT '';
      CREATE INDEX runs_by_fingerprint ON runs (fingerprint, executed_at_ms DESC, sequence DESC)
        WHERE fingerprint <> '';
    )sql",
    R"sql(
      CREATE TABLE jobs_history (
        sequence INTEGER PRIMARY KEY,
        job_id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        state TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        started_at_ms INTEGER,
        finished_at_ms INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        worker TEXT NOT NULL,
        error TEXT NOT NULL,
        run_id TEXT NOT NULL,
        request TEXT NOT NULL
      ) STRICT;
      CREATE INDEX jobs_history_by_time ON jobs_history (finished_at_ms DESC, sequence DESC);
      CREATE INDEX jobs_history_by_state
        ON jobs_history (state, finished_at_ms DESC, sequence DESC);
      CREATE INDEX jobs_history_by_kind ON jobs_history (kind, finished_at_ms DESC, sequence DESC);
      CREATE TABLE candle_collection_status (
        symbol TEXT NOT NULL,
        timeframe TEXT NOT NULL,
        last_candle_ms INTEGER,
        updated_at_ms INTEGER NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (symbol, timeframe)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE strategy_presets (
        name TEXT PRIMARY KEY,
        strategy TEXT NOT NULL,
        parameters TEXT NOT NULL,
        description TEXT NOT NULL,
        created_at_ms INTEGER NOT NULL,
        updated_at_ms INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    )sql",
    // Jobs are recorded about as they end. An index that rises grows at its end, where it need not
    // be balanced, and is read backwards as fast; its entries end with the sequence anyway.
    R"sql(
      DROP INDEX jobs_history_by_time;
      DROP INDEX jobs_history_by_state;
      DROP INDEX jobs_history_by_kind;
      CREATE INDEX jobs_history_by_time ON jobs_history (finished_at_ms);
      CREATE INDEX jobs_history_by_state ON jobs_history (state, finished_at_ms);
      CREATE INDEX jobs_history_by_kind ON jobs_history (kind, finished_at_ms);
    )sql",
};

}  // namespace

result::Result<SchemaVersion> schema_version(const std::filesystem::path& path) {
  constexpr auto newest = static_cast<std::int64_t>(result_migrations.size());
  auto connection = Connection::open(path);
  if (!connection) return std::move(connection).error();
  auto version = connection->query_integer("PRAGMA user_version");
  if (!version) return std::move(version).error();
  return SchemaVersion{*version, newest};
}

result::Status migrate(Connection& connection) {
  return migrate(connection,
                 {.application_id = result_application_id, .migrations = result_migrations});
}

}  // namespace hts::sqlite
