#include "adapters/sqlite/sqlite_result_store.hpp"

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/json/parameters_json.hpp"
#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_schema.hpp"
#include "engine/json/json_text.hpp"

namespace hts::sqlite {
namespace {

using backtest::RunSummary;
using ports::HistoryPage;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

constexpr std::string_view insert_run_sql =
    "INSERT INTO runs (run_id, strategy, parameters, start_date, end_date, timeframe, "
    "total_signals, execution_seconds, description, executed_at_ms, environment, execution_host, "
    "mode, fingerprint) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (run_id) DO NOTHING";
constexpr std::string_view insert_symbol_sql =
    "INSERT INTO run_symbols (run, position, symbol, is_active, candles, signals, win_rate, "
    "avg_return_pct, max_drawdown_pct, avg_hold_bars) "
    "SELECT sequence, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM runs WHERE run_id = ?";
constexpr std::string_view select_runs_sql =
    "SELECT sequence, run_id, strategy, parameters, start_date, end_date, timeframe, "
    "total_signals, execution_seconds, description, executed_at_ms, environment, execution_host, "
    "mode, fingerprint FROM runs ";
// The first condition is that of the index.
constexpr std::string_view is_equal =
    "WHERE fingerprint <> '' AND fingerprint = ? AND start_date = ? AND end_date = ? "
    "AND description = ? ";
constexpr std::string_view newest_first = "ORDER BY executed_at_ms DESC, sequence DESC ";
constexpr std::string_view select_symbols_sql =
    "SELECT symbol, is_active, candles, signals, win_rate, avg_return_pct, max_drawdown_pct, "
    "avg_hold_bars FROM run_symbols WHERE run = ? ORDER BY position";
constexpr std::string_view set_active_sql =
    "UPDATE run_symbols SET is_active = ? WHERE symbol = ? AND "
    "run = (SELECT sequence FROM runs WHERE run_id = ?)";

result::Error unreadable_row(const Connection& connection, const std::string& run_id,
                             const result::Error& cause) {
  return make_error(ErrorCode::storage,
                    "The database " + connection.path().string() + " holds a run '" + run_id +
                        "' that cannot be read: " + cause.message + " Restore it from a backup.");
}

struct StoredRun {
  std::int64_t sequence = 0;
  RunSummary summary;
};

/// The present row of a statement that begins with select_runs_sql.
Result<StoredRun> read_run(const Connection& connection, const Statement& row) {
  StoredRun run;
  RunSummary& summary = run.summary;
  run.sequence = row.integer(0);
  summary.run_id = row.text(1);
  summary.strategy = row.text(2);
  auto json = json::parse_json(row.text(3));
  if (!json) return unreadable_row(connection, summary.run_id, json.error());
  auto parameters = json::parse_parameters(*json);
  if (!parameters) return unreadable_row(connection, summary.run_id, parameters.error());
  summary.parameters = std::move(*parameters);
  summary.start_date = row.text(4);
  summary.end_date = row.text(5);
  const auto timeframe = market::Timeframe::parse(row.text(6));
  if (!timeframe) return unreadable_row(connection, summary.run_id, timeframe.error());
  summary.timeframe = *timeframe;
  summary.total_signals = static_cast<std::uint64_t>(row.integer(7));
  summary.execution_seconds = row.number(8);
  summary.description = row.text(9);
  summary.executed_at = time::from_milliseconds(row.integer(10));
  summary.environment = row.text(11);
  summary.execution_host = row.text(12);
  const auto mode = backtest::parse_mode(row.text(13));
  if (!mode) return unreadable_row(connection, summary.run_id, mode.error());
  summary.mode = *mode;
  summary.fingerprint = row.text(14);
  return run;
}

}  // namespace

struct SqliteResultStore::State {
  explicit State(Connection opened) : connection(std::move(opened)) {}

  [[nodiscard]] Status prepare();
  [[nodiscard]] Status insert(std::span<const RunSummary> runs);
  /// Inside a transaction.
  [[nodiscard]] Status insert_one(const RunSummary& run);
  [[nodiscard]] Status add_symbols(StoredRun& run);
  /// The run that a bound statement selects; nothing found is `missing`.
  [[nodiscard]] Result<RunSummary> one_run(Statement& select, const result::Error& missing);
  [[nodiscard]] Result<RunSummary> find(const std::string& run_id);
  [[nodiscard]] Result<HistoryPage> history(std::uint64_t offset, std::uint64_t limit);
  [[nodiscard]] Result<RunSummary> set_symbol_active(const std::string& run_id,
                                                     const market::Symbol& symbol, bool is_active);

