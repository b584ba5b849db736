#include "adapters/sqlite/sqlite_alert_outbox.hpp"

#include <mutex>
#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_alert_rows.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_live_schema.hpp"

namespace hts::sqlite {
namespace {

using ports::Alert;
using ports::AlertDelivery;
using result::Result;
using result::Status;
using result::success;

const std::string alert_columns =
    "alerts.id, alerts.kind, alerts.severity, alerts.subject, alerts.text, alerts.details, "
    "alerts.created_at";
const std::string select_deliveries =
    "SELECT " + alert_columns +
    ", number, channel, attempts, not_before, error FROM alert_deliveries "
    "JOIN alerts ON alerts.sequence = alert ";

std::int64_t alert_column(time::Timestamp at) {
  return at.time_since_epoch().count();
}

time::Timestamp alert_time(std::int64_t column) {
  return time::Timestamp{time::Duration{column}};
}

Alert read_alert(const Statement& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          alert_time(row.integer(6))};
}

AlertDelivery read_delivery(const Statement& row) {
  AlertDelivery delivery;
  delivery.alert = read_alert(row);
  delivery.number = static_cast<std::uint64_t>(row.integer(7));
  delivery.channel = row.text(8);
  delivery.attempts = static_cast<std::uint32_t>(row.integer(9));
  delivery.not_before = alert_time(row.integer(10));
  delivery.error = row.text(11);
  return delivery;
}

template <class Read>
auto read_all(Connection& connection, Statement& rows, Read read)
    -> Result<std::vector<decltype(read(rows))>> {
  std::vector<decltype(read(rows))> all;
  while (true) {
    auto row = rows.step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return all;
    all.push_back(read(rows));
  }
}

/// An alert that no channel waits for is done.
Status note_progress(Connection& connection, std::int64_t sequence) {
  auto update = connection.prepare(
      "UPDATE alerts SET progress = CASE WHEN EXISTS (SELECT 1 FROM alert_deliveries "
      "WHERE alert = ?1 AND is_over = 0) THEN 1 ELSE 2 END WHERE sequence = ?1");
  if (!update) return std::move(update).error();
  return update->bind(1, sequence).run(connection);
}

Status add_delivery(Connection& connection, std::int64_t sequence, const std::string& channel,
                    time::Timestamp not_before) {
  auto insert = connection.prepare(
      "INSERT INTO alert_deliveries (alert, channel, not_before) VALUES (?, ?, ?) "
      "ON CONFLICT (alert, channel) DO NOTHING");
  if (!insert) return std::move(insert).error();
  return insert->bind(1, sequence)
      .bind(2, channel)
      .bind(3, alert_column(not_before))
      .run(connection);
}

/// Of the only row, or nothing.
Result<std::optional<std::int64_t>> only_integer(Connection& connection, Statement& rows) {
  auto row = rows.step(connection);
  if (!row) return std::move(row).error();
  if (!*row) return std::optional<std::int64_t>{};
  const std::int64_t value = rows.integer(0);
  rows.reset();
  return std::optional{value};
}

Status route_one(Connection& connection, const ports::AlertOutbox::Route& route) {
  auto select = connection.prepare("SELECT sequence FROM alerts WHERE id = ? AND progress = 0");
  if (!select) return std::move(select).error();
  auto sequence = only_integer(connection, select->bind(1, route.alert_id));
  if (!sequence) return std::move(sequence).error();
  if (!*sequence) return success();
  for (const std::string& channel : route.channels) {
    if (auto added = add_delivery(connection, **sequence, channel, route.not_before); !added) {
      return added;
    }
  }
  return note_progress(connection, **sequence);
}

Status settle_one(Connection& connection, const ports::AlertOutbox::Outcome& outcome) {
  auto update = connection.prepare(
      "UPDATE alert_deliveries SET attempts = attempts + ?2, not_before = ?3, error = ?4, "
      "is_over = ?5 WHERE number = ?1 AND is_over = 0 RETURNING alert");
  if (!update) return std::move(update).error();
  update->bind(1, clamp_to_int64(outcome.number))
      .bind(2, std::int64_t{outcome.is_attempt ? 1 : 0})
      .bind(3, alert_column(outcome.not_before))
      .bind(4, outcome.error)
      .bind(5, std::int64_t{outcome.is_over ? 1 : 0});
  auto sequence = only_integer(connection, *update);
  if (!sequence) return std::move(sequence).error();
  if (!*sequence) return success();
  if (!outcome.hand_to.empty()) {
    if (auto added = add_delivery(connection, **sequence, outcome.hand_to, outcome.not_before);
        !added) {
      return added;
    }
  }
  return outcome.is_over ? note_progress(connection, **sequence) : success();
}

}  // namespace

