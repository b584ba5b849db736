#include "adapters/spool/spooling_job_store.hpp"

#include <algorithm>
#include <utility>

namespace hts::spool {
namespace {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;
using ports::SubmitResult;
using result::ErrorCode;
using result::Result;
using result::Status;
using time::Timestamp;

constexpr std::uint32_t most_in_batch = 256;
constexpr std::uint64_t no_bound = 1'000'000'000;
/// Who hands on; nobody takes a job from it.
constexpr const char* courier = "spool";
constexpr time::Duration lease = std::chrono::hours{24 * 365};

bool is_away(const result::Error& error) {
  return error.code == ErrorCode::unavailable || error.code == ErrorCode::network;
}

bool is_submissions_alone(const ports::JobBatch& batch) {
  return !batch.submits.empty() && batch.finishes.empty() && batch.heartbeats.empty() &&
         !batch.recover && !batch.claim;
}

/// To people a job that is being handed on still waits.
JobRecord as_waiting(JobRecord record) {
  if (record.state == JobState::cancelled) return record;
  return jobs::accept(std::move(record.job), record.sequence);
}

ports::JobFilter in_state(JobState state) {
  ports::JobFilter filter;
  filter.state = state;
  return filter;
}

}  // namespace

Result<std::unique_ptr<SpoolingJobStore>> SpoolingJobStore::open(
    std::unique_ptr<ports::JobStore> below, std::unique_ptr<ports::JobStore> spool,
    std::uint64_t capacity) {
  std::unique_ptr<SpoolingJobStore> store(
      new SpoolingJobStore(std::move(below), std::move(spool), capacity));
  if (auto taken = store->take_back({}); !taken) return taken.error();
  if (auto measured = store->measure_requests(); !measured) return measured.error();
  return store;
}

Status SpoolingJobStore::count_waiting() {
  auto counts = spool_->counts();
  if (!counts) return counts.error();
  waiting_ = counts->queued + counts->running + counts->cancelled;
  // While some are being handed on, or are cancelled, the first of the others is told.
  oldest_ = waiting_ == 0 ? Timestamp::max() : counts->oldest_queued_at.value_or(oldest_.load());
  if (waiting_ == 0) bytes_ = 0;
  return result::success();
}

Status SpoolingJobStore::measure_requests() {
  if (waiting_ == 0) return result::success();
  auto page = spool_->list({}, 0, no_bound);
  if (!page) return page.error();
  for (const JobRecord& listed : page->jobs) {
    const auto record = spool_->find(listed.job.id);
    if (!record) return record.error();
    bytes_ += record->job.request.size();
    oldest_ = std::min(oldest_.load(), record->job.created_at);
  }
  return result::success();
}

void SpoolingJobStore::forget_request(const JobRecord& record) noexcept {
  bytes_ -= std::min<std::uint64_t>(bytes_, record.job.request.size());
}

SpoolReadings SpoolingJobStore::readings() const noexcept {
  SpoolReadings readings{waiting_, bytes_, {}};
  const Timestamp oldest = oldest_;
  if (readings.waiting > 0 && oldest != Timestamp::max()) readings.oldest = oldest;
  return readings;
}

Status SpoolingJobStore::take_back(Timestamp now) {
  auto begun = spool_->list(in_state(JobState::running), 0, no_bound);
  if (!begun) return begun.error();
  ports::JobBatch batch;
  batch.now = now;
  for (const JobRecord& record : begun->jobs) {
    // Not a lost lease, of which a job survives only some.
    batch.finishes.push_back({record.job.id, record.claims, jobs::HandedBack{}});
  }
  if (!batch.finishes.empty()) {
    if (auto done = spool_->transact(batch); !done) return done.error();
  }
  return count_waiting();
}

Result<ports::JobBatchResult> SpoolingJobStore::transact(const ports::JobBatch& batch) {
  bool is_away_now = false;
  if (waiting_ > 0) {
    if (auto handed_on = hand_on(batch.capacity, batch.now); !handed_on) {
      if (!is_away(handed_on.error())) return handed_on.error();
      if (!is_submissions_alone(batch)) return handed_on.error();
      is_away_now = true;
    }
  }
  if (!is_away_now) {
    auto done = below_->transact(batch);
    if (done || !is_away(done.error()) || !is_submissions_alone(batch)) return done;
  }
  return keep(batch);
}

Result<ports::JobBatchResult> SpoolingJobStore::keep(const ports::JobBatch& batch) {
  const std::scoped_lock lock(mutex_);
  ports::JobBatch kept = batch;
  kept.capacity = capacity_;
  auto answer = spool_->transact(kept);
  if (answer) {
    for (std::size_t i = 0; i < batch.submits.size(); ++i) {
      if (answer->submits[i].result == SubmitResult::accepted) {
        bytes_ += batch.submits[i].request.size();
      }
    }
  }
  if (auto counted = count_waiting(); !counted) return counted.error();
  return answer;
}

Status SpoolingJobStore::hand_on(std::uint64_t capacity, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  if (auto cancelled = hand_on_cancelled(now); !cancelled) return cancelled;
  for (;;) {
    auto goes_on = hand_on_some(capacity, now);
    if (auto counted = count_waiting(); !counted) return counted;
    if (!goes_on) return goes_on.error();
    if (!*goes_on) return result::success();
  }
}

Result<std::vector<ports::Submitted>> SpoolingJobStore::submit_below(std::vector<jobs::NewJob> jobs,
                                                                     std::uint64_t capacity,
                                                                     Timestamp now) {
  ports::JobBatch batch;
  batch.now = now;
  batch.capacity = capacity;
  batch.submits = std::move(jobs);
  auto answer = below_->transact(batch);
  if (!answer) return answer.error();
  std::vector<ports::Submitted> submitted = std::move(answer->submits);
  // The key went to another job while this one waited; it was accepted, so it goes without.
  ports::JobBatch keyless;
  keyless.now = now;
  keyless.capacity = capacity;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < submitted.size(); ++i) {
    const bool is_elsewhere =
        submitted[i].result != SubmitResult::full && submitted[i].id != batch.submits[i].id;
    if (!is_elsewhere && submitted[i].result != SubmitResult::conflict) continue;
    keyless.submits.push_back(batch.submits[i]);
    keyless.submits.back().idempotency_key.clear();
    places.push_back(i);
  }
  if (places.empty()) return submitted;
  auto again = below_->transact(keyless);
  if (!again) return again.error();
  for (std::size_t i = 0; i < places.size(); ++i) submitted[places[i]] = again->submits[i];
  return submitted;
}