  std::mutex mutex;
  Connection connection;
  Statement insert_run;
  Statement insert_symbol;
  Statement select_run;
  Statement select_equal;
  Statement select_latest;
  Statement select_page;
  Statement select_symbols;
  Statement count_runs;
  Statement set_active;
  Statement forget;
};

Status SqliteResultStore::State::prepare() {
  const std::string select{select_runs_sql};
  const std::string order{newest_first};
  const std::vector<std::pair<Statement*, std::string>> statements = {
      {&insert_run, std::string{insert_run_sql}},
      {&insert_symbol, std::string{insert_symbol_sql}},
      {&select_run, select + "WHERE run_id = ?"},
      {&select_equal, select + std::string{is_equal} + order + "LIMIT 1"},
      {&select_latest, select + order + "LIMIT 1"},
      {&select_page, select + order + "LIMIT ? OFFSET ?"},
      {&select_symbols, std::string{select_symbols_sql}},
      {&count_runs, "SELECT count(*) FROM runs"},
      {&set_active, std::string{set_active_sql}},
      {&forget,
       "DELETE FROM runs WHERE sequence IN (SELECT sequence FROM runs WHERE executed_at_ms < ? "
       "ORDER BY executed_at_ms, sequence LIMIT ?) RETURNING run_id"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection.prepare(sql);
    if (!prepared) return std::move(prepared).error();
    *statement = std::move(*prepared);
  }
  return success();
}

Status SqliteResultStore::State::insert(std::span<const RunSummary> runs) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  for (const RunSummary& run : runs) {
    if (auto done = insert_one(run); !done) return done;
  }
  return transaction->commit();
}

Status SqliteResultStore::State::insert_one(const RunSummary& run) {
  insert_run.bind(1, run.run_id)
      .bind(2, run.strategy)
      .bind(3, json::parameters_to_text(run.parameters))
      .bind(4, run.start_date)
      .bind(5, run.end_date)
      .bind(6, run.timeframe.name())
      .bind(7, clamp_to_int64(run.total_signals))
      .bind(8, run.execution_seconds)
      .bind(9, run.description)
      .bind(10, time::to_milliseconds(run.executed_at))
      .bind(11, run.environment)
      .bind(12, run.execution_host)
      .bind(13, backtest::name_of(run.mode))
      .bind(14, run.fingerprint);
  if (auto done = insert_run.run(connection); !done) return done;
  if (connection.changes() == 0) return success();  // it is already there
  std::int64_t position = 0;
  for (const RunSummary::SymbolRow& row : run.symbols) {
    insert_symbol.bind(1, position++)
        .bind(2, row.symbol.text())
        .bind(3, std::int64_t{row.is_active ? 1 : 0})
        .bind(4, clamp_to_int64(row.candles))
        .bind(5, clamp_to_int64(row.statistics.signals))
        .bind(6, row.statistics.win_rate)
        .bind(7, row.statistics.avg_return_pct)
        .bind(8, row.statistics.max_drawdown_pct)
        .bind(9, row.statistics.avg_hold_bars)
        .bind(10, run.run_id);
    if (auto done = insert_symbol.run(connection); !done) return done;
  }
  return success();
}

Status SqliteResultStore::State::add_symbols(StoredRun& run) {
  select_symbols.bind(1, run.sequence);
  while (true) {
    auto row = select_symbols.step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return success();
    auto symbol = market::Symbol::parse(select_symbols.text(0));
    if (!symbol) {
      select_symbols.reset();
      return unreadable_row(connection, run.summary.run_id, symbol.error());
    }
    RunSummary::SymbolRow added{*symbol,
                                select_symbols.integer(1) != 0,
                                static_cast<std::uint64_t>(select_symbols.integer(2)),
                                {}};
    added.statistics.signals = static_cast<std::size_t>(select_symbols.integer(3));
    added.statistics.win_rate = select_symbols.number(4);
    added.statistics.avg_return_pct = select_symbols.number(5);
    added.statistics.max_drawdown_pct = select_symbols.number(6);
    added.statistics.avg_hold_bars = select_symbols.number(7);
    run.summary.symbols.push_back(std::move(added));
  }
}

Result<RunSummary> SqliteResultStore::State::one_run(Statement& select,
                                                     const result::Error& missing) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  auto row = select.step(connection);
  if (!row) return std::move(row).error();
  if (!*row) return missing;
  auto run = read_run(connection, select);
  select.reset();
  if (!run) return std::move(run).error();
  if (auto added = add_symbols(*run); !added) return std::move(added).error();
  return std::move(run->summary);
}

