#include "adapters/shelter/result_shelter.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "../result_store_suite.hpp"
#include "../side_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/shelter/sheltered_stores.hpp"

namespace hts::testing {
namespace {

using result::ErrorCode;
using namespace std::chrono_literals;

/// A database that can be away.
class Remote {
 public:
  explicit Remote(const std::filesystem::path& file)
      : runs(sqlite::SqliteResultStore::open(file).value()),
        jobs(sqlite::SqliteJobHistory::open(file).value()) {}

  template <class Call>
  auto answer(Call&& call) -> decltype(call()) {
    if (code) return result::make_error(*code, "The database does not answer.");
    return call();
  }

  std::unique_ptr<ports::ResultStore> runs;
  std::unique_ptr<ports::JobHistory> jobs;
  std::optional<ErrorCode> code;  ///< of every call
  std::mutex mutex;

  void set(std::optional<ErrorCode> wanted) {
    const std::lock_guard lock{mutex};
    code = wanted;
  }
};

class RemoteRuns final : public ports::ResultStore {
 public:
  explicit RemoteRuns(std::shared_ptr<Remote> remote) : remote_(std::move(remote)) {}
  result::Status insert(const backtest::RunSummary& run) override { return insert_all({run}); }
  result::Status insert_all(const std::vector<backtest::RunSummary>& runs) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->insert_all(runs); });
  }
  result::Result<backtest::RunSummary> find(const std::string& run_id) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->find(run_id); });
  }
  result::Result<backtest::RunSummary> find_equal(const ports::WantedRun& run) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->find_equal(run); });
  }
  result::Result<backtest::RunSummary> latest() override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->latest(); });
  }
  result::Result<ports::HistoryPage> history(std::uint64_t offset, std::uint64_t limit) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->history(offset, limit); });
  }
  result::Result<std::vector<std::string>> forget(time::Timestamp executed_before,
                                                  std::uint64_t most) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->runs->forget(executed_before, most); });
  }
  result::Result<backtest::RunSummary> set_symbol_active(const std::string& run_id,
                                                         const market::Symbol& symbol,
                                                         bool is_active) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer(
        [&] { return remote_->runs->set_symbol_active(run_id, symbol, is_active); });
  }

 private:
  std::shared_ptr<Remote> remote_;
};

class RemoteJobs final : public ports::JobHistory {
 public:
  explicit RemoteJobs(std::shared_ptr<Remote> remote) : remote_(std::move(remote)) {}
  result::Status record(const std::vector<ports::EndedJob>& jobs) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->jobs->record(jobs); });
  }
  result::Result<ports::EndedJob> find(const std::string& job_id) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->jobs->find(job_id); });
  }
  result::Result<ports::JobHistoryPage> list(const ports::EndedJobFilter& filter,
                                             std::uint64_t offset, std::uint64_t limit) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->jobs->list(filter, offset, limit); });
  }
  result::Result<std::uint64_t> remove_before(time::Timestamp finished) override {
    const std::lock_guard lock{remote_->mutex};
    return remote_->answer([&] { return remote_->jobs->remove_before(finished); });
  }

 private:
  std::shared_ptr<Remote> remote_;
};

/// What the shelter says.
class Notes {
 public:
  void add(bool is_problem) {
    const std::lock_guard lock{mutex_};
    notes_.push_back(is_problem);
  }
  std::vector<bool> all() {
    const std::lock_guard lock{mutex_};
    return notes_;
  }

 private:
  std::mutex mutex_;
  std::vector<bool> notes_;
};

backtest::RunSummary run_number(unsigned number) {
  return backtest::summarize(sample_run(number));
}

