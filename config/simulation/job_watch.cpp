#include "config/simulation/job_watch.hpp"

#include <algorithm>
#include <utility>

namespace hts::simulation {
namespace {

constexpr std::uint64_t jobs_a_page = 200;

std::string describe(const jobs::Lease& lease) {
  return lease.worker + " with token " + std::to_string(lease.token) + " until " +
         time::format_iso8601(lease.until);
}

result::Status add_pages(ports::JobStore& store, const ports::JobFilter& filter,
                         std::vector<jobs::JobRecord>& jobs) {
  for (std::uint64_t offset = 0;; offset += jobs_a_page) {
    auto page = store.list(filter, offset, jobs_a_page);
    if (!page) return std::move(page).error();
    std::ranges::move(page->jobs, std::back_inserter(jobs));
    if (offset + jobs_a_page >= page->total) return result::success();
  }
}

}  // namespace

result::Result<std::vector<jobs::JobRecord>> all_jobs(ports::JobStore& store,
                                                      std::optional<jobs::JobState> state) {
  std::vector<jobs::JobRecord> wholes;
  if (auto read = add_pages(store, {}, wholes); !read) return std::move(read).error();
  std::vector<jobs::JobRecord> jobs;
  for (jobs::JobRecord& whole : wholes) {
    if (whole.parts > 0) {
      ports::JobFilter filter;
      filter.parts_of = whole.job.id;
      if (auto read = add_pages(store, filter, jobs); !read) return std::move(read).error();
    }
    jobs.push_back(std::move(whole));
  }
  if (state) std::erase_if(jobs, [&](const jobs::JobRecord& job) { return job.state != *state; });
  return jobs;
}

void JobWatch::finished(const jobs::Finish& finish, jobs::FinishResult result) {
  if (result == jobs::FinishResult::lease_lost) {
    ++refused_ends_;
    return;
  }
  const auto held = held_.find(finish.id);
  const bool is_holder = held != held_.end() && held->second.token == finish.token;
  if (!is_holder && !ended_[finish.id].contains(finish.token)) {
    const auto last = last_token_.find(finish.id);
    // A lease whose answer was lost is nobody's, so nobody can end it; one that was learnt of
    // only through its end was given while the store failed.
    if (last != last_token_.end() && last->second != finish.token) {
      referee_.violated("holder_ends_job",
                        "the end of the job " + finish.id.text() + " was taken from token " +
                            std::to_string(finish.token) + ", but the lease is " +
                            (held == held_.end() ? "over" : describe(held->second)));
    }
  }
  ended_[finish.id].insert(finish.token);
  if (is_holder) held_.erase(held);
}

void JobWatch::claimed(const jobs::JobRecord& record, time::Timestamp now) {
  ++leases_;
  const jobs::JobId& id = record.job.id;
  if (!record.lease) {
    referee_.violated("lease_held_once", "the job " + id.text() + " was claimed without a lease");
    return;
  }
  const auto held = held_.find(id);
  if (held != held_.end() && held->second.until > now) {
    referee_.violated("lease_held_once", "the job " + id.text() + " is held by " +
                                             describe(held->second) + " and was given to " +
                                             describe(*record.lease));
  }
  std::uint64_t& last = last_token_[id];
  if (record.lease->token <= last) {
    referee_.violated("token_given_once", "the job " + id.text() + " was given with token " +
                                              std::to_string(record.lease->token) + " after " +
                                              std::to_string(last));
  }
  last = record.lease->token;
  held_[id] = *record.lease;
}

void JobWatch::check_bound(const ports::JobBatch& batch, const ports::JobBatchResult& answer,
                           std::uint64_t queued) {
  const bool took_some = std::ranges::any_of(answer.submits, [](const ports::Submitted& submitted) {
    return submitted.result == ports::SubmitResult::accepted;
  });
  if (!took_some) return;
  // What came back to the queue in the same batch may stand above the bound.
  const auto is_whole = [](const jobs::JobRecord& job) { return job.whole.empty(); };
  const auto came_back =
      static_cast<std::uint64_t>(std::ranges::count_if(answer.changed, is_whole));
  const auto left = static_cast<std::uint64_t>(std::ranges::count_if(answer.claimed, is_whole));
  if (queued + left > batch.capacity + came_back) {
    referee_.violated("queue_bound", std::to_string(queued + left) +
                                         " jobs were queued, with room for " +
                                         std::to_string(batch.capacity));
  }
}

void JobWatch::transacted(const ports::JobBatch& batch, const ports::JobBatchResult& answer,
                          std::uint64_t queued) {
  if (answer.submits.size() != batch.submits.size() ||
      answer.finishes.size() != batch.finishes.size() ||
      answer.heartbeats.size() != batch.heartbeats.size()) {
    referee_.violated("batch_answered", "a batch got another number of answers than it has items");
    return;
  }
  for (std::size_t i = 0; i < batch.finishes.size(); ++i) {
    finished(batch.finishes[i], answer.finishes[i]);
  }
  for (std::size_t i = 0; i < batch.heartbeats.size(); ++i) {
    const auto held = held_.find(batch.heartbeats[i].id);
    if (answer.heartbeats[i] == jobs::HeartbeatResult::lease_lost) continue;
    if (held == held_.end()) continue;
    if (held->second.token != batch.heartbeats[i].token) {
      referee_.violated("holder_ends_job", "the lease of the job " + batch.heartbeats[i].id.text() +
                                               " was renewed with an old token");
    }
    held->second.until = batch.now + batch.lease;
  }
  // Who asks for a whole anew gets its parts anew: one that still ran ends in vain, by its token.
  const auto fans_out_anew = [&batch](const jobs::JobRecord& record) {
    return std::ranges::any_of(batch.finishes, [&](const jobs::Finish& finish) {
      return finish.id == record.whole && std::holds_alternative<jobs::FannedOut>(finish.end);
    });
  };
  for (const jobs::JobRecord& record : answer.changed) {
    const auto held = held_.find(record.job.id);
    if (record.lease || held == held_.end() || held->second.until <= batch.now) continue;
    if (record.state == jobs::JobState::queued && fans_out_anew(record)) continue;
    referee_.violated("lease_held_once", "the job " + record.job.id.text() + " was taken from " +
                                             describe(held->second) + " before its time");
  }
  changed(answer.changed);
  check_bound(batch, answer, queued);
  for (const jobs::JobRecord& record : answer.claimed) claimed(record, batch.now);
}

void JobWatch::changed(const std::vector<jobs::JobRecord>& records) {
  for (const jobs::JobRecord& record : records) {
    for (const std::string& fault : jobs::faults_of(record)) {
      referee_.violated("record_is_sound", "the job " + record.job.id.text() + ": " + fault);
    }
    if (record.lease) continue;
    if (held_.erase(record.job.id) > 0 && record.state == jobs::JobState::queued) ++lost_leases_;
  }
}

void JobWatch::learn_anew(const std::vector<jobs::JobRecord>& running) {
  held_.clear();
  for (const jobs::JobRecord& record : running) {
    if (!record.lease) continue;
    held_[record.job.id] = *record.lease;
    std::uint64_t& last = last_token_[record.job.id];
    last = std::max(last, record.lease->token);
  }
}

result::Result<ports::JobBatchResult> WatchedJobStore::transact(const ports::JobBatch& batch) {
  auto answer = store_.transact(batch);
  if (!answer) {
    if (const auto running = all_jobs(store_, jobs::JobState::running)) watch_.learn_anew(*running);
    return answer;
  }
  ports::JobFilter queued;
  queued.state = jobs::JobState::queued;
  const auto page = batch.submits.empty() ? result::Result<ports::JobPage>{ports::JobPage{}}
                                          : store_.list(queued, 0, 1);
  watch_.transacted(batch, *answer, page ? page->total : 0);
  return answer;
}

result::Result<std::vector<jobs::JobRecord>> WatchedJobStore::watched(
    result::Result<std::vector<jobs::JobRecord>> answer) {
  if (answer) {
    watch_.changed(*answer);
  } else if (const auto running = all_jobs(store_, jobs::JobState::running)) {
    watch_.learn_anew(*running);
  }
  return answer;
}

}  // namespace hts::simulation
