#include "adapters/archive/ended_jobs.hpp"

#include <algorithm>
#include <utility>

#include "adapters/credentials/url_password.hpp"
#include "engine/jobs/job_event.hpp"

namespace hts::archive {

ports::EndedJob ended_job(const jobs::JobRecord& record, std::string worker) {
  ports::EndedJob ended;
  ended.job_id = record.job.id.text();
  ended.kind = record.job.kind;
  ended.state = jobs::name_of(record.state);
  ended.created_at = record.job.created_at;
  ended.started_at = record.started_at;
  ended.finished_at = record.finished_at.value_or(record.job.created_at);
  ended.attempts = record.attempts;
  ended.worker = std::move(worker);
  if (record.error) {
    ended.error = credentials::without_password(jobs::outward(*record.error).message);
  }
  ended.run_id = record.run_id;
  ended.request = record.job.request;
  return ended;
}

result::Result<jobs::JobRecord> record_of(const ports::EndedJob& ended) {
  const auto id = jobs::JobId::parse(ended.job_id);
  const auto state = jobs::parse_state(ended.state);
  if (!id || !state || !jobs::is_terminal(*state)) {
    return result::make_error(result::ErrorCode::internal,
                              "The history of jobs has '" + ended.job_id + "' as '" + ended.state +
                                  "', which no ended job is: look at its database.",
                              "task_id");
  }
  jobs::JobRecord record;
  record.job.id = *id;
  record.job.kind = ended.kind;
  record.job.request = ended.request;
  record.job.created_at = ended.created_at;
  record.state = *state;
  record.available_at = ended.created_at;
  record.started_at = ended.started_at;
  record.finished_at = ended.finished_at;
  record.attempts = ended.attempts;
  record.claims = ended.attempts;
  record.job.max_attempts = std::max(record.job.max_attempts, ended.attempts);
  record.progress = *state == jobs::JobState::completed ? 1.0 : 0.0;
  // Conflict stands for "not possible any more": the code of then is not kept.
  if (!ended.error.empty()) {
    record.error =
        result::make_error(*state == jobs::JobState::cancelled ? result::ErrorCode::cancelled
                                                               : result::ErrorCode::conflict,
                           ended.error);
  }
  record.run_id = ended.run_id;
  return record;
}

bool is_end_of(const ports::EndedJob& ended, const jobs::JobRecord& record) {
  return record.finished_at && ended.state == jobs::name_of(record.state) &&
         time::to_milliseconds(ended.finished_at) == time::to_milliseconds(*record.finished_at);
}

}  // namespace hts::archive
