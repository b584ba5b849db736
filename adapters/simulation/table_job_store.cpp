#include "adapters/simulation/table_job_store.hpp"

#include <algorithm>
#include <utility>

namespace hts::simulation {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;
using jobs::JobTable;
using result::Result;

ports::Submitted submitted(const JobId& id, const JobTable::SubmissionAnswer& answer) {
  ports::Submitted submitted;
  submitted.result = static_cast<ports::SubmitResult>(answer.result);
  submitted.id = answer.record != nullptr ? answer.record->job.id : id;
  if (answer.record != nullptr) {
    submitted.state = answer.record->state;
    submitted.created_at = answer.record->job.created_at;
  }
  return submitted;
}

JobRecord without_texts(JobRecord record) {
  record.job.request.clear();
  record.output.clear();
  return record;
}

bool matches(const JobRecord& record, const ports::JobFilter& filter) {
  return record.whole == filter.parts_of.value_or(JobId{}) &&
         (!filter.state || record.state == *filter.state) &&
         (filter.kind.empty() || record.job.kind == filter.kind) &&
         (!filter.is_dead_letter || record.is_dead_letter == *filter.is_dead_letter);
}

void count(const JobRecord& record, ports::JobCounts& counts) {
  switch (record.state) {
    case JobState::queued:
      ++counts.queued;
      ++counts.queued_by_priority.at(static_cast<std::size_t>(record.job.priority));
      break;
    case JobState::running:
      ++counts.running;
      break;
    case JobState::completed:
      ++counts.completed;
      break;
    case JobState::failed:
      ++counts.failed;
      break;
    case JobState::cancelled:
      ++counts.cancelled;
      break;
  }
  if (record.is_dead_letter) ++counts.dead_letters;
}

}  // namespace

Result<ports::JobBatchResult> TableJobStore::transact(const ports::JobBatch& batch) {
  const std::lock_guard lock{shared_->mutex};
  ports::JobBatchResult answer;
  for (const jobs::NewJob& job : batch.submits) {
    answer.submits.push_back(submitted(job.id, shared_->table.submit(job, batch.capacity)));
  }
  jobs::ChangedJobs changed;
  for (const jobs::Finish& finish : batch.finishes) {
    answer.finishes.push_back(shared_->table.finish(finish, batch.now, changed));
  }
  for (const jobs::Heartbeat& beat : batch.heartbeats) {
    answer.heartbeats.push_back(shared_->table.renew(beat, batch.now, batch.lease));
  }
  if (batch.recover) shared_->table.recover(batch.now, changed);
  answer.changed = records_of(changed);
  if (const auto& claim = batch.claim) {
    answer.claimed = shared_->table.claim(claim->worker, claim->most, batch.now, claim->lease);
  }
  return answer;
}

Result<JobRecord> TableJobStore::find(const JobId& id) {
  const std::lock_guard lock{shared_->mutex};
  const JobRecord* record = shared_->table.find(id);
  if (record == nullptr) return jobs::no_job(id);
  return *record;
}

Result<ports::JobPage> TableJobStore::list(const ports::JobFilter& filter, std::uint64_t offset,
                                           std::uint64_t limit) {
  const std::lock_guard lock{shared_->mutex};
  std::vector<const JobRecord*> found;
  for (const auto& [id, record] : shared_->table.records()) {
    if (matches(record, filter)) found.push_back(&record);
  }
  std::ranges::sort(found, std::greater{}, &JobRecord::sequence);
  ports::JobPage page;
  page.total = found.size();
  for (std::uint64_t i = offset; i < found.size() && page.jobs.size() < limit; ++i) {
    page.jobs.push_back(without_texts(*found[i]));
  }
  return page;
}

