#include "adapters/sqlite/sqlite_job_row.hpp"

#include <array>

#include "adapters/sqlite/sqlite_connection.hpp"

namespace hts::sqlite {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;

/// Bound as the parameter of their position, counted from 1.
constexpr std::array<std::string_view, first_column_after_job> columns = {"sequence",
                                                                          "id",
                                                                          "whole",
                                                                          "part_number",
                                                                          "idempotency_key",
                                                                          "place",
                                                                          "kind",
                                                                          "priority",
                                                                          "timeout",
                                                                          "max_attempts",
                                                                          "created_at",
                                                                          "available_at",
                                                                          "started_at",
                                                                          "finished_at",
                                                                          "claims",
                                                                          "worker",
                                                                          "lease_until",
                                                                          "ended_token",
                                                                          "attempts",
                                                                          "lease_losses",
                                                                          "hand_backs",
                                                                          "cancel_requested",
                                                                          "progress",
                                                                          "error_code",
                                                                          "error_message",
                                                                          "error_field",
                                                                          "run_id",
                                                                          "parts",
                                                                          "open_parts",
                                                                          "joins"};
constexpr std::size_t first_changing = 5;

static_assert(static_cast<int>(result::ErrorCode::internal) == 11, "Codes are stored as numbers.");

std::int64_t number(std::uint64_t value) noexcept {
  return static_cast<std::int64_t>(value);
}

std::uint32_t small(const Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

std::optional<time::Timestamp> optional_time(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return to_time(row.integer(column));
}

}  // namespace

std::int64_t place::of(const JobRecord& record, bool is_delayed) noexcept {
  switch (record.state) {
    case JobState::queued:
      return jobs::highest_priority - record.job.priority + (is_delayed ? delay : 0);
    case JobState::running:
      return record.lease ? held : waiting;
    case JobState::completed:
      return completed;
    case JobState::failed:
      return record.is_dead_letter ? dead_letter : failed;
    case JobState::cancelled:
      return cancelled;
  }
  return cancelled;
}

JobState place::state_of(std::int64_t place) noexcept {
  switch (place) {
    case held:
    case waiting:
      return JobState::running;
    case completed:
      return JobState::completed;
    case failed:
    case dead_letter:
      return JobState::failed;
    case cancelled:
      return JobState::cancelled;
    default:
      return JobState::queued;
  }
}

std::string job_columns(std::string_view prefix) {
  std::string text;
  for (const std::string_view column : columns) {
    if (!text.empty()) text += ", ";
    text += prefix;
    text += column;
  }
  return text;
}

std::string insert_job_sql() {
  std::string values;
  for (std::size_t i = 0; i < columns.size(); ++i) values += i == 0 ? "?" : ", ?";
  return "INSERT INTO jobs (" + job_columns() + ") VALUES (" + values +
         ") ON CONFLICT (id) DO NOTHING";
}

std::string update_job_sql() {
  std::string changes;
  for (std::size_t i = first_changing; i < columns.size(); ++i) {
    if (!changes.empty()) changes += ", ";
    changes += std::string{columns.at(i)} + " = ?" + std::to_string(i + 1);
  }
  return "UPDATE jobs SET " + changes + " WHERE sequence = ?1";
}

void bind_job_row(Statement& statement, const JobRecord& record, std::int64_t place) {
  const jobs::NewJob& job = record.job;
  statement.bind(1, number(record.sequence));
  bind_id(statement, 2, job.id);
  if (!record.whole.empty()) bind_id(statement, 3, record.whole);
  statement.bind(4, std::int64_t{record.part_number});
  if (!job.idempotency_key.empty()) statement.bind_lasting(5, job.idempotency_key);
  statement.bind(6, place)
      .bind_lasting(7, job.kind)
      .bind(8, std::int64_t{job.priority})
      .bind(9, job.timeout.count())
      .bind(10, std::int64_t{job.max_attempts})
      .bind(11, to_number(job.created_at))
      .bind(12, to_number(record.available_at));
  if (record.started_at) statement.bind(13, to_number(*record.started_at));
  if (record.finished_at) statement.bind(14, to_number(*record.finished_at));
  statement.bind(15, number(record.claims));
  if (record.lease) {
    statement.bind_lasting(16, record.lease->worker).bind(17, to_number(record.lease->until));
  }
  statement.bind(18, number(record.ended_token))
      .bind(19, std::int64_t{record.attempts})
      .bind(20, std::int64_t{record.lease_losses})
      .bind(21, std::int64_t{record.hand_backs})
      .bind(22, std::int64_t{record.cancel_requested ? 1 : 0})
      .bind(23, record.progress);
  if (record.error) {
    statement.bind(24, static_cast<std::int64_t>(record.error->code))
        .bind_lasting(25, record.error->message)
        .bind_lasting(26, record.error->field);
  }
  if (!record.run_id.empty()) statement.bind_lasting(27, record.run_id);
  statement.bind(28, std::int64_t{record.parts})
      .bind(29, std::int64_t{record.open_parts})
      .bind(30, std::int64_t{record.joins ? 1 : 0});
}

JobRecord read_job_row(const Statement& row) {
  JobRecord record;
  jobs::NewJob& job = record.job;
  record.sequence = static_cast<std::uint64_t>(row.integer(0));
  job.id = read_id(row, 1);
  record.whole = read_id(row, 2);
  record.part_number = small(row, 3);
  job.idempotency_key = row.bytes(4);
  record.state = place::state_of(row.integer(5));
  record.is_dead_letter = row.integer(5) == place::dead_letter;
  job.kind = row.bytes(6);
  job.priority = static_cast<int>(row.integer(7));
  job.timeout = time::Duration{row.integer(8)};
  job.max_attempts = small(row, 9);
  job.created_at = to_time(row.integer(10));
  record.available_at = to_time(row.integer(11));
  record.started_at = optional_time(row, 12);
  record.finished_at = optional_time(row, 13);
  record.claims = static_cast<std::uint64_t>(row.integer(14));
  if (!row.is_null(16)) {
    record.lease = {std::string{row.bytes(15)}, record.claims, to_time(row.integer(16))};
  }
  record.ended_token = static_cast<std::uint64_t>(row.integer(17));
  record.attempts = small(row, 18);
  record.lease_losses = small(row, 19);
  record.hand_backs = small(row, 20);
  record.cancel_requested = row.integer(21) != 0;
  record.progress = row.number(22);
  if (!row.is_null(23)) {
    record.error = result::make_error(static_cast<result::ErrorCode>(row.integer(23)), row.text(24),
                                      row.text(25));
  }
  record.run_id = row.bytes(26);
  record.parts = small(row, 27);
  record.open_parts = small(row, 28);
  record.joins = row.integer(29) != 0;
  return record;
}

std::int64_t read_place(const Statement& row) {
  return row.integer(5);
}

void bind_id(Statement& statement, int index, const JobId& id) {
  std::array<char, 16> bytes{};
  for (std::size_t i = 0; i < 8; ++i) {
    bytes.at(i) = static_cast<char>(id.high() >> (56 - 8 * i));
    bytes.at(i + 8) = static_cast<char>(id.low() >> (56 - 8 * i));
  }
  statement.bind_bytes(index, std::string_view{bytes.data(), bytes.size()});
}

JobId read_id(const Statement& row, int column) {
  const std::string_view bytes = row.bytes(column);
  if (bytes.size() != 16) return {};
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    high = (high << 8U) | static_cast<unsigned char>(bytes[i]);
    low = (low << 8U) | static_cast<unsigned char>(bytes[i + 8]);
  }
  return {high, low};
}

}  // namespace hts::sqlite