struct SqliteAlertOutbox::State {
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

SqliteAlertOutbox::SqliteAlertOutbox(std::unique_ptr<State> state) : state_(std::move(state)) {}

SqliteAlertOutbox::~SqliteAlertOutbox() = default;

Result<std::unique_ptr<SqliteAlertOutbox>> SqliteAlertOutbox::open(
    const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs) {
  return without_exceptions([&]() -> Result<std::unique_ptr<SqliteAlertOutbox>> {
    auto connection = Connection::open(path, std::move(vfs));
    if (!connection) return std::move(connection).error();
    if (auto migrated = migrate_live(*connection); !migrated) return std::move(migrated).error();
    return std::unique_ptr<SqliteAlertOutbox>{
        new SqliteAlertOutbox{std::make_unique<State>(std::move(*connection))}};
  });
}

Status SqliteAlertOutbox::add(const std::vector<Alert>& alerts) {
  if (alerts.empty()) return success();
  return state_->change([&](Connection& database) { return insert_alerts(database, alerts); });
}

Result<std::vector<Alert>> SqliteAlertOutbox::unrouted(std::uint64_t limit) {
  return state_->use([&](Connection& database) -> Result<std::vector<Alert>> {
    auto rows = database.prepare("SELECT " + alert_columns +
                                 " FROM alerts WHERE progress = 0 ORDER BY sequence LIMIT ?");
    if (!rows) return std::move(rows).error();
    return read_all(database, rows->bind(1, clamp_to_int64(limit)), read_alert);
  });
}

Status SqliteAlertOutbox::route(const std::vector<Route>& routes) {
  if (routes.empty()) return success();
  return state_->change([&](Connection& database) -> Status {
    for (const Route& route : routes) {
      if (auto done = route_one(database, route); !done) return done;
    }
    return success();
  });
}

Result<std::vector<AlertDelivery>> SqliteAlertOutbox::due(const std::string& channel,
                                                          time::Timestamp now,
                                                          std::uint64_t limit) {
  return state_->use([&](Connection& database) -> Result<std::vector<AlertDelivery>> {
    auto rows = database.prepare(
        select_deliveries +
        "WHERE is_over = 0 AND channel = ? AND not_before <= ? ORDER BY number LIMIT ?");
    if (!rows) return std::move(rows).error();
    rows->bind(1, channel).bind(2, alert_column(now)).bind(3, clamp_to_int64(limit));
    return read_all(database, *rows, read_delivery);
  });
}

Status SqliteAlertOutbox::settle(const std::vector<Outcome>& outcomes) {
  if (outcomes.empty()) return success();
  return state_->change([&](Connection& database) -> Status {
    for (const Outcome& outcome : outcomes) {
      if (auto done = settle_one(database, outcome); !done) return done;
    }
    return success();
  });
}

Result<ports::AlertOutbox::Counts> SqliteAlertOutbox::counts() {
  return state_->use([](Connection& database) -> Result<Counts> {
    auto row =
        database.prepare("SELECT count(*), min(created_at) FROM alerts WHERE progress IN (0, 1)");
    if (!row) return std::move(row).error();
    auto found = row->step(database);
    if (!found) return std::move(found).error();
    Counts counts;
    counts.waiting = static_cast<std::uint64_t>(row->integer(0));
    if (!row->is_null(1)) counts.oldest = alert_time(row->integer(1));
    return counts;
  });
}

Result<std::vector<AlertDelivery>> SqliteAlertOutbox::waiting(std::uint64_t limit) {
  return state_->use([&](Connection& database) -> Result<std::vector<AlertDelivery>> {
    auto rows = database.prepare(select_deliveries + "WHERE is_over = 0 ORDER BY number LIMIT ?");
    if (!rows) return std::move(rows).error();
    return read_all(database, rows->bind(1, clamp_to_int64(limit)), read_delivery);
  });
}

Result<std::uint64_t> SqliteAlertOutbox::clean_up(time::Timestamp created_before,
                                                  std::uint64_t most) {
  return state_->use([&](Connection& database) -> Result<std::uint64_t> {
    auto remove = database.prepare(
        "DELETE FROM alerts WHERE sequence IN (SELECT sequence FROM alerts "
        "WHERE progress = 2 AND created_at < ? ORDER BY created_at LIMIT ?)");
    if (!remove) return std::move(remove).error();
    remove->bind(1, alert_column(created_before)).bind(2, clamp_to_int64(most));
    if (auto done = remove->run(database); !done) return std::move(done).error();
    return static_cast<std::uint64_t>(database.changes());
  });
}

}  // namespace hts::sqlite