Result<RunSummary> SqliteResultStore::State::find(const std::string& run_id) {
  select_run.bind(1, run_id);
  return one_run(select_run, ports::no_such_run(run_id));
}

Result<HistoryPage> SqliteResultStore::State::history(std::uint64_t offset, std::uint64_t limit) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::read);
  if (!transaction) return std::move(transaction).error();
  auto counted = count_runs.step(connection);
  if (!counted) return std::move(counted).error();
  HistoryPage page;
  page.total = static_cast<std::uint64_t>(count_runs.integer(0));
  count_runs.reset();

  std::vector<StoredRun> runs;
  select_page.bind(1, clamp_to_int64(limit)).bind(2, clamp_to_int64(offset));
  while (true) {
    auto row = select_page.step(connection);
    if (!row) return std::move(row).error();
    if (!*row) break;
    auto run = read_run(connection, select_page);
    if (!run) {
      select_page.reset();
      return std::move(run).error();
    }
    runs.push_back(std::move(*run));
  }
  for (StoredRun& run : runs) {
    if (auto added = add_symbols(run); !added) return std::move(added).error();
    page.runs.push_back(std::move(run.summary));
  }
  return page;
}

Result<RunSummary> SqliteResultStore::State::set_symbol_active(const std::string& run_id,
                                                               const market::Symbol& symbol,
                                                               bool is_active) {
  set_active.bind(1, std::int64_t{is_active ? 1 : 0}).bind(2, symbol.text()).bind(3, run_id);
  if (auto done = set_active.run(connection); !done) return std::move(done).error();
  const bool changed = connection.changes() > 0;
  auto run = find(run_id);
  if (run && !changed) {
    return ports::no_such_symbol(run_id, symbol);
  }
  return run;
}

SqliteResultStore::SqliteResultStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteResultStore::~SqliteResultStore() = default;

Result<std::unique_ptr<SqliteResultStore>> SqliteResultStore::open(
    const std::filesystem::path& path) {
  return open(path, nullptr);
}

Result<std::unique_ptr<SqliteResultStore>> SqliteResultStore::open(
    const std::filesystem::path& path, std::shared_ptr<disk::Disk> disk, DiskVfsSources sources) {
  return open(path, std::make_shared<DiskVfs>(std::move(disk), std::move(sources)));
}

Result<std::unique_ptr<SqliteResultStore>> SqliteResultStore::open(
    const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteResultStore>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate(*connection); !migrated) return std::move(migrated).error();
    auto state = std::make_unique<State>(std::move(*connection));
    if (auto prepared = state->prepare(); !prepared) return std::move(prepared).error();
    return std::unique_ptr<SqliteResultStore>{new SqliteResultStore{std::move(state)}};
  });
}

Status SqliteResultStore::insert(const RunSummary& run) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->insert(std::span{&run, 1});
  });
}

Status SqliteResultStore::insert_all(const std::vector<RunSummary>& runs) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->insert(runs);
  });
}

Result<RunSummary> SqliteResultStore::find(const std::string& run_id) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->find(run_id);
  });
}

Result<RunSummary> SqliteResultStore::find_equal(const ports::WantedRun& run) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    state_->select_equal.bind(1, run.fingerprint)
        .bind(2, run.start_date)
        .bind(3, run.end_date)
        .bind(4, run.description);
    return state_->one_run(state_->select_equal, ports::no_equal_run());
  });
}

Result<RunSummary> SqliteResultStore::latest() {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->one_run(state_->select_latest, ports::no_run_yet());
  });
}

Result<HistoryPage> SqliteResultStore::history(std::uint64_t offset, std::uint64_t limit) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->history(offset, limit);
  });
}

Result<RunSummary> SqliteResultStore::set_symbol_active(const std::string& run_id,
                                                        const market::Symbol& symbol,
                                                        bool is_active) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->set_symbol_active(run_id, symbol, is_active);
  });
}

Result<std::vector<std::string>> SqliteResultStore::forget(time::Timestamp executed_before,
                                                           std::uint64_t most) {
  return without_exceptions([&]() -> Result<std::vector<std::string>> {
    const std::lock_guard lock{state_->mutex};
    Statement& remove = state_->forget;
    remove.bind(1, time::to_milliseconds(executed_before))
        .bind(2, static_cast<std::int64_t>(std::min<std::uint64_t>(most, INT64_MAX)));
    std::vector<std::string> run_ids;
    for (;;) {
      auto row = remove.step(state_->connection);
      if (!row) return std::move(row).error();
      if (!*row) return run_ids;
      run_ids.push_back(remove.text(0));
    }
  });
}

}  // namespace hts::sqlite
