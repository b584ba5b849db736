#include "adapters/shelter/outbox.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace hts::shelter {

using result::Result;
using result::Status;
using result::success;

namespace {

/// The oldest rows that are not delivered, at most `most`. `read` gives a page and the number of
/// all rows, `id` names a row.
template <class Row, class Read, class Progress>
Result<std::vector<Row>> oldest_waiting(Progress& progress, std::uint64_t most, Read&& read,
                                        std::string Row::* id) {
  while (true) {
    auto size = read(0, 0);
    if (!size) return std::move(size).error();
    const std::uint64_t total = size->second;
    if (progress.ids.size() >= total) return std::vector<Row>{};
    if (progress.looked_at >= total) progress.looked_at = 0;
    const std::uint64_t count = std::min(most, total - progress.looked_at);
    auto page = read(total - progress.looked_at - count, count);
    if (!page) return std::move(page).error();
    progress.looked_at += count;
    std::vector<Row>& rows = page->first;
    std::erase_if(rows, [&](const Row& row) { return progress.ids.contains(row.*id); });
    std::ranges::reverse(rows);
    if (!rows.empty()) return std::move(rows);
  }
}

}  // namespace

Result<Outbox> Outbox::open(std::filesystem::path file) {
  Outbox outbox{std::move(file)};
  std::error_code error;
  if (std::filesystem::exists(outbox.file_, error)) {
    if (auto made = outbox.make(); !made) return std::move(made).error();
  }
  return outbox;
}

Status Outbox::make() {
  auto runs = sqlite::SqliteResultStore::open(file_);
  if (!runs) return std::move(runs).error();
  auto jobs = sqlite::SqliteJobHistory::open(file_);
  if (!jobs) return std::move(jobs).error();
  runs_ = std::move(*runs);
  jobs_ = std::move(*jobs);
  return success();
}

Status Outbox::keep(const std::vector<backtest::RunSummary>& runs) {
  if (!is_open()) {
    if (auto made = make(); !made) return made;
  }
  return runs_->insert_all(runs);
}

Status Outbox::keep(const std::vector<ports::EndedJob>& jobs) {
  if (!is_open()) {
    if (auto made = make(); !made) return made;
  }
  for (const ports::EndedJob& job : jobs) {
    jobs_done_.ids.erase(job.job_id);
    renewed_jobs_.insert(job.job_id);
  }
  return jobs_->record(jobs);
}

Result<Outbox::Batch> Outbox::next(std::uint64_t most) {
  Batch batch;
  renewed_jobs_.clear();
  if (!is_open()) return batch;
  using Runs = std::pair<std::vector<backtest::RunSummary>, std::uint64_t>;
  auto runs = oldest_waiting(
      runs_done_, most,
      [this](std::uint64_t offset, std::uint64_t limit) -> Result<Runs> {
        auto page = runs_->history(offset, limit);
        if (!page) return std::move(page).error();
        return Runs{std::move(page->runs), page->total};
      },
      &backtest::RunSummary::run_id);
  if (!runs) return std::move(runs).error();
  batch.runs = std::move(*runs);
  if (!batch.runs.empty()) return batch;

  using Jobs = std::pair<std::vector<ports::EndedJob>, std::uint64_t>;
  auto jobs = oldest_waiting(
      jobs_done_, most,
      [this](std::uint64_t offset, std::uint64_t limit) -> Result<Jobs> {
        auto page = jobs_->list({}, offset, limit);
        if (!page) return std::move(page).error();
        return Jobs{std::move(page->jobs), page->total};
      },
      &ports::EndedJob::job_id);
  if (!jobs) return std::move(jobs).error();
  batch.jobs = std::move(*jobs);
  return batch;
}

void Outbox::delivered(const Batch& batch) {
  for (const auto& run : batch.runs) runs_done_.ids.insert(run.run_id);
  for (const auto& job : batch.jobs) {
    if (!renewed_jobs_.contains(job.job_id)) jobs_done_.ids.insert(job.job_id);
  }
}

void Outbox::close() {
  runs_.reset();
  jobs_.reset();
  runs_done_ = {};
  jobs_done_ = {};
  for (const char* suffix : {"", "-wal", "-shm"}) {
    std::error_code ignored;
    std::filesystem::remove(file_.string() + suffix, ignored);
  }
}

std::uint64_t Outbox::waiting() {
  if (!is_open()) return 0;
  const auto runs = runs_->history(0, 0);
  const auto jobs = jobs_->list({}, 0, 0);
  const std::uint64_t all = (runs ? runs->total : 0) + (jobs ? jobs->total : 0);
  return all - std::min(all, runs_done_.ids.size() + jobs_done_.ids.size());
}

std::uint64_t Outbox::bytes() const {
  if (runs_ == nullptr) return 0;
  std::uint64_t bytes = 0;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file_.string() + suffix, error);
    if (!error) bytes += size;
  }
  return bytes;
}

std::optional<time::Timestamp> Outbox::oldest() {
  std::optional<time::Timestamp> oldest;
  if (!is_open()) return oldest;
  const auto take = [&](time::Timestamp at) { oldest = std::min(oldest.value_or(at), at); };
  const auto runs = runs_->history(0, 0);
  if (runs && runs->total > 0) {
    if (const auto last = runs_->history(runs->total - 1, 1); last && !last->runs.empty()) {
      take(last->runs.front().executed_at);
    }
  }
  const auto jobs = jobs_->list({}, 0, 0);
  if (jobs && jobs->total > 0) {
    if (const auto last = jobs_->list({}, jobs->total - 1, 1); last && !last->jobs.empty()) {
      take(last->jobs.front().finished_at);
    }
  }
  return oldest;
}

}  // namespace hts::shelter
