#include "adapters/postgres/postgres_result_store.hpp"

#include <limits>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "adapters/json/parameters_json.hpp"
#include "adapters/postgres/database_text.hpp"
#include "adapters/postgres/exception_guard.hpp"
#include "engine/json/json_text.hpp"

namespace hts::postgres {
namespace {

using backtest::RunSummary;
using ports::HistoryPage;
using result::Result;
using result::Status;
using result::success;

/// $1: an array of runs as `write_run` writes them, without repeated ids. One statement: all or
/// none, and nothing that was there before is touched.
const std::string& insert_runs_sql() {
  static const std::string sql =
      "WITH given AS (SELECT * FROM json_to_recordset($1::json) AS run(position bigint, "
      "run_id text, mode text, strategy text, parameters json, start_date text, end_date text, "
      "timeframe text, total_signals bigint, execution_seconds double precision, "
      "description text, executed_at_ms bigint, environment text, execution_host text, "
      "fingerprint text, symbols json)), "
      "added AS (INSERT INTO backtest_results (run_id, mode, strategy, parameters, start_date, "
      "end_date, timeframe, total_signals, execution_seconds, description, executed_at, "
      "environment, execution_host, fingerprint) "
      "SELECT run_id, mode, strategy, parameters, start_date, end_date, timeframe, "
      "total_signals, execution_seconds, description, " +
      time_of("executed_at_ms") +
      ", environment, execution_host, fingerprint FROM given ORDER BY position "
      "ON CONFLICT (run_id) DO NOTHING RETURNING sequence, run_id) "
      "INSERT INTO backtest_result_symbols (run, position, symbol, is_active, candles, signals, "
      "win_rate, avg_return_pct, max_drawdown_pct, avg_hold_bars) "
      "SELECT added.sequence, symbol.* FROM added JOIN given USING (run_id), "
      "json_to_recordset(given.symbols) AS symbol(position integer, symbol text, "
      "is_active boolean, candles bigint, signals bigint, win_rate double precision, "
      "avg_return_pct double precision, max_drawdown_pct double precision, "
      "avg_hold_bars double precision)";
  return sql;
}

void write_symbol_row(json::Writer& writer, std::size_t position,
                      const RunSummary::SymbolRow& row) {
  writer.begin_object();
  writer.member("position", position);
  writer.member("symbol", row.symbol.text());
  writer.member("is_active", row.is_active);
  writer.member("candles", clamp_to_int64(row.candles));
  writer.member("signals", clamp_to_int64(row.statistics.signals));
  writer.member("win_rate", row.statistics.win_rate);
  writer.member("avg_return_pct", row.statistics.avg_return_pct);
  writer.member("max_drawdown_pct", row.statistics.max_drawdown_pct);
  writer.member("avg_hold_bars", row.statistics.avg_hold_bars);
  writer.end_object();
}

void write_run(json::Writer& writer, std::size_t position, const RunSummary& run) {
  writer.begin_object();
  writer.member("position", position);
  writer.member("run_id", database_text(run.run_id));
  writer.member("mode", backtest::name_of(run.mode));
  writer.member("strategy", database_text(run.strategy));
  writer.key("parameters");
  json::write_parameters(writer, run.parameters);
  writer.member("start_date", database_text(run.start_date));
  writer.member("end_date", database_text(run.end_date));
  writer.member("timeframe", run.timeframe.name());
  writer.member("total_signals", clamp_to_int64(run.total_signals));
  writer.member("execution_seconds", run.execution_seconds);
  writer.member("description", database_text(run.description));
  writer.member("executed_at_ms", time::to_milliseconds(run.executed_at));
  writer.member("environment", database_text(run.environment));
  writer.member("execution_host", database_text(run.execution_host));
  writer.member("fingerprint", database_text(run.fingerprint));
  writer.key("symbols");
  writer.begin_array();
  for (std::size_t i = 0; i < run.symbols.size(); ++i) {
    write_symbol_row(writer, i, run.symbols[i]);
  }
  writer.end_array();
  writer.end_object();
}

/// All runs that a page takes, each with its symbols as JSON, behind the number of all. The page is
/// cut out before the symbols are gathered, so that only its own are.
std::string select_runs(const std::string& total, const std::string& conditions) {
  return "SELECT total.number, " + milliseconds_of("page.executed_at") +
         ", page.run_id, page.mode, page.strategy, page.parameters, page.start_date, "
         "page.end_date, page.timeframe, page.total_signals, page.execution_seconds, "
         "page.description, page.environment, page.execution_host, page.fingerprint, "
         "(SELECT json_agg(json_build_array(symbol, is_active, candles, signals, win_rate, "
         "avg_return_pct, max_drawdown_pct, avg_hold_bars) ORDER BY position) "
         "FROM backtest_result_symbols WHERE run = page.sequence) "
         "FROM (SELECT " +
         total + " AS number) AS total LEFT JOIN (SELECT * FROM backtest_results " + conditions +
         ") AS page ON true ORDER BY page.executed_at DESC, page.sequence DESC";
}

constexpr std::string_view newest_runs_first = "ORDER BY executed_at DESC, sequence DESC ";

std::size_t size_of(const boost::json::value& value) {
  return value.is_int64() ? static_cast<std::size_t>(value.get_int64()) : 0;
}

/// The server writes whole numbers without a fraction, and ours may be infinite (a text).
double number_of(const boost::json::value& value) {
  if (value.is_double()) return value.get_double();
  if (value.is_int64()) return static_cast<double>(value.get_int64());
  return std::numeric_limits<double>::quiet_NaN();
}

Status add_symbols(RunSummary& run, const std::string& text) {
  if (text.empty()) return success();
  constexpr std::size_t largest = std::size_t{1} << 30U;
  auto rows = json::parse_json(text, {largest, 8});
  if (!rows) return std::move(rows).error();
  for (const boost::json::value& row : rows->as_array()) {
    const boost::json::array& cells = row.as_array();
    auto symbol = market::Symbol::parse(std::string_view{cells.at(0).as_string()});
    if (!symbol) return std::move(symbol).error();
    RunSummary::SymbolRow added{*symbol, cells.at(1).as_bool(), size_of(cells.at(2)), {}};
    added.statistics.signals = size_of(cells.at(3));
    added.statistics.win_rate = number_of(cells.at(4));
    added.statistics.avg_return_pct = number_of(cells.at(5));
    added.statistics.max_drawdown_pct = number_of(cells.at(6));
    added.statistics.avg_hold_bars = number_of(cells.at(7));
    run.symbols.push_back(std::move(added));
  }
  return success();
}

Result<RunSummary> read_whole_run(const Rows& rows, std::size_t row) {
  RunSummary run;
  run.executed_at = rows.timestamp(row, 1);
  run.run_id = rows.text(row, 2);
  const auto mode = backtest::parse_mode(rows.text(row, 3));
  if (!mode) return mode.error();
  run.mode = *mode;
  run.strategy = rows.text(row, 4);
  const auto json = json::parse_json(rows.text(row, 5));
  if (!json) return json.error();
  auto parameters = json::parse_parameters(*json);
  if (!parameters) return std::move(parameters).error();
  run.parameters = std::move(*parameters);
  run.start_date = rows.text(row, 6);
  run.end_date = rows.text(row, 7);
  const auto timeframe = market::Timeframe::parse(rows.text(row, 8));
  if (!timeframe) return timeframe.error();
  run.timeframe = *timeframe;
  run.total_signals = static_cast<std::uint64_t>(rows.integer(row, 9));
  run.execution_seconds = rows.number(row, 10);
  run.description = rows.text(row, 11);
  run.environment = rows.text(row, 12);
  run.execution_host = rows.text(row, 13);
  run.fingerprint = rows.text(row, 14);
  if (auto added = add_symbols(run, rows.text(row, 15)); !added) return std::move(added).error();
  return run;
}

Result<RunSummary> read_run(const ConnectionPool& pool, const Rows& rows, std::size_t row) {
  auto run = read_whole_run(rows, row);
  if (run) return run;
  return result::make_error(
      result::ErrorCode::storage,
      "The database " + shown_url(pool.options()) + " holds a run '" + rows.text(row, 2) +
          "' that cannot be read: " + run.error().message + " Restore it from a backup.");
}

}  // namespace

Status PostgresResultStore::insert(const RunSummary& run) {
  return insert_all({run});
}

Status PostgresResultStore::insert_all(const std::vector<RunSummary>& runs) {
  if (runs.empty()) return success();
  return without_exceptions([&]() -> Status {
    std::string text;
    json::Writer writer{text};
    std::set<std::string_view> seen;
    writer.begin_array();
    for (const RunSummary& run : runs) {
      // The first of equal ids counts, as if they came one after the other.
      if (seen.insert(run.run_id).second) write_run(writer, seen.size(), run);
    }
    writer.end_array();
    auto done = pool_->query(insert_runs_sql(), {text});
    if (!done) return std::move(done).error();
    return success();
  });
}

Result<RunSummary> PostgresResultStore::one_run(const std::string& conditions,
                                                const std::vector<std::string>& parameters,
                                                const result::Error& missing) {
  return without_exceptions([&]() -> Result<RunSummary> {
    auto rows = pool_->query(select_runs("0", conditions), parameters);
    if (!rows) return std::move(rows).error();
    if (rows->empty() || rows->is_null(0, 2)) return missing;
    return read_run(*pool_, *rows, 0);
  });
}

Result<RunSummary> PostgresResultStore::find(const std::string& run_id) {
  return one_run("WHERE run_id = $1", {run_id}, ports::no_such_run(run_id));
}

Result<RunSummary> PostgresResultStore::find_equal(const ports::WantedRun& run) {
  // The first condition is that of the index.
  return one_run(
      "WHERE fingerprint <> '' AND fingerprint = $1 AND start_date = $2 AND end_date = $3 "
      "AND description = $4 " +
          std::string{newest_runs_first} + "LIMIT 1",
      {run.fingerprint, run.start_date, run.end_date, run.description}, ports::no_equal_run());
}

Result<RunSummary> PostgresResultStore::latest() {
  return one_run(std::string{newest_runs_first} + "LIMIT 1", {}, ports::no_run_yet());
}

Result<HistoryPage> PostgresResultStore::history(std::uint64_t offset, std::uint64_t limit) {
  return without_exceptions([&]() -> Result<HistoryPage> {
    auto rows = pool_->query(
        select_runs("(SELECT count(*) FROM backtest_results)",
                    std::string{newest_runs_first} + "LIMIT $1::bigint OFFSET $2::bigint"),
        {std::to_string(clamp_to_int64(limit)), std::to_string(clamp_to_int64(offset))});
    if (!rows) return std::move(rows).error();
    HistoryPage page;
    page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
    if (rows->is_null(0, 2)) return page;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      auto run = read_run(*pool_, *rows, row);
      if (!run) return std::move(run).error();
      page.runs.push_back(std::move(*run));
    }
    return page;
  });
}

