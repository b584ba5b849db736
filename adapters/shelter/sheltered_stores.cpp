#include "adapters/shelter/sheltered_stores.hpp"

#include <algorithm>
#include <iterator>

namespace hts::shelter {
namespace {

using backtest::RunSummary;
using ports::EndedJob;
using ports::HistoryPage;
using ports::JobHistoryPage;
using result::ErrorCode;
using result::Result;
using result::Status;

/// What waits, if it is what was asked for, else what the database says.
template <class T>
Result<T> first_of(ResultShelter& shelter, const std::function<Result<T>(Outbox&)>& in_outbox,
                   const std::function<Result<T>()>& below) {
  auto waiting = shelter.if_waiting<Result<T>>(in_outbox);
  if (waiting && (*waiting || waiting->error().code != ErrorCode::not_found)) {
    return *std::move(waiting);
  }
  return shelter.below<T>(below);
}

/// A page of two lists, the one that waits before the other. `rows` is the member that holds them.
template <class Page, class Rows, class List>
Result<Page> joined(ResultShelter& shelter, Rows Page::* rows, std::uint64_t offset,
                    std::uint64_t limit, const std::function<Result<Page>(Outbox&)>& in_outbox,
                    const List& below) {
  auto waiting = shelter.if_waiting<Result<Page>>(in_outbox);
  if (!waiting) return shelter.below<Page>([&] { return below(offset, limit); });
  if (!*waiting) return *std::move(waiting);
  Page page = std::move(*waiting).value();
  const std::uint64_t rest = limit - std::min<std::uint64_t>(limit, (page.*rows).size());
  auto others =
      shelter.below<Page>([&] { return below(offset - std::min(offset, page.total), rest); });
  if (!others) return others;
  page.total += others->total;
  std::ranges::move((*others).*rows, std::back_inserter(page.*rows));
  return page;
}

}  // namespace

Status ShelteredResultStore::insert(const RunSummary& run) {
  return insert_all({run});
}

Status ShelteredResultStore::insert_all(const std::vector<RunSummary>& runs) {
  if (runs.empty()) return result::success();
  return shelter_->store(runs, [&] { return shelter_->runs_below().insert_all(runs); });
}

Result<RunSummary> ShelteredResultStore::find(const std::string& run_id) {
  return first_of<RunSummary>(
      *shelter_, [&](Outbox& outbox) { return outbox.runs().find(run_id); },
      [&] { return shelter_->runs_below().find(run_id); });
}

Result<RunSummary> ShelteredResultStore::find_equal(const ports::WantedRun& run) {
  return first_of<RunSummary>(
      *shelter_, [&](Outbox& outbox) { return outbox.runs().find_equal(run); },
      [&] { return shelter_->runs_below().find_equal(run); });
}

Result<RunSummary> ShelteredResultStore::latest() {
  return first_of<RunSummary>(
      *shelter_, [](Outbox& outbox) { return outbox.runs().latest(); },
      [&] { return shelter_->runs_below().latest(); });
}

Result<HistoryPage> ShelteredResultStore::history(std::uint64_t offset, std::uint64_t limit) {
  return joined<HistoryPage>(
      *shelter_, &HistoryPage::runs, offset, limit,
      [&](Outbox& outbox) { return outbox.runs().history(offset, limit); },
      [&](std::uint64_t from, std::uint64_t most) {
        return shelter_->runs_below().history(from, most);
      });
}

Result<RunSummary> ShelteredResultStore::set_symbol_active(const std::string& run_id,
                                                           const market::Symbol& symbol,
                                                           bool is_active) {
  const auto waiting =
      shelter_->if_waiting<bool>([&](Outbox& outbox) { return outbox.runs().find(run_id).ok(); });
  if (waiting.value_or(false)) {
    return result::make_error(ErrorCode::unavailable,
                              "The backtest " + run_id +
                                  " waits for its database: its symbols can be switched once it "
                                  "is there.",
                              "run_id");
  }
  return shelter_->below<RunSummary>(
      [&] { return shelter_->runs_below().set_symbol_active(run_id, symbol, is_active); });
}

Result<std::vector<std::string>> ShelteredResultStore::forget(time::Timestamp executed_before,
                                                              std::uint64_t most) {
  return shelter_->below<std::vector<std::string>>(
      [&] { return shelter_->runs_below().forget(executed_before, most); });
}

Status ShelteredJobHistory::record(const std::vector<EndedJob>& jobs) {
  if (jobs.empty()) return result::success();
  return shelter_->store(jobs, [&] { return shelter_->jobs_below().record(jobs); });
}

Result<EndedJob> ShelteredJobHistory::find(const std::string& job_id) {
  return first_of<EndedJob>(
      *shelter_, [&](Outbox& outbox) { return outbox.jobs().find(job_id); },
      [&] { return shelter_->jobs_below().find(job_id); });
}

Result<JobHistoryPage> ShelteredJobHistory::list(const ports::EndedJobFilter& filter,
                                                 std::uint64_t offset, std::uint64_t limit) {
  return joined<JobHistoryPage>(
      *shelter_, &JobHistoryPage::jobs, offset, limit,
      [&](Outbox& outbox) { return outbox.jobs().list(filter, offset, limit); },
      [&](std::uint64_t from, std::uint64_t most) {
        return shelter_->jobs_below().list(filter, from, most);
      });
}

Result<std::uint64_t> ShelteredJobHistory::remove_before(time::Timestamp finished) {
  return shelter_->below<std::uint64_t>(
      [&] { return shelter_->jobs_below().remove_before(finished); });
}

}  // namespace hts::shelter
