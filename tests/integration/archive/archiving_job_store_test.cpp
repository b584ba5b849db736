#include "adapters/archive/archiving_job_store.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../job_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/archive/ended_jobs.hpp"
#include "adapters/simulation/table_job_store.hpp"
#include "adapters/sqlite/sqlite_job_history.hpp"

namespace hts::testing {
namespace {

using archive::ArchivingJobStore;
using archive::Archivist;
using jobs::JobState;
using ports::EndedJob;
using result::ErrorCode;

/// A history that can be away, and says how often it was asked what.
class FlakyHistory final : public ports::JobHistory {
 public:
  explicit FlakyHistory(ports::JobHistory& below) : below_(below) {}

  result::Status record(const std::vector<EndedJob>& jobs) override {
    if (is_away) return away();
    auto done = below_.record(jobs);
    const std::lock_guard lock{mutex_};
    for (const EndedJob& job : jobs) ++records_[job.job_id];
    recorded_.notify_all();
    return done;
  }
  result::Result<EndedJob> find(const std::string& id) override {
    if (is_away) return away();
    return below_.find(id);
  }
  result::Result<ports::JobHistoryPage> list(const ports::EndedJobFilter& filter,
                                             std::uint64_t offset, std::uint64_t limit) override {
    return below_.list(filter, offset, limit);
  }
  result::Result<std::uint64_t> remove_before(time::Timestamp finished) override {
    return below_.remove_before(finished);
  }

  [[nodiscard]] int records_of(const jobs::JobId& id) {
    const std::lock_guard lock{mutex_};
    return records_[id.text()];
  }
  void wait_for(const jobs::JobId& id) {
    std::unique_lock lock{mutex_};
    recorded_.wait_for(lock, std::chrono::seconds{60}, [&] { return records_[id.text()] > 0; });
  }

  std::atomic<bool> is_away = false;

 private:
  static result::Error away() {
    return result::make_error(ErrorCode::unavailable, "The history is away; try again.");
  }

  ports::JobHistory& below_;
  std::mutex mutex_;
  std::condition_variable recorded_;
  std::map<std::string, int> records_;
};

class Archive : public ::testing::Test {
 protected:
  /// A life of the daemon on the same jobs and the same history.
  std::unique_ptr<ArchivingJobStore> open(bool has_thread = false) {
    archive::ArchiveOptions options;
    options.has_thread = has_thread;
    return std::make_unique<ArchivingJobStore>(std::make_unique<simulation::TableJobStore>(table),
                                               history, std::move(options));
  }
  static ports::JobBatch batch() {
    ports::JobBatch batch;
    batch.now = job_start;
    batch.capacity = 10'000;
    batch.lease = job_lease;
    return batch;
  }
  static void submit(ports::JobStore& store, std::uint64_t first, std::uint64_t count) {
    auto one = batch();
    for (std::uint64_t i = 0; i < count; ++i) one.submits.push_back(new_job(first + i));
    (void)taken(store.transact(one));
  }
  static std::vector<jobs::JobRecord> claim(ports::JobStore& store, std::uint32_t most) {
    auto one = batch();
    one.claim = ports::Claim{"north", most, job_lease};
    return taken(store.transact(one)).claimed;
  }
  static void finish(ports::JobStore& store, const std::vector<jobs::JobRecord>& claimed,
                     const jobs::WorkEnd& end, time::Timestamp now = job_start + 1s) {
    auto one = batch();
    one.now = now;
    for (const auto& record : claimed) {
      one.finishes.push_back({record.job.id, record.claims, end});
    }
    (void)taken(store.transact(one));
  }
  /// Submits, claims and completes.
  static void complete(ports::JobStore& store, std::uint64_t first, std::uint64_t count) {
    submit(store, first, count);
    finish(store, claim(store, static_cast<std::uint32_t>(count)), jobs::Completed{"run", "{}"});
  }
  static void work_off(ArchivingJobStore& store) {
    while (taken(store.work()) != Archivist::Step::idle) {
    }
  }
  std::uint64_t recorded() { return taken(kept->list({}, 0, 0)).total; }

