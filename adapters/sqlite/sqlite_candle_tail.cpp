#include "adapters/sqlite/sqlite_candle_tail.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_alert_rows.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_live_schema.hpp"

namespace hts::sqlite {
namespace {

using result::Result;
using result::Status;
using result::success;

std::int64_t tail_column(time::Timestamp at) {
  return at.time_since_epoch().count();
}

time::Timestamp tail_time(std::int64_t column) {
  return time::Timestamp{time::Duration{column}};
}

}  // namespace

struct SqliteCandleTail::State {
  /// Of one symbol: what came out of order, as after a backfill, is put in its place.
  struct HeldMinutes {
    std::int64_t number = 0;  ///< of its row; 0: none yet
    std::map<time::Timestamp, market::Candle> candles;
    time::Timestamp taken_before = time::Timestamp::min();  ///< the catalog has these
  };

  explicit State(Connection opened) : connection(std::move(opened)) {}

  [[nodiscard]] Status read_all();
  [[nodiscard]] Result<std::int64_t> number_of(const market::Symbol& symbol);
  [[nodiscard]] Status insert(const std::vector<ports::TailBar>& bars);
  [[nodiscard]] Status forget(const market::Symbol& symbol, time::Timestamp before);

  std::mutex mutex;
  Connection connection;
  std::map<market::Symbol, HeldMinutes> symbols;
};

Status SqliteCandleTail::State::read_all() {
  auto names = connection.prepare("SELECT number, symbol, taken_before FROM candle_tail_symbols");
  if (!names) return std::move(names).error();
  std::map<std::int64_t, HeldMinutes*> by_number;
  while (true) {
    auto row = names->step(connection);
    if (!row) return std::move(row).error();
    if (!*row) break;
    auto symbol = market::Symbol::parse(names->text(1));
    if (!symbol) return std::move(symbol).error();
    HeldMinutes& held = symbols[*symbol];
    held.number = names->integer(0);
    held.taken_before = tail_time(names->integer(2));
    by_number[held.number] = &held;
  }
  auto rows = connection.prepare(
      "SELECT symbol, open_time, open, high, low, close, volume FROM candle_tail "
      "ORDER BY open_time, symbol");
  if (!rows) return std::move(rows).error();
  while (true) {
    auto row = rows->step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return success();
    const auto held = by_number.find(rows->integer(0));
    const time::Timestamp opens = tail_time(rows->integer(1));
    if (held == by_number.end() || opens < held->second->taken_before) continue;
    held->second->candles.emplace_hint(
        held->second->candles.end(), opens,
        market::Candle{opens, rows->number(2), rows->number(3), rows->number(4), rows->number(5),
                       rows->number(6)});
  }
}

Result<std::int64_t> SqliteCandleTail::State::number_of(const market::Symbol& symbol) {
  const auto known = symbols.find(symbol);
  if (known != symbols.end() && known->second.number != 0) return known->second.number;
  auto insert = connection.prepare(
      "INSERT INTO candle_tail_symbols (symbol, taken_before) VALUES (?, ?) "
      "ON CONFLICT (symbol) DO UPDATE SET symbol = excluded.symbol RETURNING number");
  if (!insert) return std::move(insert).error();
  insert->bind(1, symbol.text()).bind(2, tail_column(time::Timestamp::min()));
  auto row = insert->step(connection);
  if (!row) return std::move(row).error();
  const std::int64_t number = insert->integer(0);
  insert->reset();
  return number;
}

Status SqliteCandleTail::State::insert(const std::vector<ports::TailBar>& bars) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  auto insert = connection.prepare(
      "INSERT INTO candle_tail (open_time, symbol, open, high, low, close, volume) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING");
  if (!insert) return std::move(insert).error();
  std::map<market::Symbol, std::int64_t> numbers;
  for (const ports::TailBar& bar : bars) {
    if (auto told = insert_alerts(connection, bar.alerts); !told) return told;
    for (const auto& [symbol, candle] : bar.candles) {
      const auto [number, is_new] = numbers.try_emplace(symbol, 0);
      if (is_new) {
        auto found = number_of(symbol);
        if (!found) return std::move(found).error();
        number->second = *found;
      }
      insert->bind(1, tail_column(candle.open_time))
          .bind(2, number->second)
          .bind(3, candle.open)
          .bind(4, candle.high)
          .bind(5, candle.low)
          .bind(6, candle.close)
          .bind(7, candle.volume);
      if (auto done = insert->run(connection); !done) return done;
    }
  }
  if (auto committed = transaction->commit(); !committed) return committed;
  for (const ports::TailBar& bar : bars) {
    for (const auto& [symbol, candle] : bar.candles) {
      HeldMinutes& held = symbols[symbol];
      held.number = numbers.at(symbol);
      if (candle.open_time < held.taken_before) continue;
      held.candles.emplace_hint(held.candles.end(), candle.open_time, candle);
    }
  }
  return success();
}

