#include "adapters/postgres/postgres_collection_status.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "adapters/postgres/database_text.hpp"
#include "adapters/postgres/exception_guard.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::postgres {
namespace {

using ports::CollectionStatus;
using result::Result;
using result::Status;
using result::success;

/// In this order two writers never wait for each other.
auto series_of(const CollectionStatus& status) {
  return std::pair{status.symbol, status.timeframe};
}

Result<std::vector<CollectionStatus>> read_statuses(ConnectionPool& pool,
                                                    const std::string& conditions,
                                                    const std::vector<std::string>& parameters) {
  auto rows = pool.query("SELECT symbol, timeframe, " + milliseconds_of("last_candle") + ", " +
                             milliseconds_of("updated_at") +
                             ", error FROM candle_collection_status " + conditions,
                         parameters);
  if (!rows) return std::move(rows).error();
  std::vector<CollectionStatus> statuses;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    auto symbol = market::Symbol::parse(rows->text(row, 0));
    if (!symbol) return std::move(symbol).error();
    auto timeframe = market::Timeframe::parse(rows->text(row, 1));
    if (!timeframe) return std::move(timeframe).error();
    CollectionStatus status{*symbol, *timeframe, {}, rows->timestamp(row, 3), rows->text(row, 4)};
    if (!rows->is_null(row, 2)) status.last_candle = rows->timestamp(row, 2);
    statuses.push_back(std::move(status));
  }
  std::ranges::sort(statuses, {}, series_of);
  return statuses;
}

}  // namespace

Status PostgresCollectionStatus::put(const std::vector<CollectionStatus>& statuses) {
  if (statuses.empty()) return success();
  return without_exceptions([&]() -> Status {
    std::map<decltype(series_of(statuses.front())), const CollectionStatus*> last;
    for (const CollectionStatus& status : statuses) last[series_of(status)] = &status;
    std::string text;
    json::Writer writer{text};
    writer.begin_array();
    std::size_t position = 0;
    for (const auto& [series, status] : last) {
      writer.begin_object();
      writer.member("position", position++);
      writer.member("symbol", status->symbol.text());
      writer.member("timeframe", status->timeframe.name());
      if (status->last_candle) {
        writer.member("last_candle_ms", time::to_milliseconds(*status->last_candle));
      }
      writer.member("updated_at_ms", time::to_milliseconds(status->updated_at));
      writer.member("error", database_text(status->error));
      writer.end_object();
    }
    writer.end_array();
    static const std::string sql =
        "INSERT INTO candle_collection_status (symbol, timeframe, last_candle, updated_at, error) "
        "SELECT symbol, timeframe, " +
        time_of("last_candle_ms") + ", " + time_of("updated_at_ms") +
        ", error FROM json_to_recordset($1::json) AS status(position bigint, symbol text, "
        "timeframe text, last_candle_ms bigint, updated_at_ms bigint, error text) "
        "ORDER BY position ON CONFLICT (symbol, timeframe) DO UPDATE SET "
        "last_candle = excluded.last_candle, updated_at = excluded.updated_at, "
        "error = excluded.error";
    auto done = pool_->query(sql, {text});
    if (!done) return std::move(done).error();
    return success();
  });
}

Result<CollectionStatus> PostgresCollectionStatus::find(const market::Symbol& symbol,
                                                        market::Timeframe timeframe) {
  return without_exceptions([&]() -> Result<CollectionStatus> {
    auto found = read_statuses(*pool_, "WHERE symbol = $1 AND timeframe = $2",
                               {symbol.text(), std::string{timeframe.name()}});
    if (!found) return std::move(found).error();
    if (found->empty()) return ports::no_collection_status(symbol, timeframe);
    return std::move(found->front());
  });
}

Result<std::vector<CollectionStatus>> PostgresCollectionStatus::list() {
  return without_exceptions([&] { return read_statuses(*pool_, "", {}); });
}

}  // namespace hts::postgres
