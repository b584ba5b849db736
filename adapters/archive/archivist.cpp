#include "adapters/archive/archivist.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "adapters/archive/ended_jobs.hpp"

namespace hts::archive {

using jobs::JobId;
using jobs::JobRecord;
using jobs::JobState;
using ports::EndedJob;
using result::ErrorCode;
using result::Result;
using result::Status;

namespace {

constexpr std::array ended_states = {JobState::completed, JobState::failed, JobState::cancelled};
constexpr std::size_t reads_a_batch = 500;
constexpr std::uint64_t jobs_a_page = 500;
constexpr std::size_t most_origins = 50'000;
/// Longer ones are read when their job has ended, so that memory has a bound.
constexpr std::size_t longest_request_kept = 4'096;

bool is_recorded(const JobRecord& record) {
  return jobs::is_terminal(record.state) && record.whole.empty();
}

}  // namespace

void Archivist::claimed(const std::vector<JobRecord>& records) {
  if (records.empty()) return;
  const std::lock_guard lock{mutex_};
  for (const JobRecord& record : records) {
    if (!record.whole.empty() || record.job.request.size() > longest_request_kept) continue;
    // Leases that were lost leave some behind; what is forgotten is read when it ends.
    if (origins_.size() >= most_origins) origins_.clear();
    origins_[record.job.id] = {record.job.request,
                               record.lease ? record.lease->worker : std::string{}};
  }
}

bool Archivist::changed(const std::vector<JobRecord>& records) {
  if (records.empty()) return false;
  bool has_more = false;
  const std::lock_guard lock{mutex_};
  for (const JobRecord& record : records) {
    if (record.state == JobState::queued) origins_.erase(record.job.id);
    if (!is_recorded(record)) continue;
    const auto origin = origins_.extract(record.job.id);
    if (!make_room()) continue;
    has_more = true;
    if (origin.empty()) {
      waiting_.ended.erase(record.job.id);
      waiting_.unread.insert(record.job.id);
    } else {
      EndedJob ended = ended_job(record, std::move(origin.mapped().worker));
      ended.request = std::move(origin.mapped().request);
      waiting_.unread.erase(record.job.id);
      waiting_.ended.insert_or_assign(record.job.id, std::move(ended));
    }
  }
  return has_more;
}

void Archivist::heard_of(const JobId& id) {
  const std::lock_guard lock{mutex_};
  if (!waiting_.ended.contains(id) && make_room()) waiting_.unread.insert(id);
}

bool Archivist::make_room() {
  if (waiting_.size() < most_waiting) return true;
  looks_again_ = true;
  return false;
}

void Archivist::look_through_again() {
  const std::lock_guard lock{mutex_};
  looks_again_ = true;
}

Result<Archivist::Step> Archivist::work() {
  take_batch();
  if (under_way_.size() > 0) {
    if (auto recorded = record_batch(); !recorded) {
      put_back();
      return std::move(recorded).error();
    }
    // What is let go of here need not keep those waiting who end jobs.
    Waiting recorded_now;
    const std::lock_guard lock{mutex_};
    std::swap(recorded_now, under_way_);
    return Step::recorded;
  }
  Look look;
  {
    const std::lock_guard lock{mutex_};
    if (!look_ && std::exchange(looks_again_, false)) look_ = Look{};
    if (!look_) return Step::idle;
    look = *look_;
  }
  if (auto looked = look_at_a_page(look); !looked) return std::move(looked).error();
  return Step::looked;
}

void Archivist::take_batch() {
  const std::lock_guard lock{mutex_};
  while (!waiting_.ended.empty() && under_way_.ended.size() < jobs_a_batch) {
    under_way_.ended.insert(waiting_.ended.extract(waiting_.ended.begin()));
  }
  while (!waiting_.unread.empty() && under_way_.unread.size() < reads_a_batch) {
    under_way_.unread.insert(waiting_.unread.extract(waiting_.unread.begin()));
  }
}

void Archivist::put_back() {
  const std::lock_guard lock{mutex_};
  // What came meanwhile is newer.
  for (const auto& [id, ended] : waiting_.ended) under_way_.unread.erase(id);
  for (const JobId& id : waiting_.unread) under_way_.ended.erase(id);
  waiting_.ended.merge(under_way_.ended);
  waiting_.unread.merge(under_way_.unread);
  under_way_ = {};
}

Status Archivist::record_batch() {
  std::vector<EndedJob> ended;
  ended.reserve(under_way_.size());
  for (const auto& [id, job] : under_way_.ended) ended.push_back(job);
  for (const JobId& id : under_way_.unread) {
    const auto found = jobs_.find(id);
    if (!found && found.error().code != ErrorCode::not_found) return found.error();
    if (found && is_recorded(*found)) ended.push_back(ended_job(*found, {}));
  }
  return history_.record(ended);
}

Status Archivist::look_at_a_page(Look look) {
  if (look.offset == 0) is_disturbed_ = false;
  ports::JobFilter filter;
  filter.state = ended_states.at(look.state);
  const auto page = jobs_.list(filter, look.offset, jobs_a_page);
  if (!page) return page.error();
  std::vector<JobId> missing;
  for (const JobRecord& record : page->jobs) {
    const auto known = history_.find(record.job.id.text());
    if (!known && known.error().code != ErrorCode::not_found) return known.error();
    if (!known || !is_end_of(*known, record)) missing.push_back(record.job.id);
  }
  const std::lock_guard lock{mutex_};
  for (const JobId& id : missing) {
    if (!waiting_.ended.contains(id)) waiting_.unread.insert(id);
  }
  if (page->jobs.size() == jobs_a_page) {
    look_ = Look{look.state, look.offset + jobs_a_page};
  } else if (is_disturbed_ && look.offset > 0) {
    look_ = Look{look.state, 0};
  } else if (look.state + 1 < ended_states.size()) {
    look_ = Look{look.state + 1, 0};
  } else {
    look_.reset();
  }
  return result::success();
}

ArchiveReadings Archivist::readings() const {
  const std::lock_guard lock{mutex_};
  ArchiveReadings readings;
  readings.waiting = waiting_.size() + under_way_.size();
  for (const auto* ended : {&under_way_.ended, &waiting_.ended}) {
    for (const auto& [id, job] : *ended) {
      readings.bytes += job.request.size();
      readings.oldest = std::min(readings.oldest.value_or(job.finished_at), job.finished_at);
    }
  }
  return readings;
}

std::uint64_t Archivist::waiting() const {
  const std::lock_guard lock{mutex_};
  return waiting_.size() + under_way_.size();
}

bool Archivist::has_all_before(time::Timestamp finished) const {
  const std::lock_guard lock{mutex_};
  if (look_ || looks_again_) return false;
  const auto is_younger = [&](const auto& entry) { return entry.second.finished_at >= finished; };
  return waiting_.unread.empty() && under_way_.unread.empty() &&
         std::ranges::all_of(waiting_.ended, is_younger) &&
         std::ranges::all_of(under_way_.ended, is_younger);
}

}  // namespace hts::archive
