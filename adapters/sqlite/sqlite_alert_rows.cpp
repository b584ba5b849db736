#include "adapters/sqlite/sqlite_alert_rows.hpp"

#include <utility>

#include "adapters/sqlite/sqlite_connection.hpp"

namespace hts::sqlite {

result::Status insert_alerts(Connection& connection, std::span<const ports::Alert> alerts) {
  if (alerts.empty()) return result::success();
  auto insert = connection.prepare(
      "INSERT INTO alerts (id, kind, severity, subject, text, details, created_at) "
      "VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING");
  if (!insert) return std::move(insert).error();
  for (const ports::Alert& alert : alerts) {
    insert->bind_lasting(1, alert.id)
        .bind_lasting(2, alert.kind)
        .bind_lasting(3, alert.severity)
        .bind_lasting(4, alert.subject)
        .bind_lasting(5, alert.text)
        .bind_lasting(6, alert.details)
        .bind(7, std::int64_t{alert.created_at.time_since_epoch().count()});
    if (auto done = insert->run(connection); !done) return done;
  }
  return result::success();
}

}  // namespace hts::sqlite
