#include "engine/jobs/job_steps.hpp"

namespace hts::jobs {
namespace {

void cancel_parts(JobShelf& shelf, const JobRecord& whole, time::Timestamp now,
                  ChangedJobs& changed) {
  for (std::uint32_t number = 0; number < whole.parts; ++number) {
    JobRecord* part = shelf.edit(JobId::part_of(whole.job.id, number));
    if (part == nullptr || is_terminal(part->state)) continue;
    if (!cancel(*part, now)) continue;
    changed.add(part->job.id);
    if (is_terminal(part->state)) cancel_parts(shelf, *part, now, changed);
  }
}

/// `record` may have become terminal: tells its whole, and that one's.
void tell_whole(JobShelf& shelf, const JobRecord& record, time::Timestamp now,
                ChangedJobs& changed) {
  const JobRecord* part = &record;
  while (is_terminal(part->state) && !part->whole.empty()) {
    JobRecord* whole = shelf.edit(part->whole);
    if (whole == nullptr || !waits_for_parts(*whole)) return;
    const bool others_are_in_vain = part_ended(*whole, *part, now);
    changed.add(whole->job.id);
    if (others_are_in_vain) cancel_parts(shelf, *whole, now, changed);
    part = whole;
  }
}

void make_parts(JobShelf& shelf, JobRecord& whole, const std::vector<NewJob>& jobs,
                time::Timestamp now, ChangedJobs& changed) {
  const JobId id = whole.job.id;
  for (std::uint32_t number = 0; number < jobs.size(); ++number) {
    JobRecord* part = shelf.edit(JobId::part_of(id, number));
    if (part == nullptr) {
      shelf.add(accept_part(jobs[number], shelf.next_sequence(), id, number));
      continue;
    }
    accept_part_again(*part, jobs[number], now);
    if (part->state == JobState::completed) {
      (void)part_ended(whole, *part, now);
    } else {
      changed.add(part->job.id);
    }
  }
}

}  // namespace

FinishResult finish_job(JobShelf& shelf, const Finish& finish, time::Timestamp now,
                        ChangedJobs& changed) {
  JobRecord* record = shelf.edit(finish.id);
  if (record == nullptr) return FinishResult::lease_lost;
  const std::uint64_t ended_before = record->ended_token;
  const FinishResult result = jobs::finish(*record, finish, now);
  if (result != FinishResult::done || record->ended_token == ended_before) return result;
  changed.add(finish.id);
  if (waits_for_parts(*record)) {
    make_parts(shelf, *record, std::get<FannedOut>(finish.end).parts, now, changed);
  }
  tell_whole(shelf, *record, now, changed);
  return result;
}

void lose_lease_of_job(JobShelf& shelf, const JobId& id, time::Timestamp now,
                       ChangedJobs& changed) {
  JobRecord* record = shelf.edit(id);
  if (record == nullptr || !record->lease) return;
  lose_lease(*record, now);
  changed.add(id);
  tell_whole(shelf, *record, now, changed);
}

result::Status cancel_job(JobShelf& shelf, const JobId& id, time::Timestamp now,
                          ChangedJobs& changed) {
  JobRecord* record = shelf.edit(id);
  if (record == nullptr) return no_job(id);
  const bool was_over = is_terminal(record->state);
  if (auto cancelled = cancel(*record, now); !cancelled) return cancelled;
  changed.add(id);
  if (!was_over && is_terminal(record->state)) {
    cancel_parts(shelf, *record, now, changed);
    tell_whole(shelf, *record, now, changed);
  }
  return result::success();
}

result::Error no_job(const JobId& id) {
  return result::make_error(result::ErrorCode::not_found,
                            "There is no job " + id.text() +
                                ": it never was, or ended so long ago that it was cleaned up.",
                            "task_id");
}

}  // namespace hts::jobs
