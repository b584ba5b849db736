#include "adapters/postgres/postgres_job_history.hpp"

#include <map>
#include <string_view>

#include "adapters/postgres/database_text.hpp"
#include "adapters/postgres/exception_guard.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::postgres {
namespace {

using ports::EndedJob;
using ports::EndedJobFilter;
using ports::JobHistoryPage;
using result::Result;
using result::Status;
using result::success;

/// $1: an array of jobs as `write_job` writes them, without repeated ids. Writers take turns (the
/// lock ends with the statement), for two that replace the same jobs in different orders would wait
/// for each other. A job that is recorded again gets a new sequence.
const std::string& record_jobs_sql() {
  static const std::string sql =
      "WITH turn AS MATERIALIZED "
      "(SELECT pg_advisory_xact_lock('jobs_history'::regclass::oid::bigint)::text) "
      "INSERT INTO jobs_history (job_id, kind, state, created_at, started_at, finished_at, "
      "attempts, worker, error, run_id, request) "
      "SELECT job_id, kind, state, " +
      time_of("created_at_ms") + ", " + time_of("started_at_ms") + ", " +
      time_of("finished_at_ms") +
      ", attempts, worker, error, run_id, request FROM json_to_recordset($1::json) AS "
      "job(position bigint, job_id text, kind text, state text, created_at_ms bigint, "
      "started_at_ms bigint, finished_at_ms bigint, attempts bigint, worker text, error text, "
      "run_id text, request text) WHERE (SELECT count(*) FROM turn) = 1 ORDER BY position "
      "ON CONFLICT (job_id) DO UPDATE SET sequence = DEFAULT, kind = excluded.kind, "
      "state = excluded.state, created_at = excluded.created_at, "
      "started_at = excluded.started_at, finished_at = excluded.finished_at, "
      "attempts = excluded.attempts, worker = excluded.worker, error = excluded.error, "
      "run_id = excluded.run_id, request = excluded.request";
  return sql;
}

void write_job(json::Writer& writer, std::size_t position, const EndedJob& job) {
  writer.begin_object();
  writer.member("position", position);
  writer.member("job_id", database_text(job.job_id));
  writer.member("kind", database_text(job.kind));
  writer.member("state", database_text(job.state));
  writer.member("created_at_ms", time::to_milliseconds(job.created_at));
  if (job.started_at) writer.member("started_at_ms", time::to_milliseconds(*job.started_at));
  writer.member("finished_at_ms", time::to_milliseconds(job.finished_at));
  writer.member("attempts", job.attempts);
  writer.member("worker", database_text(job.worker));
  writer.member("error", database_text(job.error));
  writer.member("run_id", database_text(job.run_id));
  writer.member("request", database_text(job.request));
  writer.end_object();
}

/// Jobs that a page takes, behind the number of all that the filter takes.
std::string select_jobs(const std::string& total, const std::string& page) {
  return "SELECT total.number, job.job_id, job.kind, job.state, " +
         milliseconds_of("job.created_at") + ", " + milliseconds_of("job.started_at") + ", " +
         milliseconds_of("job.finished_at") +
         ", job.attempts, job.worker, job.error, job.run_id, job.request FROM (SELECT " + total +
         " AS number) AS total LEFT JOIN (SELECT * FROM jobs_history " + page +
         ") AS job ON true ORDER BY job.finished_at DESC, job.sequence DESC";
}

EndedJob read_ended_job(const Rows& rows, std::size_t row) {
  EndedJob job;
  job.job_id = rows.text(row, 1);
  job.kind = rows.text(row, 2);
  job.state = rows.text(row, 3);
  job.created_at = rows.timestamp(row, 4);
  if (!rows.is_null(row, 5)) job.started_at = rows.timestamp(row, 5);
  job.finished_at = rows.timestamp(row, 6);
  job.attempts = static_cast<std::uint32_t>(rows.integer(row, 7));
  job.worker = rows.text(row, 8);
  job.error = rows.text(row, 9);
  job.run_id = rows.text(row, 10);
  job.request = rows.text(row, 11);
  return job;
}

/// Without conditions that always hold, so that an index serves those that are left.
std::string where(const EndedJobFilter& filter, std::vector<std::string>& parameters) {
  std::string sql;
  const auto add = [&](const std::string& condition, std::string value, const char* type) {
    parameters.push_back(std::move(value));
    const std::string parameter = "$" + std::to_string(parameters.size()) + type;
    sql += (sql.empty() ? "WHERE " : "AND ") + condition +
           (std::string_view{type}.empty() ? parameter : time_of(parameter)) + " ";
  };
  if (!filter.state.empty()) add("state = ", filter.state, "");
  if (!filter.kind.empty()) add("kind = ", filter.kind, "");
  if (filter.finished.begin != time::Timestamp::min()) {
    add("finished_at >= ", std::to_string(time::to_milliseconds(filter.finished.begin)),
        "::bigint");
  }
  if (filter.finished.end != time::Timestamp::max()) {
    add("finished_at < ", std::to_string(time::to_milliseconds(filter.finished.end)), "::bigint");
  }
  return sql;
}

}  // namespace

