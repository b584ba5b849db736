#include "adapters/journal/job_codec.hpp"

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

namespace hts::journal {
namespace {

void write_optional_time(MsgpackWriter& writer, const std::optional<time::Timestamp>& time) {
  if (time) {
    write_time(writer, *time);
  } else {
    writer.nil();
  }
}
std::optional<time::Timestamp> read_optional_time(MsgpackReader& reader) {
  if (reader.take_nil()) return std::nullopt;
  return read_time(reader);
}

std::uint32_t read_small(MsgpackReader& reader) {
  return static_cast<std::uint32_t>(reader.unsigned_integer());
}

/// An enumerator up to `last`.
template <class Enum>
Enum read_enum(MsgpackReader& reader, Enum last) {
  const std::uint64_t number = reader.unsigned_integer();
  if (number > static_cast<std::uint64_t>(last)) reader.fail();
  return reader.ok() ? static_cast<Enum>(number) : Enum{};
}
template <class Enum>
void write_enum(MsgpackWriter& writer, Enum value) {
  writer.unsigned_integer(static_cast<std::uint64_t>(value));
}

template <class Enum>
void write_enums(MsgpackWriter& writer, const std::vector<Enum>& values) {
  writer.array(values.size());
  for (const Enum value : values) write_enum(writer, value);
}
template <class Enum>
std::vector<Enum> read_enums(MsgpackReader& reader, Enum last) {
  std::vector<Enum> values;
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    values.push_back(read_enum(reader, last));
  }
  return values;
}

void write_end(MsgpackWriter& writer, const jobs::WorkEnd& end) {
  writer.array(2);
  writer.unsigned_integer(end.index());
  std::visit(
      [&](const auto& what) {
        using End = std::remove_cvref_t<decltype(what)>;
        if constexpr (std::is_same_v<End, jobs::Completed>) {
          writer.array(2);
          writer.text(what.run_id);
          writer.text(what.output);
        } else if constexpr (std::is_same_v<End, jobs::AttemptFailed>) {
          writer.array(3);
          write(writer, what.error);
          writer.boolean(what.may_retry);
          writer.integer(what.retry_after.count());
        } else if constexpr (std::is_same_v<End, jobs::HandedBack>) {
          writer.array(2);
          writer.text(what.reason);
          writer.integer(what.retry_after.count());
        } else if constexpr (std::is_same_v<End, jobs::FannedOut>) {
          write(writer, what.parts);
        } else {
          writer.nil();
        }
      },
      end);
}

void write_lease(MsgpackWriter& writer, const std::optional<jobs::Lease>& lease) {
  if (!lease) {
    writer.nil();
    return;
  }
  writer.array(3);
  writer.text(lease->worker);
  writer.unsigned_integer(lease->token);
  write_time(writer, lease->until);
}
std::optional<jobs::Lease> read_lease(MsgpackReader& reader) {
  if (reader.take_nil()) return std::nullopt;
  reader.expect_array(3);
  jobs::Lease lease;
  lease.worker = reader.text();
  lease.token = reader.unsigned_integer();
  lease.until = read_time(reader);
  return lease;
}

void write_submitted(MsgpackWriter& writer, const ports::Submitted& submitted) {
  writer.array(4);
  write_enum(writer, submitted.result);
  write(writer, submitted.id);
  write_enum(writer, submitted.state);
  write_time(writer, submitted.created_at);
}
ports::Submitted read_submitted(MsgpackReader& reader) {
  reader.expect_array(4);
  ports::Submitted submitted;
  submitted.result = read_enum(reader, ports::SubmitResult::full);
  submitted.id = read<jobs::JobId>(reader);
  submitted.state = read_enum(reader, jobs::JobState::cancelled);
  submitted.created_at = read_time(reader);
  return submitted;
}

}  // namespace

void write(MsgpackWriter& writer, std::uint64_t count) {
  writer.unsigned_integer(count);
}
template <>
std::uint64_t read<std::uint64_t>(MsgpackReader& reader) {
  return reader.unsigned_integer();
}

