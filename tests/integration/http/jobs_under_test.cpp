#include "jobs_under_test.hpp"

#include <algorithm>
#include <utility>

namespace hts::http_test {
namespace {

using result::ErrorCode;
using result::make_error;

result::Error wrong_state(const jobs::JobRecord& job) {
  return make_error(ErrorCode::conflict,
                    "The job is " + std::string{jobs::name_of(job.state)} + " already.", "task_id");
}

}  // namespace

jobs::JobId job_id(std::uint64_t number) {
  return {0x7000, 0x8000'0000'0000'0000 + number};
}

void JobsUnderTest::set_full(bool full) {
  const std::lock_guard lock{mutex_};
  full_ = full;
}

void JobsUnderTest::change(std::uint64_t number,
                           const std::function<void(jobs::JobRecord&)>& change) {
  const std::lock_guard lock{mutex_};
  change(jobs_.at(number - 1));
}

jobs::JobRecord JobsUnderTest::job(std::uint64_t number) const {
  const std::lock_guard lock{mutex_};
  return jobs_.at(number - 1);
}

std::size_t JobsUnderTest::count() const {
  const std::lock_guard lock{mutex_};
  return jobs_.size();
}

result::Result<ports::Submitted> JobsUnderTest::on(actors::SubmitJob query) {
  const std::lock_guard lock{mutex_};
  if (full_) return make_error(ErrorCode::unavailable, "The queue is full (1 waits).");
  for (const jobs::JobRecord& job : jobs_) {
    if (query.job.idempotency_key.empty() || job.job.idempotency_key != query.job.idempotency_key) {
      continue;
    }
    if (job.job.request != query.job.request) {
      return make_error(ErrorCode::conflict, "This key was used with another request.",
                        "idempotency_key");
    }
    return ports::Submitted{ports::SubmitResult::existing, job.job.id, job.state,
                            job.job.created_at};
  }
  jobs::JobRecord record;
  record.job = std::move(query.job);
  record.job.id = job_id(jobs_.size() + 1);
  record.job.created_at = time::from_milliseconds(1'582'186'740'000);
  record.available_at = record.job.created_at;
  record.sequence = jobs_.size() + 1;
  jobs_.push_back(record);
  return ports::Submitted{ports::SubmitResult::accepted, record.job.id, record.state,
                          record.job.created_at};
}

result::Result<jobs::JobRecord*> JobsUnderTest::find(const jobs::JobId& id) {
  const auto found = std::ranges::find_if(jobs_, [&](const auto& job) { return job.job.id == id; });
  if (found == jobs_.end()) {
    return make_error(ErrorCode::not_found, "There is no such job.", "task_id");
  }
  return &*found;
}

result::Result<actors::SharedJob> JobsUnderTest::on(const actors::FindJob& query) const {
  const std::lock_guard lock{mutex_};
  const auto found = const_cast<JobsUnderTest*>(this)->find(query.id);
  if (!found) return found.error();
  return std::make_shared<const jobs::JobRecord>(**found);
}

result::Result<ports::JobPage> JobsUnderTest::on(const actors::ListJobs& query) const {
  const std::lock_guard lock{mutex_};
  ports::JobPage page;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    const ports::JobFilter& filter = query.filter;
    if (filter.state && job->state != *filter.state) continue;
    if (!filter.kind.empty() && job->job.kind != filter.kind) continue;
    if (filter.is_dead_letter && job->is_dead_letter != *filter.is_dead_letter) continue;
    if (job->whole != filter.parts_of.value_or(jobs::JobId{})) continue;
    if (page.total++ < query.offset || page.jobs.size() >= query.limit) continue;
    page.jobs.push_back(*job);
  }
  return page;
}

result::Result<actors::SharedJob> JobsUnderTest::on(const actors::CancelJob& query) {
  const std::lock_guard lock{mutex_};
  const auto found = find(query.id);
  if (!found) return found.error();
  jobs::JobRecord& job = **found;
  if (job.state == jobs::JobState::completed || job.state == jobs::JobState::failed) {
    return wrong_state(job);
  }
  job.state = jobs::JobState::cancelled;
  return std::make_shared<const jobs::JobRecord>(job);
}

result::Result<actors::SharedJob> JobsUnderTest::on(const actors::RetryJob& query) {
  const std::lock_guard lock{mutex_};
  const auto found = find(query.id);
  if (!found) return found.error();
  jobs::JobRecord& job = **found;
  if (job.state != jobs::JobState::cancelled && job.state != jobs::JobState::failed) {
    return wrong_state(job);
  }
  job.state = jobs::JobState::queued;
  return std::make_shared<const jobs::JobRecord>(job);
}

result::Result<actors::DeadLettersChanged> JobsUnderTest::each_dead_letter(
    const std::optional<jobs::JobId>& id, const std::function<void(jobs::JobRecord&)>& change) {
  const std::lock_guard lock{mutex_};
  if (id) {
    const auto found = find(*id);
    if (!found) return found.error();
    if (!(*found)->is_dead_letter) return wrong_state(**found);
  }
  actors::DeadLettersChanged changed;
  for (jobs::JobRecord& job : jobs_) {
    if (!job.is_dead_letter || (id && job.job.id != *id)) continue;
    job.is_dead_letter = false;
    change(job);
    ++changed.count;
  }
  return changed;
}

result::Result<actors::DeadLettersChanged> JobsUnderTest::on(
    const actors::RequeueDeadLetters& query) {
  return each_dead_letter(query.id,
                          [](jobs::JobRecord& job) { job.state = jobs::JobState::queued; });
}

result::Result<actors::DeadLettersChanged> JobsUnderTest::on(const actors::DropDeadLetters& query) {
  return each_dead_letter(query.id, [](jobs::JobRecord&) {});
}

result::Result<ports::JobCounts> JobsUnderTest::on(const actors::SetQueuePaused& query) {
  {
    const std::lock_guard lock{mutex_};
    paused_ = query.paused;
  }
  return counts();
}

ports::JobCounts JobsUnderTest::counts() const {
  const std::lock_guard lock{mutex_};
  ports::JobCounts counts;
  counts.paused = paused_;
  counts.queued_by_priority.resize(jobs::highest_priority + 1);
  for (const jobs::JobRecord& job : jobs_) {
    if (job.is_dead_letter) ++counts.dead_letters;
    if (job.state == jobs::JobState::running) ++counts.running;
    if (job.state == jobs::JobState::failed) ++counts.failed;
    if (job.state != jobs::JobState::queued) continue;
    ++counts.queued;
    ++counts.queued_by_priority.at(static_cast<std::size_t>(job.job.priority));
    if (!counts.oldest_queued_at) counts.oldest_queued_at = job.job.created_at;
  }
  return counts;
}

}  // namespace hts::http_test
