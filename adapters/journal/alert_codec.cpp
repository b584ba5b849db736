#include "adapters/journal/alert_codec.hpp"

namespace hts::journal {

void write(MsgpackWriter& writer, const ports::Alert& alert) {
  writer.array(7);
  writer.text(alert.id);
  writer.text(alert.kind);
  writer.text(alert.severity);
  writer.text(alert.subject);
  writer.text(alert.text);
  writer.text(alert.details);
  write_time(writer, alert.created_at);
}

template <>
ports::Alert read<ports::Alert>(MsgpackReader& reader) {
  ports::Alert alert;
  reader.expect_array(7);
  alert.id = reader.text();
  alert.kind = reader.text();
  alert.severity = reader.text();
  alert.subject = reader.text();
  alert.text = reader.text();
  alert.details = reader.text();
  alert.created_at = read_time(reader);
  return alert;
}

void write(MsgpackWriter& writer, const ports::AlertDelivery& delivery) {
  writer.array(6);
  writer.unsigned_integer(delivery.number);
  writer.text(delivery.channel);
  write(writer, delivery.alert);
  writer.unsigned_integer(delivery.attempts);
  write_time(writer, delivery.not_before);
  writer.text(delivery.error);
}

template <>
ports::AlertDelivery read<ports::AlertDelivery>(MsgpackReader& reader) {
  ports::AlertDelivery delivery;
  reader.expect_array(6);
  delivery.number = reader.unsigned_integer();
  delivery.channel = reader.text();
  delivery.alert = read<ports::Alert>(reader);
  delivery.attempts = static_cast<std::uint32_t>(reader.unsigned_integer());
  delivery.not_before = read_time(reader);
  delivery.error = reader.text();
  return delivery;
}

void write(MsgpackWriter& writer, const ports::AlertOutbox::Counts& counts) {
  writer.array(3);
  writer.unsigned_integer(counts.waiting);
  writer.boolean(counts.oldest.has_value());
  write_time(writer, counts.oldest.value_or(time::Timestamp{}));
}

template <>
ports::AlertOutbox::Counts read<ports::AlertOutbox::Counts>(MsgpackReader& reader) {
  ports::AlertOutbox::Counts counts;
  reader.expect_array(3);
  counts.waiting = reader.unsigned_integer();
  const bool has_oldest = reader.boolean();
  const auto oldest = read_time(reader);
  if (has_oldest) counts.oldest = oldest;
  return counts;
}

void write(MsgpackWriter& writer, const ports::AlertOutbox::Route& route) {
  writer.array(3);
  writer.text(route.alert_id);
  write(writer, route.channels);
  write_time(writer, route.not_before);
}

void write(MsgpackWriter& writer, const ports::AlertOutbox::Outcome& outcome) {
  writer.array(6);
  writer.unsigned_integer(outcome.number);
  writer.boolean(outcome.is_over);
  writer.boolean(outcome.is_attempt);
  writer.text(outcome.error);
  write_time(writer, outcome.not_before);
  writer.text(outcome.hand_to);
}

void write(MsgpackWriter& writer, const ports::AlertMessage& message) {
  writer.array(3);
  writer.text(message.subject);
  writer.text(message.text);
  write(writer, message.alerts);
}

}  // namespace hts::journal
