#include "adapters/sqlite/sqlite_collection_status.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_schema.hpp"

namespace hts::sqlite {
namespace {

using ports::CollectionStatus;
using result::Result;
using result::Status;

const std::string select_statuses_sql =
    "SELECT symbol, timeframe, last_candle_ms, updated_at_ms, error FROM candle_collection_status ";

Result<CollectionStatus> read_status(const Statement& row) {
  auto symbol = market::Symbol::parse(row.text(0));
  if (!symbol) return std::move(symbol).error();
  auto timeframe = market::Timeframe::parse(row.text(1));
  if (!timeframe) return std::move(timeframe).error();
  CollectionStatus status{*symbol, *timeframe, {}, {}, row.text(4)};
  if (!row.is_null(2)) status.last_candle = time::from_milliseconds(row.integer(2));
  status.updated_at = time::from_milliseconds(row.integer(3));
  return status;
}

}  // namespace

struct SqliteCollectionStatus::State {
  explicit State(Connection opened) : connection(std::move(opened)) {}

  [[nodiscard]] Status put(const std::vector<CollectionStatus>& statuses);
  [[nodiscard]] Result<std::vector<CollectionStatus>> read(Statement& select);

  std::mutex mutex;
  Connection connection;
};

Status SqliteCollectionStatus::State::put(const std::vector<CollectionStatus>& statuses) {
  auto transaction = Transaction::begin(connection, Transaction::Kind::immediate);
  if (!transaction) return std::move(transaction).error();
  auto insert = connection.prepare(
      "INSERT OR REPLACE INTO candle_collection_status (symbol, timeframe, last_candle_ms, "
      "updated_at_ms, error) VALUES (?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  for (const CollectionStatus& status : statuses) {
    insert->bind(1, status.symbol.text())
        .bind(2, status.timeframe.name())
        .bind(4, time::to_milliseconds(status.updated_at))
        .bind(5, status.error);
    if (status.last_candle) insert->bind(3, time::to_milliseconds(*status.last_candle));
    if (auto done = insert->run(connection); !done) return done;
  }
  return transaction->commit();
}

Result<std::vector<CollectionStatus>> SqliteCollectionStatus::State::read(Statement& select) {
  std::vector<CollectionStatus> statuses;
  while (true) {
    auto row = select.step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return statuses;
    auto status = read_status(select);
    if (!status) return std::move(status).error();
    statuses.push_back(std::move(*status));
  }
}

SqliteCollectionStatus::SqliteCollectionStatus(std::unique_ptr<State> state)
    : state_(std::move(state)) {}

SqliteCollectionStatus::~SqliteCollectionStatus() = default;

Result<std::unique_ptr<SqliteCollectionStatus>> SqliteCollectionStatus::open(
    const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteCollectionStatus>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate(*connection); !migrated) return std::move(migrated).error();
    return std::unique_ptr<SqliteCollectionStatus>{
        new SqliteCollectionStatus{std::make_unique<State>(std::move(*connection))}};
  });
}

Status SqliteCollectionStatus::put(const std::vector<CollectionStatus>& statuses) {
  if (statuses.empty()) return result::success();
  return without_exceptions([&] {
    const std::lock_guard lock{state_->mutex};
    return state_->put(statuses);
  });
}

Result<CollectionStatus> SqliteCollectionStatus::find(const market::Symbol& symbol,
                                                      market::Timeframe timeframe) {
  return without_exceptions([&]() -> Result<CollectionStatus> {
    const std::lock_guard lock{state_->mutex};
    auto select =
        state_->connection.prepare(select_statuses_sql + "WHERE symbol = ? AND timeframe = ?");
    if (!select) return std::move(select).error();
    select->bind(1, symbol.text()).bind(2, timeframe.name());
    auto found = state_->read(*select);
    if (!found) return std::move(found).error();
    if (found->empty()) return ports::no_collection_status(symbol, timeframe);
    return std::move(found->front());
  });
}

Result<std::vector<CollectionStatus>> SqliteCollectionStatus::list() {
  return without_exceptions([&]() -> Result<std::vector<CollectionStatus>> {
    const std::lock_guard lock{state_->mutex};
    auto select = state_->connection.prepare(select_statuses_sql);
    if (!select) return std::move(select).error();
    auto statuses = state_->read(*select);
    if (!statuses) return statuses;
    std::ranges::sort(*statuses, {}, [](const CollectionStatus& status) {
      return std::pair{status.symbol, status.timeframe};
    });
    return statuses;
  });
}

}  // namespace hts::sqlite