Result<RunSummary> PostgresResultStore::set_symbol_active(const std::string& run_id,
                                                          const market::Symbol& symbol,
                                                          bool is_active) {
  return without_exceptions([&]() -> Result<RunSummary> {
    auto changed = pool_->query(
        "UPDATE backtest_result_symbols SET is_active = $1::boolean WHERE symbol = $2 AND "
        "run = (SELECT sequence FROM backtest_results WHERE run_id = $3)",
        {is_active ? "true" : "false", symbol.text(), run_id});
    if (!changed) return std::move(changed).error();
    auto run = find(run_id);
    if (run && changed->affected() == 0) return ports::no_such_symbol(run_id, symbol);
    return run;
  });
}

Result<std::vector<std::string>> PostgresResultStore::forget(time::Timestamp executed_before,
                                                             std::uint64_t most) {
  return without_exceptions([&]() -> Result<std::vector<std::string>> {
    auto removed = pool_->query(
        "DELETE FROM backtest_results WHERE sequence IN (SELECT sequence FROM backtest_results "
        "WHERE executed_at < " +
            time_of("$1::bigint") +
            " ORDER BY executed_at, sequence LIMIT $2::bigint) RETURNING run_id",
        {std::to_string(time::to_milliseconds(executed_before)),
         std::to_string(clamp_to_int64(most))});
    if (!removed) return std::move(removed).error();
    std::vector<std::string> run_ids;
    for (std::size_t row = 0; row < removed->size(); ++row) {
      run_ids.push_back(removed->text(row, 0));
    }
    return run_ids;
  });
}

}  // namespace hts::postgres
