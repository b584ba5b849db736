#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/jobs/job_record.hpp"
#include "engine/result/result.hpp"

/// One job as a row of the table `jobs`. Included only by the sources of this folder.
namespace hts::sqlite {

class Connection;
class Statement;

/// The column `place`. In its order, and then in that of `sequence`, jobs are handed out.
namespace place {

// Queued: 9 - priority, and 10 more while delayed.
inline constexpr std::int64_t delay = 10;
inline constexpr std::int64_t last_due = delay - 1;
inline constexpr std::int64_t last_queued = 19;
inline constexpr std::int64_t held = 20;     ///< running with a lease
inline constexpr std::int64_t waiting = 21;  ///< running without: for its parts
inline constexpr std::int64_t completed = 30;
inline constexpr std::int64_t failed = 31;  ///< and looked after
inline constexpr std::int64_t dead_letter = 32;
inline constexpr std::int64_t cancelled = 33;

[[nodiscard]] std::int64_t of(const jobs::JobRecord& record, bool is_delayed) noexcept;
/// Unknown ones are queued; only a damaged database has them.
[[nodiscard]] jobs::JobState state_of(std::int64_t place) noexcept;

}  // namespace place

/// The columns, with commas between them; `prefix` before each, such as "jobs.".
[[nodiscard]] std::string job_columns(std::string_view prefix = {});
/// Does nothing to a job whose id is there.
[[nodiscard]] std::string insert_job_sql();
/// All but what never changes.
[[nodiscard]] std::string update_job_sql();

/// The record stays as it is until the statement has run.
void bind_job_row(Statement& statement, const jobs::JobRecord& record, std::int64_t place);
/// Of a row that begins with job_columns; without request and output.
[[nodiscard]] jobs::JobRecord read_job_row(const Statement& row);
[[nodiscard]] std::int64_t read_place(const Statement& row);
inline constexpr int first_column_after_job = 30;

void bind_id(Statement& statement, int index, const jobs::JobId& id);
[[nodiscard]] jobs::JobId read_id(const Statement& row, int column);

[[nodiscard]] constexpr std::int64_t to_number(time::Timestamp t) noexcept {
  return t.time_since_epoch().count();
}
[[nodiscard]] constexpr time::Timestamp to_time(std::int64_t number) noexcept {
  return time::Timestamp{time::Duration{number}};
}

}  // namespace hts::sqlite
