#include "adapters/redis/record_codec.hpp"

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"
#include "engine/jobs/job_machine.hpp"

namespace hts::redis {
namespace {

using journal::MsgpackReader;
using journal::MsgpackWriter;

constexpr std::size_t record_fields = 27;
constexpr std::size_t claim_fields = 3;

void write(MsgpackWriter& out, time::Timestamp at) {
  out.integer(at.time_since_epoch().count());
}

void write(MsgpackWriter& out, const std::optional<time::Timestamp>& at) {
  if (at) {
    write(out, *at);
  } else {
    out.nil();
  }
}

time::Timestamp read_time(MsgpackReader& in) {
  return time::Timestamp{time::Duration{in.integer()}};
}

std::optional<time::Timestamp> read_optional_time(MsgpackReader& in) {
  if (in.take_nil()) return std::nullopt;
  return read_time(in);
}

template <class Enum>
Enum read_enum(MsgpackReader& in, Enum last) {
  const std::uint64_t number = in.unsigned_integer();
  if (number > static_cast<std::uint64_t>(last)) in.fail();
  return static_cast<Enum>(number);
}

std::uint32_t read_count(MsgpackReader& in) {
  return static_cast<std::uint32_t>(in.unsigned_integer());
}

void write(MsgpackWriter& out, const std::optional<jobs::Lease>& lease) {
  if (!lease) {
    out.nil();
    return;
  }
  out.array(3);
  out.text(lease->worker);
  out.unsigned_integer(lease->token);
  write(out, lease->until);
}

std::optional<jobs::Lease> read_lease(MsgpackReader& in) {
  if (in.take_nil()) return std::nullopt;
  in.expect_array(3);
  jobs::Lease lease;
  lease.worker = in.text();
  lease.token = in.unsigned_integer();
  lease.until = read_time(in);
  return lease;
}

void write(MsgpackWriter& out, const std::optional<result::Error>& error) {
  if (!error) {
    out.nil();
    return;
  }
  out.array(3);
  out.unsigned_integer(static_cast<std::uint64_t>(error->code));
  out.text(error->message);
  out.text(error->field);
}

std::optional<result::Error> read_error(MsgpackReader& in) {
  if (in.take_nil()) return std::nullopt;
  in.expect_array(3);
  result::Error error;
  error.code = read_enum(in, result::ErrorCode::internal);
  error.message = in.text();
  error.field = in.text();
  return error;
}

}  // namespace

std::string encode_record(const jobs::JobRecord& record) {
  std::string bytes;
  bytes.reserve(192);
  MsgpackWriter out(bytes);
  out.array(record_fields);
  out.text(record.job.kind);
  out.integer(record.job.priority);
  out.integer(record.job.timeout.count());
  out.unsigned_integer(record.job.max_attempts);
  out.text(record.job.idempotency_key);
  write(out, record.job.created_at);
  out.unsigned_integer(static_cast<std::uint64_t>(record.state));
  write(out, record.available_at);
  write(out, record.started_at);
  write(out, record.finished_at);
  out.unsigned_integer(record.claims);
  write(out, record.lease);
  out.unsigned_integer(record.ended_token);
  out.unsigned_integer(record.attempts);
  out.unsigned_integer(record.lease_losses);
  out.unsigned_integer(record.hand_backs);
  out.boolean(record.cancel_requested);
  out.real(record.progress);
  write(out, record.error);
  out.boolean(record.is_dead_letter);
  out.text(record.run_id);
  out.unsigned_integer(record.whole.high());
  out.unsigned_integer(record.whole.low());
  out.unsigned_integer(record.part_number);
  out.unsigned_integer(record.parts);
  out.unsigned_integer(record.open_parts);
  out.boolean(record.joins);
  return bytes;
}

std::string encode_claim(std::string_view worker, time::Timestamp now, time::Duration lease) {
  std::string bytes;
  MsgpackWriter out(bytes);
  out.array(claim_fields);
  out.text(worker);
  write(out, now);
  out.integer(lease.count());
  return bytes;
}

std::optional<jobs::JobRecord> decode_record(const jobs::JobId& id, std::string_view bytes,
                                             std::string_view claim) {
  MsgpackReader in(bytes);
  in.expect_array(record_fields);
  jobs::JobRecord record;
  record.job.id = id;
  record.job.kind = in.text();
  record.job.priority = static_cast<int>(in.integer());
  record.job.timeout = time::Duration{in.integer()};
  record.job.max_attempts = read_count(in);
  record.job.idempotency_key = in.text();
  record.job.created_at = read_time(in);
  record.state = read_enum(in, jobs::JobState::cancelled);
  record.available_at = read_time(in);
  record.started_at = read_optional_time(in);
  record.finished_at = read_optional_time(in);
  record.claims = in.unsigned_integer();
  record.lease = read_lease(in);
  record.ended_token = in.unsigned_integer();
  record.attempts = read_count(in);
  record.lease_losses = read_count(in);
  record.hand_backs = read_count(in);
  record.cancel_requested = in.boolean();
  record.progress = in.real();
  record.error = read_error(in);
  record.is_dead_letter = in.boolean();
  record.run_id = in.text();
  const std::uint64_t whole_high = in.unsigned_integer();
  record.whole = jobs::JobId{whole_high, in.unsigned_integer()};
  record.part_number = read_count(in);
  record.parts = read_count(in);
  record.open_parts = read_count(in);
  record.joins = in.boolean();
  if (!in.finished()) return std::nullopt;
  if (claim.empty()) return record;

  MsgpackReader event(claim);
  event.expect_array(claim_fields);
  const std::string_view worker = event.text();
  const time::Timestamp now = read_time(event);
  const time::Duration lease{event.integer()};
  if (!event.finished()) return std::nullopt;
  jobs::claim(record, worker, now, lease);
  return record;
}

}  // namespace hts::redis