Status SqliteCandleTail::State::forget(const market::Symbol& symbol, time::Timestamp before) {
  const auto known = symbols.find(symbol);
  if (known == symbols.end() || before <= known->second.taken_before) return success();
  // Rows lie by time: they go once no symbol needs them any more.
  time::Timestamp oldest = time::Timestamp::max();
  for (const auto& [name, held] : symbols) {
    const auto first = name == symbol ? held.candles.lower_bound(before) : held.candles.begin();
    if (first != held.candles.end()) oldest = std::min(oldest, first->first);
  }
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  auto update =
      connection.prepare("UPDATE candle_tail_symbols SET taken_before = ?2 WHERE number = ?1");
  if (!update) return std::move(update).error();
  update->bind(1, known->second.number).bind(2, tail_column(before));
  if (auto done = update->run(connection); !done) return done;
  auto erase = connection.prepare("DELETE FROM candle_tail WHERE open_time < ?");
  if (!erase) return std::move(erase).error();
  if (auto done = erase->bind(1, tail_column(oldest)).run(connection); !done) return done;
  if (auto committed = transaction->commit(); !committed) return committed;
  known->second.taken_before = before;
  known->second.candles.erase(known->second.candles.begin(),
                              known->second.candles.lower_bound(before));
  return success();
}

SqliteCandleTail::SqliteCandleTail(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteCandleTail::~SqliteCandleTail() = default;

Result<std::unique_ptr<SqliteCandleTail>> SqliteCandleTail::open(const std::filesystem::path& path,
                                                                 std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteCandleTail>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate_live(*connection); !migrated) return std::move(migrated).error();
    auto state = std::make_unique<State>(std::move(*connection));
    if (auto read = state->read_all(); !read) return std::move(read).error();
    return std::unique_ptr<SqliteCandleTail>{new SqliteCandleTail{std::move(state)}};
  });
}

Status SqliteCandleTail::append(const std::vector<ports::TailBar>& bars) {
  if (bars.empty()) return success();
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->insert(bars);
  });
}

Result<market::CandleSeries> SqliteCandleTail::load(const market::Symbol& symbol,
                                                    time::TimeRange range) {
  return without_exceptions([&]() -> Result<market::CandleSeries> {
    market::CandleSeries series;
    const std::lock_guard lock{state_->mutex};
    const auto known = state_->symbols.find(symbol);
    if (known == state_->symbols.end()) return series;
    const auto& candles = known->second.candles;
    for (auto at = candles.lower_bound(range.begin); at != candles.end(); ++at) {
      if (at->first >= range.end) break;
      series.push_back(at->second);
    }
    return series;
  });
}

Result<std::vector<ports::CandleTail::Held>> SqliteCandleTail::held() {
  return without_exceptions([&]() -> Result<std::vector<Held>> {
    std::vector<Held> list;
    const std::lock_guard lock{state_->mutex};
    for (const auto& [symbol, held] : state_->symbols) {
      if (held.candles.empty()) continue;
      list.push_back(
          {symbol, held.candles.size(), held.candles.begin()->first, held.candles.rbegin()->first});
    }
    return list;
  });
}

Status SqliteCandleTail::drop(const market::Symbol& symbol, time::Timestamp before) {
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->forget(symbol, before);
  });
}

}  // namespace hts::sqlite