Status PostgresJobHistory::record(const std::vector<EndedJob>& jobs) {
  if (jobs.empty()) return success();
  return without_exceptions([&]() -> Status {
    std::map<std::string_view, std::size_t> last;
    for (std::size_t i = 0; i < jobs.size(); ++i) last[jobs[i].job_id] = i;
    std::string text;
    json::Writer writer{text};
    writer.begin_array();
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (last.at(jobs[i].job_id) == i) write_job(writer, i, jobs[i]);
    }
    writer.end_array();
    auto done = pool_->query(record_jobs_sql(), {text});
    if (!done) return std::move(done).error();
    return success();
  });
}

Result<EndedJob> PostgresJobHistory::find(const std::string& job_id) {
  return without_exceptions([&]() -> Result<EndedJob> {
    auto rows = pool_->query(select_jobs("0", "WHERE job_id = $1"), {job_id});
    if (!rows) return std::move(rows).error();
    if (rows->is_null(0, 1)) return ports::no_such_ended_job(job_id);
    return read_ended_job(*rows, 0);
  });
}

Result<JobHistoryPage> PostgresJobHistory::list(const EndedJobFilter& filter, std::uint64_t offset,
                                                std::uint64_t limit) {
  return without_exceptions([&]() -> Result<JobHistoryPage> {
    std::vector<std::string> parameters;
    const std::string conditions = where(filter, parameters);
    const std::string next = std::to_string(parameters.size() + 1);
    const std::string after_next = std::to_string(parameters.size() + 2);
    parameters.push_back(std::to_string(clamp_to_int64(limit)));
    parameters.push_back(std::to_string(clamp_to_int64(offset)));
    auto rows =
        pool_->query(select_jobs("(SELECT count(*) FROM jobs_history " + conditions + ")",
                                 conditions + "ORDER BY finished_at DESC, sequence DESC LIMIT $" +
                                     next + "::bigint OFFSET $" + after_next + "::bigint"),
                     parameters);
    if (!rows) return std::move(rows).error();
    JobHistoryPage page;
    page.total = static_cast<std::uint64_t>(rows->integer(0, 0));
    if (rows->is_null(0, 1)) return page;
    for (std::size_t row = 0; row < rows->size(); ++row) {
      page.jobs.push_back(read_ended_job(*rows, row));
    }
    return page;
  });
}

Result<std::uint64_t> PostgresJobHistory::remove_before(time::Timestamp finished) {
  return without_exceptions([&]() -> Result<std::uint64_t> {
    auto removed =
        pool_->query("DELETE FROM jobs_history WHERE finished_at < " + time_of("$1::bigint"),
                     {std::to_string(time::to_milliseconds(finished))});
    if (!removed) return std::move(removed).error();
    return removed->affected();
  });
}

}  // namespace hts::postgres
