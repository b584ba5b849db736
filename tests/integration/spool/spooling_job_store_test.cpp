#include "adapters/spool/spooling_job_store.hpp"

#include "../job_store_suite.hpp"
#include "../redis/redis_store_setup.hpp"
#include "../temporary_folder.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"

namespace hts::testing {
namespace {

using jobs::JobState;
using result::ErrorCode;

std::unique_ptr<ports::JobStore> spool_in(const TemporaryFolder& folder) {
  auto opened = sqlite::SqliteJobStore::open(folder.path() / "spool.sqlite");
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

std::unique_ptr<spool::SpoolingJobStore> spooling(std::unique_ptr<ports::JobStore> below,
                                                  std::unique_ptr<ports::JobStore> spool,
                                                  std::uint64_t capacity = 1000) {
  auto opened = spool::SpoolingJobStore::open(std::move(below), std::move(spool), capacity);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

/// A handle of the same jobs.
std::unique_ptr<ports::JobStore> table_of(const simulation::TableJobStore& table) {
  return std::make_unique<simulation::TableJobStore>(table);
}

class SpooledQueue : public JobQueue {
 public:
  std::unique_ptr<ports::JobStore> open() override {
    return spooling(table_of(table_), std::make_unique<simulation::TableJobStore>());
  }

 private:
  simulation::TableJobStore table_;
};

INSTANTIATE_TEST_SUITE_P(Spool, JobStoreSuite,
                         ::testing::Values([] { return std::make_unique<SpooledQueue>(); }));

class SpoolOnRedis : public ::testing::Test {
 protected:
  RedisServer server{{"--appendfsync", "always"}};
  TemporaryFolder folder;
  std::unique_ptr<spool::SpoolingJobStore> store = spooling(store_on(server), spool_in(folder));

  std::vector<ports::SubmitResult> submit(std::uint64_t first, std::uint64_t count) {
    std::vector<ports::SubmitResult> results;
    for (const auto& each : taken(store->transact(submission_of(first, count))).submits) {
      results.push_back(each.result);
    }
    return results;
  }
  /// Until something that the store below has to do is done.
  bool comes_back() {
    ports::JobBatch anything;
    anything.now = job_start;
    anything.capacity = 100'000;
    anything.recover = true;
    // Questions go over a connection of their own.
    return becomes_true([&] { return store->transact(anything).ok() && store->counts().ok(); });
  }
};

using ::testing::Each;
using ::testing::ElementsAre;
using enum ports::SubmitResult;

TEST_F(SpoolOnRedis, jobs_accepted_while_redis_is_away_arrive_in_order_when_it_is_back) {
  EXPECT_THAT(submit(1, 3), Each(accepted));
  server.kill();
  EXPECT_THAT(submit(11, 300), Each(accepted));
  EXPECT_THAT(submit(11, 2), Each(existing));
  EXPECT_EQ(store->waiting(), 300U);
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(store->waiting(), 0U);
  EXPECT_THAT(submit(401, 1), Each(accepted));
  const auto claimed = taken(store->transact(claim_of("north", 1000))).claimed;
  ASSERT_EQ(claimed.size(), 304U);
  for (std::size_t i = 0; i < claimed.size(); ++i) {
    const std::uint64_t number = i < 3 ? i + 1 : i < 303 ? i + 8 : 401;
    ASSERT_EQ(claimed[i].job, new_job(number));
  }
}

TEST_F(SpoolOnRedis, what_waits_is_measured_also_by_the_next_process) {
  EXPECT_EQ(store->readings().waiting, 0U);
  server.kill();
  submit(1, 3);
  const std::uint64_t bytes = 3 * new_job(1).request.size();
  EXPECT_EQ(store->readings().waiting, 3U);
  EXPECT_EQ(store->readings().bytes, bytes);
  EXPECT_EQ(store->readings().oldest, new_job(1).created_at);
  store.reset();
  store = spooling(store_on(server), spool_in(folder));
  EXPECT_EQ(store->readings().bytes, bytes);
  EXPECT_EQ(store->readings().oldest, new_job(1).created_at);
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(store->readings().waiting, 0U);
  EXPECT_EQ(store->readings().bytes, 0U);
  EXPECT_FALSE(store->readings().oldest);
}

TEST_F(SpoolOnRedis, a_spooled_job_is_found_and_listed) {
  server.kill();
  submit(1, 2);
  const auto found = taken(store->find(job_id(1)));
  EXPECT_EQ(found.job, new_job(1));
  EXPECT_EQ(found.state, JobState::queued);
  const auto page = taken(store->list({}, 0, 10));
  ASSERT_EQ(page.jobs.size(), 2U);
  EXPECT_EQ(page.jobs[0].job.id, job_id(2));
  EXPECT_FALSE(store->find(job_id(3)));
}

TEST_F(SpoolOnRedis, what_still_waits_is_listed_before_what_redis_has) {
  submit(1, 3);
  server.kill();
  submit(11, 2);
  server.start();
  ASSERT_TRUE(becomes_true([&] { return store->counts().ok(); }));
  EXPECT_EQ(store->waiting(), 2U);
  const auto numbers_of = [&](std::uint64_t offset, std::uint64_t limit) {
    const auto page = taken(store->list({}, offset, limit));
    EXPECT_EQ(page.total, 5U);
    std::vector<jobs::JobId> ids;
    for (const jobs::JobRecord& record : page.jobs) ids.push_back(record.job.id);
    return ids;
  };
  EXPECT_THAT(numbers_of(0, 1), ElementsAre(job_id(12)));
  EXPECT_THAT(numbers_of(1, 3), ElementsAre(job_id(11), job_id(3), job_id(2)));
  EXPECT_THAT(numbers_of(4, 10), ElementsAre(job_id(1)));
  EXPECT_THAT(numbers_of(5, 10), ElementsAre());
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(numbers_of(0, 10).size(), 5U);
}

TEST_F(SpoolOnRedis, a_spooled_job_that_was_cancelled_arrives_cancelled) {
  server.kill();
  submit(1, 2);
  EXPECT_EQ(taken(store->cancel(job_id(1), job_start)).at(0).state, JobState::cancelled);
  EXPECT_EQ(taken(store->find(job_id(1))).state, JobState::cancelled);
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(taken(store->find(job_id(1))).state, JobState::cancelled);
  const auto counts = taken(store->counts());
  EXPECT_EQ(counts.cancelled, 1U);
  EXPECT_EQ(counts.queued, 1U);
  EXPECT_EQ(store->waiting(), 0U);
}

TEST_F(SpoolOnRedis, whatever_needs_redis_says_that_it_is_away) {
  submit(1, 1);
  const auto claimed = taken(store->transact(claim_of("north", 1))).claimed;
  server.kill();
  submit(2, 1);
  const auto expect_away = [](const auto& answer) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::unavailable);
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr("redis-cli"));
  };
  expect_away(store->transact(completion_of(claimed)));
  expect_away(store->transact(claim_of("north", 1)));
  auto mixed = submission_of(3, 1);
  mixed.recover = true;
  expect_away(store->transact(mixed));
  expect_away(store->find(job_id(1)));
  expect_away(store->cancel(job_id(1), job_start));
  expect_away(store->counts());
  expect_away(store->retry(job_id(1), job_start));
  expect_away(store->set_paused(true));
  EXPECT_EQ(store->waiting(), 1U);
}

TEST_F(SpoolOnRedis, the_spool_is_bounded) {
  store = spooling(store_on(server), spool_in(folder), 5);
  server.kill();
  EXPECT_THAT(submit(1, 5), Each(accepted));
  EXPECT_THAT(submit(6, 1), Each(full));
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(taken(store->counts()).queued, 5U);
}

TEST_F(SpoolOnRedis, what_was_spooled_survives_the_end_of_the_process) {
  server.kill();
  submit(1, 20);
  store.reset();
  {
    // It died while it handed on: the spool has them as taken.
    const auto spool = spool_in(folder);
    ASSERT_EQ(taken(spool->transact(claim_of("spool", 7))).claimed.size(), 7U);
  }
  store = spooling(store_on(server), spool_in(folder));
  EXPECT_EQ(store->waiting(), 20U);
  EXPECT_EQ(taken(store->find(job_id(1))).state, JobState::queued);
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(taken(store->counts()).queued, 20U);
}

TEST_F(SpoolOnRedis, a_key_that_was_taken_meanwhile_goes_and_the_job_stays) {
  auto first = submission_of(1, 1);
  first.submits[0].idempotency_key = "mine";
  ASSERT_TRUE(store_on(server)->transact(first));
  server.kill();
  auto same = submission_of(2, 2);
  same.submits[0].idempotency_key = "mine";
  EXPECT_EQ(taken(store->transact(same)).submits[0].result, accepted);
  server.start();
  ASSERT_TRUE(comes_back());
  EXPECT_EQ(taken(store->find(job_id(2))).state, JobState::queued);
  EXPECT_EQ(taken(store->find(job_id(2))).job.idempotency_key, "");
  EXPECT_EQ(taken(store->counts()).queued, 3U);
}

TEST_F(SpoolOnRedis, where_redis_is_full_the_spool_waits_for_room) {
  submit(1, 3);
  server.kill();
  submit(11, 4);
  server.start();
  ports::JobBatch bounded;
  bounded.now = job_start;
  bounded.capacity = 5;
  ASSERT_TRUE(becomes_true([&] { return store->transact(bounded).ok(); }));
  EXPECT_EQ(store->waiting(), 2U);
  EXPECT_EQ(taken(store->counts()).queued, 5U);
  ASSERT_EQ(taken(store->transact(claim_of("north", 4))).claimed.size(), 4U);
  ASSERT_TRUE(store->transact(bounded));
  EXPECT_EQ(store->waiting(), 0U);
}

/// A store that is away before or after it has done what was asked, as the seed has it.
class FlakyStore final : public ports::JobStore {
 public:
  FlakyStore(simulation::TableJobStore table, std::uint64_t seed)
      : table_(std::move(table)), random_(seed) {}