  TemporaryFolder folder;
  simulation::TableJobStore table;
  std::unique_ptr<sqlite::SqliteJobHistory> kept =
      std::move(sqlite::SqliteJobHistory::open(folder.path() / "results.sqlite")).value();
  FlakyHistory history{*kept};
  std::unique_ptr<ArchivingJobStore> store = open();
};

TEST_F(Archive, a_completed_job_is_recorded_once_with_its_request_and_worker) {
  complete(*store, 1, 1);
  work_off(*store);
  const auto found = taken(kept->find(job_id(1).text()));
  EXPECT_EQ(found.state, "completed");
  EXPECT_EQ(found.kind, "backtest");
  EXPECT_EQ(found.request, new_job(1).request);
  EXPECT_EQ(found.worker, "north");
  EXPECT_EQ(found.run_id, "run");
  EXPECT_EQ(found.finished_at, job_start + 1s);
  EXPECT_TRUE(found.error.empty());
  EXPECT_EQ(history.records_of(job_id(1)), 1);
  EXPECT_EQ(store->waiting(), 0U);
}

TEST_F(Archive, a_job_cancelled_in_the_queue_is_recorded_with_its_request) {
  submit(*store, 1, 1);
  (void)taken(store->cancel(job_id(1), job_start + 2s));
  work_off(*store);
  const auto found = taken(kept->find(job_id(1).text()));
  EXPECT_EQ(found.state, "cancelled");
  EXPECT_EQ(found.request, new_job(1).request);
  EXPECT_FALSE(found.started_at);
  EXPECT_FALSE(found.error.empty());
}

TEST_F(Archive, what_has_not_ended_is_not_recorded) {
  submit(*store, 1, 2);
  (void)claim(*store, 1);
  work_off(*store);
  EXPECT_EQ(recorded(), 0U);
}

TEST_F(Archive, errors_of_the_inside_stay_inside) {
  submit(*store, 1, 1);
  finish(*store, claim(*store, 1),
         jobs::AttemptFailed{
             result::make_error(ErrorCode::storage, "redis://user:secret@host refused /srv/state."),
             false,
             {}});
  work_off(*store);
  EXPECT_THAT(taken(kept->find(job_id(1).text())).error,
              ::testing::AllOf(::testing::Not(::testing::IsEmpty()),
                               ::testing::Not(::testing::HasSubstr("secret")),
                               ::testing::Not(::testing::HasSubstr("/srv"))));
}

TEST_F(Archive, a_job_that_was_retried_is_recorded_as_it_ended_at_last) {
  submit(*store, 1, 1);
  finish(*store, claim(*store, 1), failed_attempt(false));
  work_off(*store);
  (void)taken(store->retry(job_id(1), job_start + 2s));
  EXPECT_EQ(taken(store->find(job_id(1))).state, JobState::queued);
  finish(*store, claim(*store, 1), jobs::Completed{"run", ""}, job_start + 3s);
  work_off(*store);
  EXPECT_EQ(taken(kept->find(job_id(1).text())).state, "completed");
  EXPECT_EQ(recorded(), 1U);
}

TEST_F(Archive, parts_are_not_recorded_and_their_whole_is) {
  submit(*store, 1, 1);
  finish(*store, claim(*store, 1), fanned_out(3));
  finish(*store, claim(*store, 3), jobs::Completed{"", "1"});
  work_off(*store);
  EXPECT_EQ(recorded(), 0U);
  finish(*store, claim(*store, 1), jobs::Completed{"run", ""});
  work_off(*store);
  EXPECT_EQ(recorded(), 1U);
  EXPECT_EQ(taken(kept->find(job_id(1).text())).request, new_job(1).request);
}

TEST_F(Archive, a_history_that_is_away_holds_nothing_up_and_loses_nothing) {
  history.is_away = true;
  complete(*store, 1, 5);
  EXPECT_FALSE(store->work());
  complete(*store, 11, 5);
  EXPECT_FALSE(store->work());
  EXPECT_EQ(store->waiting(), 10U);
  history.is_away = false;
  work_off(*store);
  EXPECT_EQ(recorded(), 10U);
  EXPECT_EQ(store->waiting(), 0U);
}

TEST_F(Archive, a_process_that_died_before_the_record_makes_it_at_its_next_start) {
  complete(*store, 1, 700);
  submit(*store, 1001, 2);
  finish(*store, claim(*store, 1), failed_attempt(false));
  (void)taken(store->cancel(job_id(1002), job_start));
  store = open();
  work_off(*store);
  EXPECT_EQ(recorded(), 702U);
  EXPECT_EQ(taken(kept->find(job_id(7).text())).request, new_job(7).request);
  store = open();
  work_off(*store);
  EXPECT_EQ(history.records_of(job_id(7)), 1);
}

TEST_F(Archive, an_end_after_a_retry_is_found_at_the_next_start_too) {
  submit(*store, 1, 1);
  finish(*store, claim(*store, 1), failed_attempt(false));
  work_off(*store);
  (void)taken(store->retry(job_id(1), job_start + 2s));
  finish(*store, claim(*store, 1), jobs::Completed{"run", ""}, job_start + 3s);
  store = open();
  work_off(*store);
  EXPECT_EQ(taken(kept->find(job_id(1).text())).state, "completed");
}

TEST_F(Archive, a_look_that_is_disturbed_by_a_retry_misses_no_job) {
  submit(*store, 1, 1'200);
  finish(*store, claim(*store, 1'200), failed_attempt(false));
  store = open();
  while (store->waiting() == 0) (void)taken(store->work());  // one page is looked at
  for (std::uint64_t number = 1'200; number > 1'190; --number) {
    (void)taken(store->retry(job_id(number), job_start + 2s));
  }
  work_off(*store);
  EXPECT_GE(recorded(), 1'190U);
  finish(*store, claim(*store, 10), jobs::Completed{"", "{}"}, job_start + 3s);
  work_off(*store);
  EXPECT_EQ(recorded(), 1'200U);
}

TEST_F(Archive, nothing_is_cleaned_up_before_it_is_in_the_history) {
  work_off(*store);
  history.is_away = true;
  complete(*store, 1, 3);
  EXPECT_EQ(taken(store->clean_up(job_start + 1h, 100)), 0U);
  history.is_away = false;
  work_off(*store);
  EXPECT_EQ(taken(store->clean_up(job_start + 1h, 100)), 3U);
}

TEST_F(Archive, nothing_is_cleaned_up_before_the_store_was_looked_through) {
  complete(*store, 1, 3);
  store = open();
  EXPECT_EQ(taken(store->clean_up(job_start + 1h, 100)), 0U);
  work_off(*store);
  EXPECT_EQ(taken(store->clean_up(job_start + 1h, 100)), 3U);
}

TEST_F(Archive, a_job_that_was_cleaned_up_is_found_in_the_history) {
  complete(*store, 1, 1);
  const auto before = taken(store->find(job_id(1)));
  work_off(*store);
  ASSERT_EQ(taken(store->clean_up(job_start + 1h, 1)), 1U);
  const auto found = taken(store->find(job_id(1)));
  EXPECT_EQ(found.state, JobState::completed);
  EXPECT_EQ(found.run_id, before.run_id);
  EXPECT_EQ(found.job.request, before.job.request);
  EXPECT_EQ(found.finished_at, before.finished_at);
  EXPECT_TRUE(jobs::faults_of(found).empty());
  for (const auto& refused : {store->retry(job_id(1), job_start), store->cancel(job_id(1), {})}) {
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("completed"));
  }
}

TEST_F(Archive, what_neither_knows_is_not_found) {
  const auto missing = store->find(job_id(9));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::not_found);
  EXPECT_EQ(store->cancel(job_id(9), job_start).error().code, ErrorCode::not_found);
  history.is_away = true;
  EXPECT_EQ(store->find(job_id(9)).error().code, ErrorCode::unavailable);
}

TEST_F(Archive, what_other_processes_ended_is_found_by_looking_again) {
  work_off(*store);
  complete(table, 1, 3);
  work_off(*store);
  EXPECT_EQ(recorded(), 0U);
  store->look_through_again();
  work_off(*store);
  EXPECT_EQ(recorded(), 3U);
}

TEST_F(Archive, its_thread_records_without_being_asked) {
  store = open(true);
  complete(*store, 1, 1);
  history.wait_for(job_id(1));
  EXPECT_EQ(taken(kept->find(job_id(1).text())).state, "completed");
}

TEST_F(Archive, what_waits_at_the_end_of_its_life_is_recorded) {
  store = open(true);
  complete(*store, 1, 2'500);
  store.reset();
  EXPECT_EQ(recorded(), 2'500U);
}

}  // namespace
}  // namespace hts::testing