void write(MsgpackWriter& writer, const jobs::JobId& id) {
  writer.array(2);
  writer.unsigned_integer(id.high());
  writer.unsigned_integer(id.low());
}
template <>
jobs::JobId read<jobs::JobId>(MsgpackReader& reader) {
  reader.expect_array(2);
  const std::uint64_t high = reader.unsigned_integer();
  return {high, reader.unsigned_integer()};
}

void write(MsgpackWriter& writer, const jobs::NewJob& job) {
  writer.array(8);
  write(writer, job.id);
  writer.text(job.kind);
  writer.text(job.request);
  writer.integer(job.priority);
  writer.integer(job.timeout.count());
  writer.unsigned_integer(job.max_attempts);
  writer.text(job.idempotency_key);
  write_time(writer, job.created_at);
}
template <>
jobs::NewJob read<jobs::NewJob>(MsgpackReader& reader) {
  reader.expect_array(8);
  jobs::NewJob job;
  job.id = read<jobs::JobId>(reader);
  job.kind = reader.text();
  job.request = reader.text();
  job.priority = static_cast<int>(reader.integer());
  job.timeout = time::Duration{reader.integer()};
  job.max_attempts = read_small(reader);
  job.idempotency_key = reader.text();
  job.created_at = read_time(reader);
  return job;
}

void write(MsgpackWriter& writer, const jobs::JobRecord& record) {
  writer.array(23);
  write(writer, record.job);
  writer.unsigned_integer(record.sequence);
  write_enum(writer, record.state);
  write_time(writer, record.available_at);
  write_optional_time(writer, record.started_at);
  write_optional_time(writer, record.finished_at);
  writer.unsigned_integer(record.claims);
  write_lease(writer, record.lease);
  writer.unsigned_integer(record.ended_token);
  writer.unsigned_integer(record.attempts);
  writer.unsigned_integer(record.lease_losses);
  writer.unsigned_integer(record.hand_backs);
  writer.boolean(record.cancel_requested);
  writer.real(record.progress);
  if (record.error) {
    write(writer, *record.error);
  } else {
    writer.nil();
  }
  writer.boolean(record.is_dead_letter);
  writer.text(record.run_id);
  writer.text(record.output);
  write(writer, record.whole);
  writer.unsigned_integer(record.part_number);
  writer.unsigned_integer(record.parts);
  writer.unsigned_integer(record.open_parts);
  writer.boolean(record.joins);
}
template <>
jobs::JobRecord read<jobs::JobRecord>(MsgpackReader& reader) {
  reader.expect_array(23);
  jobs::JobRecord record;
  record.job = read<jobs::NewJob>(reader);
  record.sequence = reader.unsigned_integer();
  record.state = read_enum(reader, jobs::JobState::cancelled);
  record.available_at = read_time(reader);
  record.started_at = read_optional_time(reader);
  record.finished_at = read_optional_time(reader);
  record.claims = reader.unsigned_integer();
  record.lease = read_lease(reader);
  record.ended_token = reader.unsigned_integer();
  record.attempts = read_small(reader);
  record.lease_losses = read_small(reader);
  record.hand_backs = read_small(reader);
  record.cancel_requested = reader.boolean();
  record.progress = reader.real();
  if (!reader.take_nil()) record.error = read<result::Error>(reader);
  record.is_dead_letter = reader.boolean();
  record.run_id = reader.text();
  record.output = reader.text();
  record.whole = read<jobs::JobId>(reader);
  record.part_number = read_small(reader);
  record.parts = read_small(reader);
  record.open_parts = read_small(reader);
  record.joins = reader.boolean();
  return record;
}