  bool is_honest = false;

  result::Result<ports::JobBatchResult> transact(const ports::JobBatch& batch) override {
    return flaky([&] { return table_.transact(batch); });
  }
  result::Result<jobs::JobRecord> find(const jobs::JobId& id) override {
    return flaky([&] { return table_.find(id); });
  }
  result::Result<ports::JobPage> list(const ports::JobFilter& filter, std::uint64_t offset,
                                      std::uint64_t limit) override {
    return flaky([&] { return table_.list(filter, offset, limit); });
  }
  result::Result<ports::JobCounts> counts() override {
    return flaky([&] { return table_.counts(); });
  }
  result::Result<std::vector<std::string>> part_outputs(const jobs::JobId& whole) override {
    return flaky([&] { return table_.part_outputs(whole); });
  }
  result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                      time::Timestamp now) override {
    return flaky([&] { return table_.cancel(id, now); });
  }
  result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                     time::Timestamp now) override {
    return flaky([&] { return table_.retry(id, now); });
  }
  result::Result<std::uint64_t> requeue_dead_letters(const std::optional<jobs::JobId>& id,
                                                     time::Timestamp now) override {
    return flaky([&] { return table_.requeue_dead_letters(id, now); });
  }
  result::Result<std::uint64_t> drop_dead_letters(const std::optional<jobs::JobId>& id) override {
    return flaky([&] { return table_.drop_dead_letters(id); });
  }
  result::Status set_paused(bool paused) override {
    return flaky([&] { return table_.set_paused(paused); });
  }
  result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                       time::Timestamp now) override {
    return flaky([&] { return table_.release(worker, now); });
  }
  result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                         std::uint64_t most) override {
    return flaky([&] { return table_.clean_up(finished_before, most); });
  }

 private:
  template <class Call>
  auto flaky(Call call) -> decltype(call()) {
    const auto draw = is_honest ? 9 : random_() % 4;
    if (draw == 0) return result::make_error(ErrorCode::unavailable, "It is away; wait.");
    auto answer = call();
    if (draw == 1) return result::make_error(ErrorCode::unavailable, "The answer is lost; wait.");
    return answer;
  }

  simulation::TableJobStore table_;
  std::mt19937_64 random_;
};