class ResultShelterTest : public ::testing::Test {
 protected:
  void open() {
    shelter::ShelterOptions options;
    options.file = outbox;
    options.pause = 1ms;
    options.check = 1h;
    options.note = [this](bool is_problem, const std::string&) { notes->add(is_problem); };
    shelter = shelter::ResultShelter::open(std::move(options), std::make_unique<RemoteRuns>(remote),
                                           std::make_unique<RemoteJobs>(remote))
                  .value();
    runs = std::make_unique<shelter::ShelteredResultStore>(shelter);
    jobs = std::make_unique<shelter::ShelteredJobHistory>(shelter);
  }
  void close() {
    runs.reset();
    jobs.reset();
    shelter.reset();
  }
  void wait_until_delivered() {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    // The file goes a moment before the readings say so.
    const auto is_delivered = [&] {
      return !std::filesystem::exists(outbox) && shelter->readings().waiting == 0;
    };
    while (!is_delivered() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    ASSERT_TRUE(is_delivered());
  }

  TemporaryFolder folder;
  std::filesystem::path outbox = folder.path() / "outbox";
  std::shared_ptr<Remote> remote = std::make_shared<Remote>(folder.path() / "remote");
  std::unique_ptr<Notes> notes = std::make_unique<Notes>();
  std::shared_ptr<shelter::ResultShelter> shelter;
  std::unique_ptr<ports::ResultStore> runs;
  std::unique_ptr<ports::JobHistory> jobs;
};

TEST_F(ResultShelterTest, a_database_that_answers_gets_everything_at_once) {
  open();
  ASSERT_TRUE(runs->insert(run_number(1)));
  ASSERT_TRUE(jobs->record({sample_job(1)}));
  EXPECT_TRUE(remote->runs->find(sample_run_id(1)));
  EXPECT_TRUE(remote->jobs->find("job-1"));
  EXPECT_FALSE(std::filesystem::exists(outbox));
  EXPECT_TRUE(notes->all().empty());
}

TEST_F(ResultShelterTest, what_is_stored_meanwhile_waits_is_found_and_arrives_in_its_order) {
  open();
  ASSERT_TRUE(runs->insert(run_number(1)));
  remote->set(ErrorCode::unavailable);
  for (const unsigned number : {2U, 3U, 4U}) {
    auto run = run_number(number);
    run.executed_at = run_number(1).executed_at;
    ASSERT_TRUE(runs->insert(run));
  }
  ASSERT_TRUE(jobs->record({sample_job(1), sample_job(2)}));
  ASSERT_TRUE(jobs->record({sample_job(1)}));
  EXPECT_EQ(shelter->readings().waiting, 5U);
  EXPECT_FALSE(shelter->readings().is_reachable);
  EXPECT_TRUE(runs->find(sample_run_id(3)));
  EXPECT_EQ(runs->latest()->run_id, sample_run_id(4));
  EXPECT_TRUE(jobs->find("job-2"));
  EXPECT_EQ(runs->find(sample_run_id(1)).error().code, ErrorCode::unavailable);
  EXPECT_EQ(runs->history(0, 10).error().code, ErrorCode::unavailable);
  EXPECT_EQ(
      runs->set_symbol_active(sample_run_id(3), market::Symbol::parse("BTC_KRW").value(), false)
          .error()
          .code,
      ErrorCode::unavailable);

  remote->set(std::nullopt);
  wait_until_delivered();
  EXPECT_EQ(notes->all(), (std::vector{true, false}));
  std::vector<std::string> ids;
  const auto page = remote->runs->history(0, 10);
  ASSERT_TRUE(page);
  for (const auto& run : page->runs) ids.push_back(run.run_id);
  EXPECT_EQ(ids,
            (std::vector{sample_run_id(4), sample_run_id(3), sample_run_id(2), sample_run_id(1)}));
  EXPECT_EQ(remote->jobs->list({}, 0, 10)->total, 2U);
  EXPECT_EQ(shelter->readings().waiting, 0U);
  EXPECT_TRUE(shelter->readings().is_reachable);
  ASSERT_TRUE(runs->insert(run_number(9)));
  EXPECT_FALSE(std::filesystem::exists(outbox));
}

TEST_F(ResultShelterTest, what_waits_is_measured_also_by_the_next_process) {
  open();
  EXPECT_EQ(shelter->readings().bytes, 0U);
  EXPECT_FALSE(shelter->readings().oldest);
  remote->set(ErrorCode::unavailable);
  ASSERT_TRUE(jobs->record({sample_job(2)}));
  ASSERT_TRUE(jobs->record({sample_job(3)}));
  EXPECT_EQ(shelter->readings().oldest, sample_job(2).finished_at);
  EXPECT_GT(shelter->readings().bytes, 0U);
  close();
  open();
  EXPECT_EQ(shelter->readings().waiting, 2U);
  EXPECT_EQ(shelter->readings().oldest, sample_job(2).finished_at);
  remote->set(std::nullopt);
  wait_until_delivered();
  EXPECT_FALSE(shelter->readings().oldest);
}

TEST_F(ResultShelterTest, what_waits_survives_the_process) {
  remote->set(ErrorCode::unavailable);
  open();
  for (unsigned number = 0; number < 250; ++number) ASSERT_TRUE(runs->insert(run_number(number)));
  close();
  EXPECT_TRUE(std::filesystem::exists(outbox));
  remote->set(std::nullopt);
  open();
  wait_until_delivered();
  EXPECT_EQ(remote->runs->history(0, 1)->total, 250U);
}

TEST_F(ResultShelterTest, another_refusal_is_the_callers) {
  open();
  remote->set(ErrorCode::storage);
  const auto refused = runs->insert(run_number(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::storage);
  EXPECT_FALSE(std::filesystem::exists(outbox));
  EXPECT_TRUE(shelter->readings().is_reachable);
}

TEST_F(ResultShelterTest, threads_that_store_while_the_database_comes_and_goes_lose_nothing) {
  open();
  std::atomic<bool> done = false;
  std::thread weather{[&] {
    for (unsigned i = 0; !done; ++i) {
      remote->set(i % 2 == 0 ? std::optional{ErrorCode::unavailable} : std::nullopt);
      std::this_thread::yield();
    }
    remote->set(std::nullopt);
  }};
  std::vector<std::thread> threads;
  for (unsigned w = 0; w < 3; ++w) {
    threads.emplace_back([&, w] {
      for (unsigned i = 0; i < 50; ++i) {
        EXPECT_TRUE(runs->insert(run_number(w * 50 + i)));
        EXPECT_TRUE(jobs->record({sample_job(static_cast<int>(w * 50 + i))}));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  done = true;
  weather.join();
  wait_until_delivered();
  EXPECT_EQ(remote->runs->history(0, 1)->total, 150U);
  EXPECT_EQ(remote->jobs->list({}, 0, 1)->total, 150U);
}

/// A sheltered store is a store like any other, also while something waits.
class ShelteredIndex final : public ResultIndex {
 public:
  std::unique_ptr<ports::ResultStore> open() override {
    if (shelter_ == nullptr) {
      shelter::ShelterOptions options;
      options.file = folder_.path() / "outbox";
      shelter_ =
          shelter::ResultShelter::open(std::move(options), std::make_unique<RemoteRuns>(remote_),
                                       std::make_unique<RemoteJobs>(remote_))
              .value();
    }
    return std::make_unique<shelter::ShelteredResultStore>(shelter_);
  }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<Remote> remote_ = std::make_shared<Remote>(folder_.path() / "remote");
  std::shared_ptr<shelter::ResultShelter> shelter_;
};

INSTANTIATE_TEST_SUITE_P(Sheltered, ResultStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<ResultIndex>{new ShelteredIndex};
                         }));

}  // namespace
}  // namespace hts::testing
