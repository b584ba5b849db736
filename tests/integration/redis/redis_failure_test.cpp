#include <mutex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "redis_store_setup.hpp"

namespace hts::redis {
namespace {

using jobs::JobState;
using ports::JobSignal;
using result::ErrorCode;
using testing::becomes_true;
using testing::claim_of;
using testing::completion_of;
using testing::job_lease;
using testing::job_start;
using testing::RedisServer;
using testing::store_on;
using testing::submission_of;
using namespace std::chrono_literals;

TEST(RedisFailure, jobs_survive_a_server_that_is_killed_and_started_again) {
  RedisServer server({"--appendfsync", "always"});
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 100)));
  const auto claimed = store->transact(claim_of("north", 30));
  ASSERT_TRUE(claimed);
  server.kill();
  const auto refused = store->transact(completion_of(claimed->claimed));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);

  server.start();
  std::optional<ports::JobBatchResult> finished;
  ASSERT_TRUE(becomes_true([&] {
    auto again = store->transact(completion_of(claimed->claimed));
    if (again) finished = std::move(*again);
    return finished.has_value();
  }));
  EXPECT_THAT(finished->finishes, ::testing::Each(jobs::FinishResult::done));
  const auto counts = store->counts();
  ASSERT_TRUE(counts);
  EXPECT_EQ(counts->completed, 30U);
  EXPECT_EQ(counts->queued, 70U);
}

TEST(RedisFailure, a_restart_between_two_calls_goes_unnoticed) {
  RedisServer server({"--appendfsync", "always"});
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 3)));
  server.kill();
  server.start();
  const auto claimed = store->transact(claim_of("north", 5));
  ASSERT_TRUE(claimed) << claimed.error().message;
  EXPECT_EQ(claimed->claimed.size(), 3U);
}

TEST(RedisFailure, a_server_that_accepts_and_never_answers_is_unavailable) {
  RedisServer server;
  auto options = testing::callers_clock();
  options.answer_timeout = 100ms;
  const auto store = store_on(server, options);
  server.freeze();
  const auto refused = store->transact(submission_of(1, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("did not answer within 0.1 s"));
  const auto unread = store->counts();
  ASSERT_FALSE(unread);
  EXPECT_EQ(unread.error().code, ErrorCode::unavailable);
  server.thaw();
  EXPECT_TRUE(becomes_true([&] { return store->transact(submission_of(1, 1)).ok(); }));
  EXPECT_TRUE(becomes_true([&] { return store->counts().ok(); }));
  EXPECT_EQ(store->counts()->queued, 1U);
}

TEST(RedisFailure, scripts_that_the_server_forgot_are_taught_again) {
  RedisServer server;
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 300)));
  server.command("SCRIPT FLUSH");
  auto batch = submission_of(1001, 300);
  batch.claim = ports::Claim{"north", 600, job_lease};
  const auto claimed = store->transact(batch);
  ASSERT_TRUE(claimed);
  EXPECT_EQ(claimed->claimed.size(), 600U);
  server.command("SCRIPT FLUSH");
  ASSERT_TRUE(store->transact(completion_of(claimed->claimed)));
  EXPECT_EQ(store->counts()->completed, 600U);
}

TEST(RedisFailure, a_queue_whose_group_is_gone_goes_on) {
  RedisServer server;
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 2)));
  server.command("XGROUP DESTROY hts:{jobs}:queue:5 hts");
  EXPECT_EQ(store->transact(claim_of("north", 5))->claimed.size(), 2U);
}

TEST(RedisFailure, a_server_without_memory_is_unavailable_and_keeps_what_it_has) {
  RedisServer server;
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 1)));
  server.command("CONFIG SET maxmemory 1");
  const auto refused = store->transact(submission_of(2, 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("maxmemory"));
  server.command("CONFIG SET maxmemory 0");
  EXPECT_EQ(store->counts()->queued, 1U);
  EXPECT_TRUE(store->transact(submission_of(2, 1)));
}

TEST(RedisFailure, two_workers_that_claim_at_once_never_get_the_same_job) {
  RedisServer server;
  constexpr std::uint64_t count = 3000;
  ASSERT_TRUE(store_on(server)->transact(submission_of(1, count)));
  std::mutex mutex;
  std::multiset<jobs::JobId> done;
  const auto work = [&](const std::string& name) {
    const auto store = store_on(server);
    ports::JobBatch batch = claim_of(name, 7);
    for (;;) {
      const auto got = store->transact(batch);
      if (!got || (got->claimed.empty() && batch.finishes.empty())) return;
      {
        const std::scoped_lock lock(mutex);
        for (const jobs::FinishResult result : got->finishes) {
          EXPECT_EQ(result, jobs::FinishResult::done);
        }
        for (const auto& record : got->claimed) done.insert(record.job.id);
      }
      batch.finishes = completion_of(got->claimed).finishes;
    }
  };
  std::thread north(work, "north");
  std::thread south(work, "south");
  north.join();
  south.join();
  EXPECT_EQ(done.size(), count);
  EXPECT_EQ(std::set<jobs::JobId>(done.begin(), done.end()).size(), count);
  EXPECT_EQ(store_on(server)->counts()->completed, count);
}

