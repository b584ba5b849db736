#include "adapters/sqlite/sqlite_event_rows.hpp"

#include <utility>

#include "adapters/sqlite/exception_guard.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"

namespace hts::sqlite {
namespace {

using paper::PaperEvent;
using result::Result;

constexpr auto last_kind = static_cast<std::int64_t>(paper::PaperEventKind::asked);

result::Error damaged_event(const Connection& connection) {
  return result::make_error(result::ErrorCode::storage,
                            "The database " + connection.path().string() +
                                " holds an event that cannot be read: restore a backup.");
}

/// Reads an amount; remembers when one is none.
struct Amounts {
  const Statement& row;
  bool sound = true;

  template <class Number>
  void read(int column, Number& into) {
    auto parsed = Number::parse(row.bytes(column));
    sound = sound && parsed.ok();
    if (parsed) into = *parsed;
  }
};

bool read_event(const Statement& row, PaperEvent& event) {
  event.number = static_cast<std::uint64_t>(row.integer(0));
  const std::int64_t kind = row.integer(1);
  if (kind < 0 || kind > last_kind) return false;
  event.kind = static_cast<paper::PaperEventKind>(kind);
  event.time = time::Timestamp{time::Duration{row.integer(2)}};
  event.slot = static_cast<paper::SlotId>(row.integer(3));
  event.instrument = static_cast<paper::InstrumentId>(row.integer(4));
  event.position_id = row.text(5);
  event.side = row.integer(6) == 0 ? trading::Side::buy : trading::Side::sell;
  Amounts amounts{row};
  amounts.read(7, event.quantity);
  amounts.read(8, event.price);
  amounts.read(9, event.fee);
  amounts.read(10, event.slippage);
  amounts.read(11, event.realized_profit);
  event.reason = row.text(12);
  return amounts.sound;
}

}  // namespace

result::Status insert_events(Connection& connection, std::int64_t session,
                             std::span<const PaperEvent> events) {
  if (events.empty()) return result::success();
  auto insert = connection.prepare(
      "INSERT INTO paper_events (session, number, kind, time, slot, instrument, position_id, side, "
      "quantity, price, fee, slippage, realized_profit, reason) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  if (!insert) return std::move(insert).error();
  for (const PaperEvent& event : events) {
    insert->bind(1, session)
        .bind(2, clamp_to_int64(event.number))
        .bind(3, static_cast<std::int64_t>(event.kind))
        .bind(4, std::int64_t{event.time.time_since_epoch().count()})
        .bind(5, std::int64_t{event.slot})
        .bind(6, std::int64_t{event.instrument})
        .bind(7, event.position_id)
        .bind(8, std::int64_t{event.side == trading::Side::buy ? 0 : 1})
        .bind(9, event.quantity.text())
        .bind(10, event.price.text())
        .bind(11, event.fee.text())
        .bind(12, event.slippage.text())
        .bind(13, event.realized_profit.text())
        .bind(14, event.reason);
    if (auto done = insert->run(connection); !done) return done;
  }
  return result::success();
}

Result<std::vector<PaperEvent>> read_events(Connection& connection, std::int64_t session,
                                            std::uint64_t first, std::uint64_t limit) {
  auto rows = connection.prepare(
      "SELECT number, kind, time, slot, instrument, position_id, side, quantity, price, fee, "
      "slippage, realized_profit, reason FROM paper_events WHERE session = ? AND number >= ? "
      "ORDER BY number LIMIT ?");
  if (!rows) return std::move(rows).error();
  rows->bind(1, session).bind(2, clamp_to_int64(first)).bind(3, clamp_to_int64(limit));
  std::vector<PaperEvent> events;
  while (true) {
    auto row = rows->step(connection);
    if (!row) return std::move(row).error();
    if (!*row) return events;
    if (!read_event(*rows, events.emplace_back())) return damaged_event(connection);
  }
}

}  // namespace hts::sqlite
