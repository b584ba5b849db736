#include <chrono>
#include <memory>
#include <utility>

#include "actors/job_desk.hpp"

// Runs that workers elsewhere computed.
namespace hts::actors {
namespace {

/// How long the index may take to tell what it lacks.
constexpr std::chrono::seconds index_deadline{30};
constexpr std::uint64_t jobs_on_a_page = 100;
/// After a store did not answer.
constexpr std::chrono::seconds pause_of_adoption{10};
/// An end that nobody heard of is found in time before its job is cleaned up.
constexpr std::chrono::hours between_looks{1};
constexpr std::size_t most_remembered = 10'000;

}  // namespace

void JobDesk::adopt(const jobs::JobRecord& record, Adopted then) {
  const bool is_here = record.state != jobs::JobState::completed || record.run_id.empty() ||
                       record.output.empty() || !ports_.unpack || adopted_.contains(record.job.id);
  if (is_here) {
    then(result::success());
    return;
  }
  auto run = ports_.unpack(record.output);
  if (!run) {
    then(std::move(run).error());
    return;
  }
  context_.ask(
      ports_.storage,
      SaveRun{std::make_shared<const backtest::BacktestRun>(std::move(run).value())}, save_deadline,
      [this, id = record.job.id, then = std::move(then)](const result::Result<SharedRun>& saved) {
        if (!saved) {
          then(result::make_error(result::ErrorCode::unavailable,
                                  "The result that a worker computed could not be stored "
                                  "here: " +
                                      saved.error().message));
          return;
        }
        if (adopted_.size() >= most_remembered) adopted_.clear();
        adopted_.insert(id);
        then(result::success());
      });
}

void JobDesk::look_for_adoptees(std::uint64_t offset) {
  ports::JobFilter completed;
  completed.state = jobs::JobState::completed;
  context_.offload(
      *ports_.reads,
      [store = ports_.store, completed, offset] {
        return store->list(completed, offset, jobs_on_a_page);
      },
      [this, offset](const result::Result<ports::JobPage>& page) {
        if (!page) {
          look_for_adoptees_later(offset);
          return;
        }
        page_to_look_at_.reset();
        if (page->jobs.size() == jobs_on_a_page) page_to_look_at_ = offset + jobs_on_a_page;
        std::vector<std::string> run_ids;
        for (const jobs::JobRecord& record : page->jobs) {
          // Only runs of workers without a storage are named like their job for sure.
          if (record.run_id == record.job.id.text()) run_ids.push_back(record.run_id);
        }
        context_.ask(ports_.storage, FindMissingRuns{std::move(run_ids)}, index_deadline,
                     [this, offset](const result::Result<std::vector<std::string>>& missing) {
                       if (!missing) {
                         look_for_adoptees_later(offset);
                         return;
                       }
                       for (const std::string& run_id : *missing) {
                         if (const auto id = jobs::JobId::parse(run_id)) adoptees_.push_back(*id);
                       }
                       adopt_next();
                     });
      });
}

void JobDesk::look_for_adoptees_later(std::uint64_t offset) {
  context_.after(pause_of_adoption, [this, offset] {
    if (!is_stopping_) look_for_adoptees(offset);
  });
}

void JobDesk::adopt_next() {
  if (is_stopping_) return;
  if (adoptees_.empty()) {
    if (page_to_look_at_) {
      look_for_adoptees(*page_to_look_at_);
    } else {
      has_looked_for_adoptees_ = true;
      context_.after(between_looks, [this] { look_for_adoptees(0); });
    }
    return;
  }
  const auto go_on = [this](const result::Status& adopted) {
    if (!adopted) context_.log(runtime::LogLevel::warning, adopted.error().message);
    if (!adopted && adopted.error().code == result::ErrorCode::unavailable) {
      context_.after(pause_of_adoption, [this] { adopt_next(); });
      return;
    }
    adoptees_.pop_front();
    adopt_next();
  };
  context_.offload(
      *ports_.reads, [store = ports_.store, id = adoptees_.front()] { return store->find(id); },
      [this, go_on](const result::Result<jobs::JobRecord>& found) {
        if (found) {
          adopt(*found, go_on);
        } else {
          go_on(found.error());
        }
      });
}

}  // namespace hts::actors