TEST(RedisFailure, parts_that_two_workers_end_at_once_are_all_counted) {
  RedisServer server;
  constexpr std::uint32_t parts = 400;
  const auto store = store_on(server);
  ASSERT_TRUE(store->transact(submission_of(1, 1)));
  const auto whole = store->transact(claim_of("north", 1))->claimed.at(0);
  ports::JobBatch fan_out;
  fan_out.now = job_start;
  fan_out.finishes.push_back({whole.job.id, whole.lease->token, testing::fanned_out(parts)});
  ASSERT_TRUE(store->transact(fan_out));
  const auto work = [&](const std::string& name) {
    const auto mine = store_on(server);
    for (;;) {
      const auto got = mine->transact(claim_of(name, 3));
      if (!got || got->claimed.empty() || got->claimed[0].joins) return;
      EXPECT_TRUE(mine->transact(completion_of(got->claimed)));
    }
  };
  std::thread north(work, "north");
  std::thread south(work, "south");
  north.join();
  south.join();
  const auto joined = store->find(whole.job.id);
  ASSERT_TRUE(joined);
  EXPECT_TRUE(joined->joins);
  EXPECT_EQ(joined->open_parts, 0U);
}

TEST(RedisFailure, leases_go_by_the_clock_of_the_server) {
  RedisServer server;
  const auto store = store_on(server, {});
  ASSERT_TRUE(store->transact(submission_of(1, 1)));
  const auto claimed = store->transact(claim_of("north", 1));
  ASSERT_EQ(claimed->claimed.size(), 1U);
  // The clock of this machine, a century ahead, ends nothing.
  ports::JobBatch recovery;
  recovery.now = job_start + 24h * 36'500;
  recovery.recover = true;
  EXPECT_TRUE(store->transact(recovery)->changed.empty());
  EXPECT_EQ(store->find(claimed->claimed[0].job.id)->state, JobState::running);
  // A lease of no length is over at once.
  ASSERT_TRUE(store->transact(completion_of(claimed->claimed)));
  ASSERT_TRUE(store->transact(submission_of(2, 1)));
  auto brief = claim_of("north", 1);
  brief.claim->lease = 0s;
  ASSERT_EQ(store->transact(brief)->claimed.size(), 1U);
  recovery.now = job_start;
  EXPECT_EQ(store->transact(recovery)->changed.size(), 1U);
}

/// What was heard, from any thread.
class Ear {
 public:
  void hear(const JobSignal& signal) {
    const std::scoped_lock lock(mutex_);
    heard_.emplace_back(signal.kind, signal.id);
  }
  [[nodiscard]] std::size_t count(JobSignal::Kind kind, const jobs::JobId& id = {}) const {
    const std::scoped_lock lock(mutex_);
    return static_cast<std::size_t>(std::ranges::count(heard_, std::pair{kind, id}));
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<JobSignal::Kind, jobs::JobId>> heard_;
};

TEST(RedisSignals, a_store_hears_what_the_others_do_and_not_itself) {
  RedisServer server;
  const auto daemon = store_on(server);
  const auto worker = store_on(server);
  Ear ear;
  worker->listen([&](const JobSignal& signal) { ear.hear(signal); });
  ASSERT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::work) == 1; }));

  ASSERT_TRUE(daemon->transact(submission_of(1, 2)));
  ASSERT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::work) == 2; }));
  const auto claimed = worker->transact(claim_of("north", 1));
  const jobs::JobId id = claimed->claimed.at(0).job.id;
  ASSERT_TRUE(daemon->cancel(id, job_start));
  EXPECT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::cancel_requested, id) == 1; }));
  EXPECT_EQ(ear.count(JobSignal::Kind::changed, id), 0U);
  const jobs::JobId other = testing::job_id(2);
  ASSERT_TRUE(daemon->cancel(other, job_start));
  EXPECT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::changed, other) == 1; }));
}

TEST(RedisSignals, who_listens_is_told_of_work_after_each_connection) {
  RedisServer server;
  const auto store = store_on(server);
  Ear ear;
  store->listen([&](const JobSignal& signal) { ear.hear(signal); });
  ASSERT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::work) == 1; }));
  server.kill();
  server.start();
  EXPECT_TRUE(becomes_true([&] { return ear.count(JobSignal::Kind::work) == 2; }));
}

}  // namespace
}  // namespace hts::redis
