#include "engine/jobs/job_machine.hpp"

#include <algorithm>
#include <utility>

namespace hts::jobs {
namespace {

using result::ErrorCode;
using result::make_error;

result::Error conflict(const JobRecord& record, const std::string& rest) {
  return make_error(
      ErrorCode::conflict,
      "The job " + record.job.id.text() + " is " + std::string{name_of(record.state)} + rest,
      "task_id");
}

void end_as(JobRecord& record, JobState state, time::Timestamp now) {
  record.state = state;
  record.finished_at = now;
  record.lease.reset();
  record.cancel_requested = false;
}

void end_completed(JobRecord& record, const Completed& end, time::Timestamp now) {
  end_as(record, JobState::completed, now);
  record.progress = 1;
  record.error.reset();
  record.run_id = end.run_id;
  record.output = end.output;
}

void end_failed(JobRecord& record, time::Timestamp now) {
  end_as(record, JobState::failed, now);
  // Who looks after a part looks after its whole, which fails with it.
  record.is_dead_letter = record.whole.empty();
}

void end_cancelled(JobRecord& record, time::Timestamp now) {
  end_as(record, JobState::cancelled, now);
  record.error =
      make_error(ErrorCode::cancelled, "The job was cancelled; retry it to run it after all.");
}

void queue_again(JobRecord& record, time::Timestamp available_at) {
  record.state = JobState::queued;
  record.available_at = available_at;
  record.lease.reset();
}

void end_attempt(JobRecord& record, const AttemptFailed& end, time::Timestamp now) {
  ++record.attempts;
  record.error = end.error;
  if (end.may_retry && record.attempts < record.job.max_attempts) {
    queue_again(record, now + end.retry_after);
  } else {
    end_failed(record, now);
  }
}

void hand_back(JobRecord& record, const HandedBack& end, time::Timestamp now) {
  if (!end.reason.empty()) {
    ++record.hand_backs;
    record.error = make_error(ErrorCode::unavailable, end.reason);
  }
  if (!end.reason.empty() && record.hand_backs >= most_hand_backs) {
    end_failed(record, now);
  } else {
    queue_again(record, now + end.retry_after);
  }
}

void queue_to_join(JobRecord& whole, time::Timestamp now) {
  whole.joins = true;
  queue_again(whole, now);
}

void fan_out(JobRecord& record, const FannedOut& end, time::Timestamp now) {
  record.lease.reset();
  record.parts = static_cast<std::uint32_t>(end.parts.size());
  record.open_parts = record.parts;
  record.joins = false;
  record.progress = 0;
  if (record.parts == 0) queue_to_join(record, now);
}

struct ApplyEnd {
  JobRecord& record;
  time::Timestamp now;