Status SpoolingJobStore::hand_on_cancelled(Timestamp now) {
  auto cancelled = spool_->list(in_state(JobState::cancelled), 0, no_bound);
  if (!cancelled) return cancelled.error();
  for (const JobRecord& listed : cancelled->jobs) {
    auto record = spool_->find(listed.job.id);
    if (!record) return record.error();
    forget_request(*record);
    // It takes no room: it is cancelled in the next moment.
    auto submitted = submit_below({std::move(record->job)}, no_bound, now);
    if (!submitted) return submitted.error();
    auto done = below_->cancel(listed.job.id, now);
    if (!done && done.error().code != ErrorCode::conflict) return done.error();
  }
  if (cancelled->jobs.empty()) return result::success();
  auto cleaned = spool_->clean_up(Timestamp::max(), no_bound);
  if (!cleaned) return cleaned.error();
  return result::success();
}

Result<bool> SpoolingJobStore::hand_on_some(std::uint64_t capacity, Timestamp now) {
  ports::JobBatch taking;
  taking.now = now;
  taking.claim = ports::Claim{courier, most_in_batch, lease};
  auto taken = spool_->transact(taking);
  if (!taken) return taken.error();
  if (taken->claimed.empty()) return false;

  std::vector<jobs::NewJob> jobs;
  for (const JobRecord& record : taken->claimed) jobs.push_back(record.job);
  auto submitted = submit_below(std::move(jobs), capacity, now);
  ports::JobBatch ending;
  ending.now = now;
  bool has_room = true;
  for (std::size_t i = 0; i < taken->claimed.size(); ++i) {
    const bool is_there = submitted && (*submitted)[i].result != SubmitResult::full;
    if (!is_there) has_room = false;
    const JobRecord& record = taken->claimed[i];
    if (is_there) forget_request(record);
    ending.finishes.push_back(
        {record.job.id, record.claims,
         is_there ? jobs::WorkEnd{jobs::Completed{}} : jobs::WorkEnd{jobs::HandedBack{}}});
  }
  if (auto ended = spool_->transact(ending); !ended) return ended.error();
  if (!submitted) return submitted.error();
  auto cleaned = spool_->clean_up(Timestamp::max(), no_bound);
  if (!cleaned) return cleaned.error();
  return has_room;
}

Result<JobRecord> SpoolingJobStore::find(const JobId& id) {
  auto found = below_->find(id);
  if (found || waiting_ == 0) return found;
  if (found.error().code != ErrorCode::not_found && !is_away(found.error())) return found;
  auto spooled = spool_->find(id);
  if (!spooled) {
    // Handed on between the two questions, or nowhere.
    return spooled.error().code == ErrorCode::not_found ? below_->find(id) : std::move(spooled);
  }
  return as_waiting(std::move(*spooled));
}

Result<ports::JobPage> SpoolingJobStore::list(const ports::JobFilter& filter, std::uint64_t offset,
                                              std::uint64_t limit) {
  if (waiting_ == 0) return below_->list(filter, offset, limit);
  const std::scoped_lock lock(mutex_);  // nothing is handed on between the two questions
  auto spooled = spool_->list(filter, offset, limit);
  if (!spooled) return spooled;
  for (JobRecord& record : spooled->jobs) record = as_waiting(std::move(record));
  // All of the spool is newer than what is below.
  const std::uint64_t room = limit - spooled->jobs.size();
  auto page = below_->list(filter, offset - std::min(offset, spooled->total),
                           std::max<std::uint64_t>(room, 1));
  if (!page) return is_away(page.error()) ? std::move(spooled) : std::move(page);
  spooled->total += page->total;
  for (JobRecord& record : page->jobs) {
    if (spooled->jobs.size() == limit) break;
    spooled->jobs.push_back(std::move(record));
  }
  return spooled;
}

Result<std::vector<JobRecord>> SpoolingJobStore::cancel(const JobId& id, Timestamp now) {
  const std::scoped_lock lock(mutex_);
  auto cancelled = below_->cancel(id, now);
  if (cancelled || waiting_ == 0) return cancelled;
  if (cancelled.error().code != ErrorCode::not_found && !is_away(cancelled.error())) {
    return cancelled;
  }
  auto spooled = spool_->cancel(id, now);
  const bool is_unknown = !spooled && spooled.error().code == ErrorCode::not_found;
  return is_unknown ? std::move(cancelled) : std::move(spooled);
}

}  // namespace hts::spool
