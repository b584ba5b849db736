#include "engine/jobs/job_table.hpp"

#include <algorithm>
#include <utility>

namespace hts::jobs {

JobTable::SubmissionAnswer JobTable::submit(NewJob job, std::uint64_t capacity) {
  if (const auto same = records_.find(job.id); same != records_.end()) {
    return {Submission::existing, &same->second};
  }
  if (!job.idempotency_key.empty()) {
    if (const auto key = by_key_.find(job.idempotency_key); key != by_key_.end()) {
      const JobRecord& other = records_.at(key->second);
      const bool is_same = other.job.kind == job.kind && other.job.request == job.request;
      return {is_same ? Submission::existing : Submission::conflict, &other};
    }
  }
  if (queued_ >= capacity) return {Submission::full, nullptr};
  const auto now = job.created_at;
  const JobRecord& record = add(accept(std::move(job), next_sequence()));
  settle(now);
  return {Submission::accepted, &record};
}

std::vector<JobRecord> JobTable::claim(const std::string& worker, std::size_t most,
                                       time::Timestamp now, time::Duration lease) {
  std::vector<JobRecord> claimed;
  if (paused_) return claimed;
  wake(now);
  while (claimed.size() < most && !queue_.empty()) {
    JobRecord* record = edit(std::get<JobId>(*queue_.begin()));
    jobs::claim(*record, worker, now, lease);
    claimed.push_back(*record);
    settle(now);
  }
  return claimed;
}

HeartbeatResult JobTable::renew(const Heartbeat& beat, time::Timestamp now, time::Duration lease) {
  JobRecord* record = edit(beat.id);
  if (record == nullptr) return HeartbeatResult::lease_lost;
  const HeartbeatResult result = jobs::renew(*record, beat, now, lease);
  settle(now);
  return result;
}

FinishResult JobTable::finish(const Finish& finish, time::Timestamp now, ChangedJobs& changed) {
  const FinishResult result = finish_job(*this, finish, now, changed);
  settle(now);
  return result;
}

template <class Ended>
void JobTable::lose_leases(time::Timestamp now, ChangedJobs& changed, Ended ended) {
  std::vector<JobId> ids;
  for (const auto& [until, id] : leases_) {
    if (ended(*records_.at(id).lease)) ids.push_back(id);
  }
  for (const JobId& id : ids) lose_lease_of_job(*this, id, now, changed);
  settle(now);
}

void JobTable::recover(time::Timestamp now, ChangedJobs& changed) {
  lose_leases(now, changed, [now](const Lease& lease) { return lease.until <= now; });
}

void JobTable::release(const std::string& worker, time::Timestamp now, ChangedJobs& changed) {
  lose_leases(now, changed, [&worker](const Lease& lease) { return lease.worker == worker; });
}

result::Status JobTable::cancel(const JobId& id, time::Timestamp now, ChangedJobs& changed) {
  auto status = cancel_job(*this, id, now, changed);
  settle(now);
  return status;
}

result::Status JobTable::retry(const JobId& id, time::Timestamp now) {
  JobRecord* record = edit(id);
  if (record == nullptr) return no_job(id);
  auto status = jobs::retry(*record, now);
  settle(now);
  return status;
}

result::Status JobTable::drop(const JobId& id) {
  JobRecord* record = edit(id);
  if (record == nullptr) return no_job(id);
  auto status = jobs::drop(*record);
  settle(record->available_at);
  return status;
}

std::uint64_t JobTable::clean_up(time::Timestamp finished_before, std::uint64_t most) {
  std::uint64_t count = 0;
  while (count < most && !finished_.empty() && finished_.begin()->first < finished_before) {
    const JobId id = finished_.begin()->second;
    if (const auto parts = parts_.find(id); parts != parts_.end()) {
      for (const JobId& part : parts->second) erase(part);
      parts_.erase(id);
    }
    erase(id);
    ++count;
  }
  return count;
}

const JobRecord* JobTable::find(const JobId& id) const {
  const auto found = records_.find(id);
  return found == records_.end() ? nullptr : &found->second;
}

std::optional<time::Timestamp> JobTable::next_available_at() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.begin()->first;
}

JobRecord* JobTable::edit(const JobId& id) {
  const auto found = records_.find(id);
  if (found == records_.end()) return nullptr;
  if (const auto [edited, is_new] = edited_.try_emplace(id); is_new) {
    edited->second = unindex(found->second);
  }
  return &found->second;
}

JobRecord& JobTable::add(JobRecord record) {
  const JobId id = record.job.id;
  if (!record.job.idempotency_key.empty()) by_key_.emplace(record.job.idempotency_key, id);
  if (!record.whole.empty()) parts_[record.whole].push_back(id);
  edited_.try_emplace(id);
  return records_.emplace(id, std::move(record)).first->second;
}

void JobTable::settle(time::Timestamp now) {
  for (const auto& [id, was_delayed] : edited_) {
    const JobRecord& record = records_.at(id);
    index(record, was_delayed.value_or(record.claims > 0 && record.available_at > now));
  }
  edited_.clear();
}

void JobTable::index(const JobRecord& record, bool is_delayed) {
  const JobId& id = record.job.id;
  if (record.state == JobState::queued) {
    if (record.whole.empty()) ++queued_;
    if (is_delayed) {
      delayed_.emplace(record.available_at, id);
    } else {
      queue_.emplace(-record.job.priority, record.sequence, id);
    }
  }
  if (record.lease) leases_.emplace(record.lease->until, id);
  if (record.finished_at && !record.is_dead_letter && record.whole.empty()) {
    finished_.emplace(*record.finished_at, id);
  }
}

std::optional<bool> JobTable::unindex(const JobRecord& record) {
  const JobId& id = record.job.id;
  std::optional<bool> was_delayed;
  if (record.state == JobState::queued) {
    if (record.whole.empty()) --queued_;
    was_delayed = delayed_.erase({record.available_at, id}) > 0;
    queue_.erase({-record.job.priority, record.sequence, id});
  }
  if (record.lease) leases_.erase({record.lease->until, id});
  if (record.finished_at) finished_.erase({*record.finished_at, id});
  return was_delayed;
}

void JobTable::wake(time::Timestamp now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const JobRecord& record = records_.at(delayed_.begin()->second);
    unindex(record);
    index(record, false);
  }
}

void JobTable::erase(const JobId& id) {
  const auto found = records_.find(id);
  if (found == records_.end()) return;
  unindex(found->second);
  if (!found->second.job.idempotency_key.empty()) by_key_.erase(found->second.job.idempotency_key);
  records_.erase(found);
}

}  // namespace hts::jobs