  void operator()(const Completed& end) const { end_completed(record, end, now); }
  void operator()(const AttemptFailed& end) const { end_attempt(record, end, now); }
  void operator()(const HandedBack& end) const { hand_back(record, end, now); }
  void operator()(const WorkCancelled&) const { end_cancelled(record, now); }
  void operator()(const FannedOut& end) const { fan_out(record, end, now); }
};

/// What `retry` and a new fan-out leave of a job: its place in line and the leases it had.
void begin_anew(JobRecord& record, time::Timestamp now) {
  JobRecord anew = accept(std::move(record.job), record.sequence);
  anew.available_at = now;
  anew.claims = record.claims;
  anew.ended_token = record.ended_token;
  anew.whole = record.whole;
  anew.part_number = record.part_number;
  record = std::move(anew);
}

}  // namespace

JobRecord accept(NewJob job, std::uint64_t sequence) {
  JobRecord record;
  record.available_at = job.created_at;
  record.job = std::move(job);
  record.sequence = sequence;
  return record;
}

void claim(JobRecord& record, std::string_view worker, time::Timestamp now, time::Duration lease) {
  record.state = JobState::running;
  record.started_at = now;
  ++record.claims;
  record.lease = Lease{std::string{worker}, record.claims, now + lease};
  if (!record.joins) record.progress = 0;
}

HeartbeatResult renew(JobRecord& record, const Heartbeat& beat, time::Timestamp now,
                      time::Duration lease) {
  if (!record.lease || record.lease->token != beat.token) return HeartbeatResult::lease_lost;
  record.lease->until = now + lease;
  // Neither what is no number nor an older one that comes late moves it back.
  if (beat.progress > record.progress) record.progress = std::min(beat.progress, 1.0);
  return record.cancel_requested ? HeartbeatResult::cancel_requested : HeartbeatResult::kept;
}

FinishResult finish(JobRecord& record, const Finish& finish, time::Timestamp now) {
  if (!record.lease || record.lease->token != finish.token) {
    const bool is_repeated = finish.token != 0 && finish.token == record.ended_token;
    return is_repeated ? FinishResult::done : FinishResult::lease_lost;
  }
  record.ended_token = finish.token;
  if (record.cancel_requested) {
    end_cancelled(record, now);
  } else {
    std::visit(ApplyEnd{record, now}, finish.end);
  }
  return FinishResult::done;
}

void lose_lease(JobRecord& record, time::Timestamp now) {
  ++record.lease_losses;
  const bool is_last = record.lease_losses >= most_lease_losses;
  if (record.cancel_requested) {
    end_cancelled(record, now);
    return;
  }
  record.error = make_error(
      ErrorCode::unavailable,
      "The worker " + record.lease->worker + " ended or was cut off while it ran the job" +
          (is_last ? ", the last of " + std::to_string(record.lease_losses) +
                         ": the job may be what ends them. Look at their logs before a retry."
                   : "; it starts again."));
  if (is_last) {
    end_failed(record, now);
  } else {
    queue_again(record, now);
  }
}

result::Status cancel(JobRecord& record, time::Timestamp now) {
  if (record.state == JobState::completed || record.state == JobState::failed) {
    return conflict(record, ": there is nothing left to cancel.");
  }
  if (record.lease) {
    record.cancel_requested = true;
  } else if (record.state != JobState::cancelled) {
    end_cancelled(record, now);
  }
  return result::success();
}

result::Status retry(JobRecord& record, time::Timestamp now) {
  if (record.state != JobState::failed && record.state != JobState::cancelled) {
    return conflict(record, ": only failed and cancelled jobs can be retried.");
  }
  if (!record.whole.empty()) {
    return conflict(record, " and a part of the job " + record.whole.text() + ": retry that one.");
  }
  begin_anew(record, now);
  return result::success();
}

result::Status drop(JobRecord& record) {
  if (!record.is_dead_letter) {
    return conflict(record, " and no dead letter: list those with `hts jobs dlq`.");
  }
  record.is_dead_letter = false;
  return result::success();
}

JobRecord accept_part(NewJob job, std::uint64_t sequence, const JobId& whole,
                      std::uint32_t number) {
  job.id = JobId::part_of(whole, number);
  job.idempotency_key.clear();
  JobRecord part = accept(std::move(job), sequence);
  part.whole = whole;
  part.part_number = number;
  return part;
}

void accept_part_again(JobRecord& part, NewJob job, time::Timestamp now) {
  if (part.state == JobState::completed) return;
  job.id = part.job.id;
  job.idempotency_key.clear();
  part.job = std::move(job);
  begin_anew(part, now);
}

bool part_ended(JobRecord& whole, const JobRecord& part, time::Timestamp now) {
  if (!waits_for_parts(whole)) return false;
  switch (part.state) {
    case JobState::completed:
      --whole.open_parts;
      whole.progress = 1 - static_cast<double>(whole.open_parts) / whole.parts;
      if (whole.open_parts == 0) queue_to_join(whole, now);
      return false;
    case JobState::failed:
      whole.error = part.error;
      end_failed(whole, now);
      return true;
    case JobState::cancelled:
      end_cancelled(whole, now);
      return true;
    case JobState::queued:
    case JobState::running:
      return false;
  }
  return false;
}

}  // namespace hts::jobs