void write(MsgpackWriter& writer, const ports::JobBatch& batch) {
  writer.array(8);
  write_time(writer, batch.now);
  write(writer, batch.submits);
  writer.unsigned_integer(batch.capacity);
  writer.array(batch.finishes.size());
  for (const jobs::Finish& finish : batch.finishes) {
    writer.array(3);
    write(writer, finish.id);
    writer.unsigned_integer(finish.token);
    write_end(writer, finish.end);
  }
  writer.array(batch.heartbeats.size());
  for (const jobs::Heartbeat& beat : batch.heartbeats) {
    writer.array(3);
    write(writer, beat.id);
    writer.unsigned_integer(beat.token);
    writer.real(beat.progress);
  }
  writer.integer(batch.lease.count());
  writer.boolean(batch.recover);
  if (batch.claim) {
    writer.array(3);
    writer.text(batch.claim->worker);
    writer.unsigned_integer(batch.claim->most);
    writer.integer(batch.claim->lease.count());
  } else {
    writer.nil();
  }
}

void write(MsgpackWriter& writer, const ports::JobBatchResult& result) {
  writer.array(5);
  writer.array(result.submits.size());
  for (const ports::Submitted& submitted : result.submits) write_submitted(writer, submitted);
  write_enums(writer, result.finishes);
  write_enums(writer, result.heartbeats);
  write(writer, result.changed);
  write(writer, result.claimed);
}
template <>
ports::JobBatchResult read<ports::JobBatchResult>(MsgpackReader& reader) {
  reader.expect_array(5);
  ports::JobBatchResult result;
  for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
    result.submits.push_back(read_submitted(reader));
  }
  result.finishes = read_enums(reader, jobs::FinishResult::lease_lost);
  result.heartbeats = read_enums(reader, jobs::HeartbeatResult::lease_lost);
  result.changed = detail::Reading<std::vector<jobs::JobRecord>>::from(reader);
  result.claimed = detail::Reading<std::vector<jobs::JobRecord>>::from(reader);
  return result;
}

void write(MsgpackWriter& writer, const ports::JobFilter& filter) {
  writer.array(4);
  if (filter.state) {
    write_enum(writer, *filter.state);
  } else {
    writer.nil();
  }
  writer.text(filter.kind);
  if (filter.is_dead_letter) {
    writer.boolean(*filter.is_dead_letter);
  } else {
    writer.nil();
  }
  if (filter.parts_of) {
    write(writer, *filter.parts_of);
  } else {
    writer.nil();
  }
}

void write(MsgpackWriter& writer, const ports::JobPage& page) {
  writer.array(2);
  writer.unsigned_integer(page.total);
  write(writer, page.jobs);
}
template <>
ports::JobPage read<ports::JobPage>(MsgpackReader& reader) {
  reader.expect_array(2);
  ports::JobPage page;
  page.total = reader.unsigned_integer();
  page.jobs = detail::Reading<std::vector<jobs::JobRecord>>::from(reader);
  return page;
}

void write(MsgpackWriter& writer, const ports::JobCounts& counts) {
  writer.array(10);
  writer.unsigned_integer(counts.queued);
  writer.unsigned_integer(counts.running);
  writer.unsigned_integer(counts.completed);
  writer.unsigned_integer(counts.failed);
  writer.unsigned_integer(counts.cancelled);
  writer.unsigned_integer(counts.dead_letters);
  write(writer, counts.queued_by_priority);
  write_optional_time(writer, counts.oldest_queued_at);
  write_optional_time(writer, counts.next_available_at);
  writer.boolean(counts.paused);
}
template <>
ports::JobCounts read<ports::JobCounts>(MsgpackReader& reader) {
  reader.expect_array(10);
  ports::JobCounts counts;
  counts.queued = reader.unsigned_integer();
  counts.running = reader.unsigned_integer();
  counts.completed = reader.unsigned_integer();
  counts.failed = reader.unsigned_integer();
  counts.cancelled = reader.unsigned_integer();
  counts.dead_letters = reader.unsigned_integer();
  counts.queued_by_priority = detail::Reading<std::vector<std::uint64_t>>::from(reader);
  counts.oldest_queued_at = read_optional_time(reader);
  counts.next_available_at = read_optional_time(reader);
  counts.paused = reader.boolean();
  return counts;
}

}  // namespace hts::journal
