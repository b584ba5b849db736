#include "adapters/sqlite/sqlite_live_schema.hpp"

#include <array>
#include <cstdint>

#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_migrations.hpp"

namespace hts::sqlite {
namespace {

/// "HTSL"
constexpr std::int64_t live_application_id = 0x4854534C;

constexpr std::array live_migrations = {
    // Times are nanoseconds since 1970 UTC. `progress`: 0 no route yet, 1 on its way, 2 done. Done
    // alerts stay for a while, so that one that is told again is known.
    R"sql(
      CREATE TABLE alerts (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        severity TEXT NOT NULL,
        subject TEXT NOT NULL,
        text TEXT NOT NULL,
        details TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        progress INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX alerts_by_progress ON alerts (progress, created_at);
      CREATE TABLE alert_deliveries (
        number INTEGER PRIMARY KEY,
        alert INTEGER NOT NULL REFERENCES alerts (sequence) ON DELETE CASCADE,
        channel TEXT NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        not_before INTEGER NOT NULL,
        error TEXT NOT NULL DEFAULT '',
        is_over INTEGER NOT NULL DEFAULT 0,
        UNIQUE (alert, channel)
      ) STRICT;
      CREATE INDEX alert_deliveries_by_time ON alert_deliveries (channel, not_before)
        WHERE is_over = 0;
    )sql",
    // Paper sessions. Events are never changed. What is written anew with every bar stands aside
    // from the plan, which is long. Amounts are decimals, to their last digit.
    R"sql(
      CREATE TABLE live_sessions (
        sequence INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        plan TEXT NOT NULL,
        is_running INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        stopped_at INTEGER
      ) STRICT;
      CREATE TABLE live_states (
        session INTEGER PRIMARY KEY REFERENCES live_sessions (sequence),
        state BLOB NOT NULL,
        up_to INTEGER NOT NULL,
        events INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE paper_events (
        session INTEGER NOT NULL REFERENCES live_sessions (sequence),
        number INTEGER NOT NULL,
        kind INTEGER NOT NULL,
        time INTEGER NOT NULL,
        slot INTEGER NOT NULL,
        instrument INTEGER NOT NULL,
        position_id TEXT NOT NULL,
        side INTEGER NOT NULL,
        quantity TEXT NOT NULL,
        price TEXT NOT NULL,
        fee TEXT NOT NULL,
        slippage TEXT NOT NULL,
        realized_profit TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (session, number)
      ) STRICT, WITHOUT ROWID;
    )sql",
    // The newest candles, in the order of time, so that a bar of many symbols is a few pages. A
    // symbol's rows before `taken_before` are in the catalog; they go once all symbols' are.
    R"sql(
      CREATE TABLE candle_tail_symbols (
        number INTEGER PRIMARY KEY,
        symbol TEXT NOT NULL UNIQUE,
        taken_before INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE candle_tail (
        open_time INTEGER NOT NULL,
        symbol INTEGER NOT NULL REFERENCES candle_tail_symbols (number),
        open REAL NOT NULL,
        high REAL NOT NULL,
        low REAL NOT NULL,
        close REAL NOT NULL,
        volume REAL NOT NULL,
        PRIMARY KEY (open_time, symbol)
      ) STRICT, WITHOUT ROWID;
    )sql",
    // What strategies of the newest session go on from; the candles tell it too, only more slowly.
    R"sql(
      CREATE TABLE strategy_snapshots (
        session INTEGER NOT NULL REFERENCES live_sessions (sequence),
        slot INTEGER NOT NULL,
        bytes BLOB NOT NULL,
        PRIMARY KEY (session, slot)
      ) STRICT;
    )sql",
};

}  // namespace

result::Status migrate_live(Connection& connection) {
  return migrate(connection,
                 {.application_id = live_application_id, .migrations = live_migrations});
}

}  // namespace hts::sqlite
