#include <chrono>
#include <memory>
#include <utility>

#include "actors/job_desk.hpp"

// Runs that workers elsewhere computed.
namespace hts::actors {
namespace {

constexpr std::uint64_t jobs_on_a_page = 100;
constexpr std::uint64_t most_looked_at = 1'000;
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
        if (!page) return;  // they are stored when somebody asks for them
        for (const jobs::JobRecord& record : page->jobs) {
          if (!record.run_id.empty()) adoptees_.push_back(record.job.id);
        }
        const std::uint64_t next = offset + page->jobs.size();
        if (page->jobs.size() == jobs_on_a_page && next < most_looked_at) {
          look_for_adoptees(next);
        } else {
          adopt_next();
        }
      });
}

void JobDesk::adopt_next() {
  if (adoptees_.empty() || is_stopping_) return;
  const jobs::JobId id = adoptees_.front();
  adoptees_.pop_front();
  context_.offload(
      *ports_.reads, [store = ports_.store, id] { return store->find(id); },
      [this](const result::Result<jobs::JobRecord>& found) {
        if (!found) {
          adopt_next();
          return;
        }
        adopt(*found, [this](const result::Status& stored) {
          if (!stored) context_.log(runtime::LogLevel::warning, stored.error().message);
          adopt_next();
        });
      });
}

}  // namespace hts::actors