Result<ports::JobCounts> TableJobStore::counts() {
  const std::lock_guard lock{shared_->mutex};
  ports::JobCounts counts;
  counts.queued_by_priority.resize(jobs::highest_priority + 1);
  const JobRecord* oldest = nullptr;
  for (const auto& [id, record] : shared_->table.records()) {
    count(record, counts);
    if (record.state != JobState::queued) continue;
    if (oldest == nullptr || record.sequence < oldest->sequence) oldest = &record;
  }
  if (oldest != nullptr) counts.oldest_queued_at = oldest->job.created_at;
  counts.next_available_at = shared_->table.next_available_at();
  counts.paused = shared_->table.paused();
  return counts;
}

Result<std::vector<std::string>> TableJobStore::part_outputs(const JobId& whole) {
  const std::lock_guard lock{shared_->mutex};
  const JobRecord* record = shared_->table.find(whole);
  if (record == nullptr) return jobs::no_job(whole);
  std::vector<std::string> outputs;
  for (std::uint32_t number = 0; number < record->parts; ++number) {
    const JobRecord* part = shared_->table.find(JobId::part_of(whole, number));
    outputs.push_back(part != nullptr ? part->output : std::string{});
  }
  return outputs;
}

Result<std::vector<JobRecord>> TableJobStore::cancel(const JobId& id, time::Timestamp now) {
  const std::lock_guard lock{shared_->mutex};
  jobs::ChangedJobs changed;
  if (auto done = shared_->table.cancel(id, now, changed); !done) return std::move(done).error();
  return records_of(changed);
}

Result<std::vector<JobRecord>> TableJobStore::retry(const JobId& id, time::Timestamp now) {
  const std::lock_guard lock{shared_->mutex};
  if (auto done = shared_->table.retry(id, now); !done) return std::move(done).error();
  return std::vector{without_texts(*shared_->table.find(id))};
}

template <class Change>
Result<std::uint64_t> TableJobStore::change_dead_letters(const std::optional<JobId>& id,
                                                         Change change) {
  const std::lock_guard lock{shared_->mutex};
  std::vector<JobId> letters;
  if (id) {
    letters.push_back(*id);
  } else {
    for (const auto& [each, record] : shared_->table.records()) {
      if (record.is_dead_letter) letters.push_back(each);
    }
  }
  for (const JobId& letter : letters) {
    if (result::Status done = change(letter); !done) return std::move(done).error();
  }
  return std::uint64_t{letters.size()};
}

Result<std::uint64_t> TableJobStore::requeue_dead_letters(const std::optional<JobId>& id,
                                                          time::Timestamp now) {
  return change_dead_letters(id, [&](const JobId& letter) {
    // A cancelled job may be retried, but is no dead letter.
    if (auto is_one = shared_->table.drop(letter); !is_one) return is_one;
    return shared_->table.retry(letter, now);
  });
}

Result<std::uint64_t> TableJobStore::drop_dead_letters(const std::optional<JobId>& id) {
  return change_dead_letters(id, [&](const JobId& letter) { return shared_->table.drop(letter); });
}

result::Status TableJobStore::set_paused(bool paused) {
  const std::lock_guard lock{shared_->mutex};
  shared_->table.set_paused(paused);
  return result::success();
}

Result<std::vector<JobRecord>> TableJobStore::release(const std::string& worker,
                                                      time::Timestamp now) {
  const std::lock_guard lock{shared_->mutex};
  jobs::ChangedJobs changed;
  shared_->table.release(worker, now, changed);
  return records_of(changed);
}

Result<std::uint64_t> TableJobStore::clean_up(time::Timestamp finished_before, std::uint64_t most) {
  const std::lock_guard lock{shared_->mutex};
  return shared_->table.clean_up(finished_before, most);
}

std::vector<JobRecord> TableJobStore::records_of(const jobs::ChangedJobs& changed) const {
  std::vector<JobRecord> records;
  records.reserve(changed.ids().size());
  for (const JobId& id : changed.ids()) records.push_back(without_texts(*shared_->table.find(id)));
  return records;
}

}  // namespace hts::simulation