TEST(Spool, every_accepted_job_arrives_once_and_cancelled_ones_cancelled) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::mt19937_64 random{seed};
    simulation::TableJobStore table;
    const simulation::TableJobStore spool;
    auto store = spooling(std::make_unique<FlakyStore>(table, seed), table_of(spool));
    std::map<jobs::JobId, bool> is_cancelled;
    std::uint64_t last = 0;
    for (int step = 0; step < 60; ++step) {
      const std::uint64_t count = 1 + random() % 4;
      const auto answer = store->transact(submission_of(last + 1, count));
      for (std::uint64_t i = 0; answer && i < count; ++i) {
        is_cancelled.emplace(job_id(last + 1 + i), false);
      }
      last += count;
      if (random() % 2 == 0) {
        const auto id = job_id(1 + random() % last);
        if (is_cancelled.contains(id) && store->cancel(id, job_start)) is_cancelled[id] = true;
      }
      if (random() % 20 == 0) {
        store.reset();
        store = spooling(std::make_unique<FlakyStore>(table, random()), table_of(spool));
      }
    }
    store.reset();
    auto honest = std::make_unique<FlakyStore>(table, seed);
    honest->is_honest = true;
    store = spooling(std::move(honest), table_of(spool));
    ASSERT_TRUE(store->transact(submission_of(last + 1, 1)));
    EXPECT_EQ(store->waiting(), 0U);
    for (const auto& [id, cancelled] : is_cancelled) {
      const auto record = store->find(id);
      ASSERT_TRUE(record) << "seed " << seed;
      if (cancelled) {
        EXPECT_EQ(record->state, JobState::cancelled) << "seed " << seed;
      }
    }
    const auto counts = taken(store->counts());
    EXPECT_GE(counts.queued + counts.cancelled, is_cancelled.size() + 1);
  }
}

}  // namespace
}  // namespace hts::testing
