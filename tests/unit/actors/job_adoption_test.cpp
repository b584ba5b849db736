// Runs that workers elsewhere hand out as their jobs' outputs.

#include <algorithm>
#include <chrono>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "actors/job_desk.hpp"
#include "desk_setup.hpp"

namespace hts::actors::testing {
namespace {

/// Keeps the names of the runs that it is given, or refuses.
class SavingStorage : public runtime::Actor<SavingStorage, StorageProtocol> {
 public:
  SavingStorage(std::vector<std::string>& saved, bool& is_full)
      : saved_(saved), is_full_(is_full) {}
  void on(runtime::Request<SaveRun>& request) {
    if (is_full_) {
      request.reply(result::make_error(result::ErrorCode::storage, "The disk is full."));
      return;
    }
    saved_.push_back(request.query.run->run_id);
    request.reply(request.query.run);
  }
  void on(runtime::Request<FindRun>&) {}
  void on(runtime::Request<FindMissingRuns>& request) {
    std::vector<std::string> missing;
    for (const std::string& run_id : request.query.run_ids) {
      if (std::find(saved_.begin(), saved_.end(), run_id) == saved_.end()) {
        missing.push_back(run_id);
      }
    }
    request.reply(std::move(missing));
  }
  template <class Query>
  void on(runtime::Request<Query>&) {}

 private:
  std::vector<std::string>& saved_;
  bool& is_full_;
};

class JobAdoption : public DeskInVirtualTime {
 protected:
  void start_shared() {
    start([this](JobDeskPorts& ports) {
      ports.is_shared = true;
      ports.storage = runtime_->spawn<SavingStorage>("storage", {}, [this](runtime::Context&) {
        return std::make_unique<SavingStorage>(saved_, is_full_);
      });
      ports.unpack = [](std::string_view text) -> result::Result<backtest::BacktestRun> {
        backtest::BacktestRun run;
        run.run_id = text;
        return run;
      };
    });
  }
  /// A worker elsewhere takes the job that waits and completes it.
  jobs::JobId completed_elsewhere() {
    EXPECT_TRUE(table_.set_paused(true).ok());
    const auto id = submit();
    EXPECT_TRUE(table_.set_paused(false).ok());
    ports::JobBatch claim;
    claim.now = executor_->now();
    claim.claim = ports::Claim{"elsewhere", 1, lease};
    EXPECT_EQ(table_.transact(claim)->claimed.size(), 1U);
    ports::JobBatch finish;
    finish.now = executor_->now();
    finish.finishes.push_back({id, 1, jobs::Completed{id.text(), id.text()}});
    EXPECT_EQ(table_.transact(finish)->finishes.front(), jobs::FinishResult::done);
    return id;
  }

  std::vector<std::string> saved_;
  bool is_full_ = false;
};

TEST_F(JobAdoption, a_run_is_stored_when_its_end_is_heard_of_and_told_then) {
  start_shared();
  const auto id = completed_elsewhere();
  events_.clear();
  EXPECT_EQ(scheduler_.tell(ports::JobSignal{ports::JobSignal::Kind::changed, id}),
            runtime::SendResult::accepted);
  executor_->run();
  EXPECT_EQ(saved_, std::vector<std::string>{id.text()});
  ASSERT_EQ(events_.size(), 1U);
  EXPECT_EQ(events_[0].state, jobs::JobState::completed);
}

TEST_F(JobAdoption, a_run_is_stored_before_its_job_is_told_to_be_completed) {
  start_shared();
  const auto id = completed_elsewhere();
  EXPECT_TRUE((*ask(FindJob{id}))->ok());
  EXPECT_TRUE((*ask(FindJob{id}))->ok());
  EXPECT_EQ(saved_, std::vector<std::string>{id.text()}) << "once";
}

TEST_F(JobAdoption, a_run_that_cannot_be_stored_is_said_and_stored_later) {
  start_shared();
  const auto id = completed_elsewhere();
  is_full_ = true;
  const auto refused = ask(FindJob{id});
  ASSERT_FALSE((*refused)->ok());
  EXPECT_EQ((*refused)->error().code, result::ErrorCode::unavailable);
  is_full_ = false;
  EXPECT_TRUE((*ask(FindJob{id}))->ok());
  EXPECT_EQ(saved_.size(), 1U);
}

TEST_F(JobAdoption, what_was_completed_while_the_daemon_was_away_is_stored_at_its_start) {
  start_shared();
  const auto first = completed_elsewhere();
  die();
  saved_.clear();
  start_shared();
  executor_->run();
  EXPECT_EQ(saved_, std::vector<std::string>{first.text()});
}

TEST_F(JobAdoption, more_runs_than_a_page_of_jobs_has_are_all_stored_at_the_next_start) {
  start_shared();
  std::set<std::string> completed;
  for (int i = 0; i < 250; ++i) completed.insert(completed_elsewhere().text());
  die();
  const auto known = *completed.begin();
  saved_ = {known};
  start_shared();
  executor_->run();
  EXPECT_EQ(saved_.size(), completed.size()) << "what is stored is not stored again";
  EXPECT_EQ(std::set<std::string>(saved_.begin(), saved_.end()), completed);
}

TEST_F(JobAdoption, runs_that_a_full_disk_refused_are_stored_once_it_has_room) {
  start_shared();
  const auto id = completed_elsewhere();
  die();
  is_full_ = true;
  start_shared();
  executor_->run();
  EXPECT_TRUE(saved_.empty());
  is_full_ = false;
  executor_->advance(std::chrono::seconds{11});
  EXPECT_EQ(saved_, std::vector<std::string>{id.text()});
}

TEST_F(JobAdoption, an_end_that_nobody_heard_of_is_found_within_an_hour) {
  start_shared();
  const auto id = completed_elsewhere();
  executor_->advance(std::chrono::minutes{61});
  EXPECT_EQ(saved_, std::vector<std::string>{id.text()});
}

}  // namespace
}  // namespace hts::actors::testing
