#include "actors/job_figures.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace hts::actors {
namespace {

void record(JobTimes& times, time::Duration duration) noexcept {
  ++times.samples[JobTimes::bucket_of(duration)];
  times.total += duration;
}

bool is_queued_again(const ports::JobBatchResult& result, const jobs::JobId& id) {
  return std::ranges::any_of(result.changed, [&](const jobs::JobRecord& changed) {
    return changed.job.id == id && changed.state == jobs::JobState::queued;
  });
}

}  // namespace

void JobFigures::count_claimed(const jobs::JobRecord& claimed, time::Timestamp now) noexcept {
  const time::Timestamp ready = std::max(claimed.job.created_at, claimed.available_at);
  record(status_.job_waits, std::max(now - ready, time::Duration::zero()));
}

void JobFigures::count_run(time::Duration run) noexcept {
  record(status_.job_runs, run);
  mean_run_ = mean_run_ ? *mean_run_ + (run - *mean_run_) / 8 : run;
}

void JobFigures::count_store_call(time::Duration took) noexcept {
  record(status_.store_calls, took);
}

void JobFigures::note_store_error(std::string error) {
  if (!error.empty()) ++status_.store_errors;
  status_.store_error = std::move(error);
}

void JobFigures::count_changes(const ports::JobBatch& sent, const ports::JobBatchResult& result) {
  for (const jobs::JobRecord& changed : result.changed) count_ended(changed);
  for (std::size_t i = 0; i < sent.finishes.size(); ++i) {
    const jobs::Finish& finish = sent.finishes[i];
    if (result.finishes[i] == jobs::FinishResult::lease_lost) {
      ++status_.lease_losses;
    } else if (const auto* back = std::get_if<jobs::HandedBack>(&finish.end)) {
      if (!back->reason.empty()) ++status_.hand_backs;
    } else if (std::holds_alternative<jobs::AttemptFailed>(finish.end)) {
      if (is_queued_again(result, finish.id)) ++status_.job_retries;
    }
  }
  for (const jobs::HeartbeatResult beat : result.heartbeats) {
    if (beat == jobs::HeartbeatResult::lease_lost) ++status_.lease_losses;
  }
}

void JobFigures::count_ended(const jobs::JobRecord& ended) noexcept {
  using enum jobs::JobState;
  if (ended.state == completed) ++status_.jobs_completed;
  if (ended.state == failed) ++status_.jobs_failed;
  if (ended.state == cancelled) ++status_.jobs_cancelled;
}

void JobFigures::write_to(SchedulerStatus& status) const {
  status.jobs = status_.jobs;
  status.jobs_capacity = status_.jobs_capacity;
  status.jobs_submitted = status_.jobs_submitted;
  status.jobs_refused = status_.jobs_refused;
  status.jobs_completed = status_.jobs_completed;
  status.jobs_failed = status_.jobs_failed;
  status.jobs_cancelled = status_.jobs_cancelled;
  status.job_retries = status_.job_retries;
  status.lease_losses = status_.lease_losses;
  status.hand_backs = status_.hand_backs;
  status.job_waits = status_.job_waits;
  status.job_runs = status_.job_runs;
  status.store_calls = status_.store_calls;
  status.store_errors = status_.store_errors;
  status.store_error = status_.store_error;
}

jobs::JobEvent event_of(const jobs::JobRecord& record, time::Timestamp at) {
  jobs::JobEvent event;
  event.id = record.job.id;
  event.kind = record.job.kind;
  event.state = jobs::shown_state(record);
  event.progress = record.progress;
  if (record.error && jobs::is_terminal(record.state)) {
    event.error = jobs::outward(*record.error).message;
  }
  event.run_id = record.run_id;
  event.at = at;
  return event;
}

}  // namespace hts::actors
