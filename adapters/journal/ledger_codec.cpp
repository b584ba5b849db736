#include "adapters/journal/ledger_codec.hpp"

#include <utility>

#include "adapters/journal/alert_codec.hpp"

namespace hts::journal {
namespace {

/// Half a number of 128 bits at a time.
void write_units(MsgpackWriter& writer, trading::fixed::Int units) {
  const auto bits = static_cast<trading::fixed::Unsigned>(units);
  writer.unsigned_integer(static_cast<std::uint64_t>(bits >> 64U));
  writer.unsigned_integer(static_cast<std::uint64_t>(bits));
}

template <class Number>
Number read_amount(MsgpackReader& reader) {
  const std::uint64_t high = reader.unsigned_integer();
  const std::uint64_t low = reader.unsigned_integer();
  return Number::of_units(
      static_cast<trading::fixed::Int>(static_cast<trading::fixed::Unsigned>(high) << 64U | low));
}

}  // namespace

void write(MsgpackWriter& writer, const paper::PaperEvent& event) {
  writer.array(18);
  writer.unsigned_integer(event.number);
  writer.unsigned_integer(static_cast<std::uint64_t>(event.kind));
  write_time(writer, event.time);
  writer.unsigned_integer(event.slot);
  writer.unsigned_integer(event.instrument);
  writer.text(event.position_id);
  writer.boolean(event.side == trading::Side::buy);
  write_units(writer, event.quantity.units());
  write_units(writer, event.price.units());
  write_units(writer, event.fee.units());
  write_units(writer, event.slippage.units());
  write_units(writer, event.realized_profit.units());
  writer.text(event.reason);
}

template <>
paper::PaperEvent read<paper::PaperEvent>(MsgpackReader& reader) {
  reader.expect_array(18);
  paper::PaperEvent event;
  event.number = reader.unsigned_integer();
  const std::uint64_t kind = reader.unsigned_integer();
  if (kind > static_cast<std::uint64_t>(paper::PaperEventKind::asked)) reader.fail();
  event.kind = static_cast<paper::PaperEventKind>(kind);
  event.time = read_time(reader);
  event.slot = static_cast<paper::SlotId>(reader.unsigned_integer());
  event.instrument = static_cast<paper::InstrumentId>(reader.unsigned_integer());
  event.position_id = read<std::string>(reader);
  event.side = reader.boolean() ? trading::Side::buy : trading::Side::sell;
  event.quantity = read_amount<trading::CoinAmount>(reader);
  event.price = read_amount<trading::Price>(reader);
  event.fee = read_amount<trading::Money>(reader);
  event.slippage = read_amount<trading::Money>(reader);
  event.realized_profit = read_amount<trading::Money>(reader);
  event.reason = read<std::string>(reader);
  return event;
}

void write(MsgpackWriter& writer, const ports::SessionRecord& session) {
  writer.array(8);
  writer.text(session.session_id);
  writer.text(session.plan);
  writer.boolean(session.is_running);
  write_time(writer, session.started_at);
  if (session.stopped_at) {
    write_time(writer, *session.stopped_at);
  } else {
    writer.nil();
  }
  writer.binary(session.state);
  write_time(writer, session.up_to);
  writer.unsigned_integer(session.events);
}

template <>
ports::SessionRecord read<ports::SessionRecord>(MsgpackReader& reader) {
  reader.expect_array(8);
  ports::SessionRecord session;
  session.session_id = read<std::string>(reader);
  session.plan = read<std::string>(reader);
  session.is_running = reader.boolean();
  session.started_at = read_time(reader);
  if (!reader.take_nil()) session.stopped_at = read_time(reader);
  session.state = std::string{reader.binary()};
  session.up_to = read_time(reader);
  session.events = reader.unsigned_integer();
  return session;
}

void write(MsgpackWriter& writer, const std::optional<ports::SessionRecord>& session) {
  if (session) {
    write(writer, *session);
  } else {
    writer.nil();
  }
}

template <>
std::optional<ports::SessionRecord> read<std::optional<ports::SessionRecord>>(
    MsgpackReader& reader) {
  if (reader.take_nil()) return std::nullopt;
  return read<ports::SessionRecord>(reader);
}

void write(MsgpackWriter& writer, const ports::SlotSnapshot& snapshot) {
  writer.array(2);
  writer.unsigned_integer(snapshot.slot);
  writer.binary(snapshot.bytes);
}

template <>
ports::SlotSnapshot read<ports::SlotSnapshot>(MsgpackReader& reader) {
  reader.expect_array(2);
  ports::SlotSnapshot snapshot;
  snapshot.slot = static_cast<paper::SlotId>(reader.unsigned_integer());
  snapshot.bytes = std::string{reader.binary()};
  return snapshot;
}

void write(MsgpackWriter& writer, const ports::LedgerCommit& commit) {
  writer.array(7);
  writer.text(commit.session_id);
  write(writer, commit.events);
  writer.binary(commit.state);
  writer.text(commit.plan);
  write_time(writer, commit.up_to);
  write(writer, commit.alerts);
  write(writer, commit.snapshots);
}

}  // namespace hts::journal
