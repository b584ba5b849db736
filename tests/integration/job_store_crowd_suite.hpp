#pragma once

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <tuple>

#include "adapters/simulation/table_job_store.hpp"
#include "job_script.hpp"
#include "job_store_fixture.hpp"

/// Many who use one queue at once, or do whatever comes to their minds.
namespace hts::testing {

/// Two answers to one question.
template <class Answer>
void expect_equal_errors(const Answer& got, const Answer& wanted) {
  ASSERT_EQ(got.ok(), wanted.ok()) << (got ? "" : got.error().message);
  if (!got) {
    EXPECT_EQ(got.error().code, wanted.error().code);
    EXPECT_EQ(got.error().field, wanted.error().field);
  }
}

inline void expect_equal(const ports::JobBatchResult& got, const ports::JobBatchResult& wanted) {
  const auto told = [](const ports::JobBatchResult& answer) {
    std::vector<std::tuple<ports::SubmitResult, jobs::JobId, jobs::JobState, time::Timestamp>> all;
    for (const auto& each : answer.submits) {
      all.emplace_back(each.result, each.id, each.state, each.created_at);
    }
    return all;
  };
  EXPECT_EQ(told(got), told(wanted));
  EXPECT_EQ(got.finishes, wanted.finishes);
  EXPECT_EQ(got.heartbeats, wanted.heartbeats);
  EXPECT_EQ(comparable(got.changed), comparable(wanted.changed));
  std::vector<jobs::JobId> order;
  std::vector<jobs::JobId> wanted_order;
  for (const auto& record : got.claimed) order.push_back(record.job.id);
  for (const auto& record : wanted.claimed) wanted_order.push_back(record.job.id);
  EXPECT_EQ(order, wanted_order);
  EXPECT_EQ(comparable(got.claimed), comparable(wanted.claimed));
}

inline void expect_equal(const ports::JobCounts& got, const ports::JobCounts& wanted) {
  EXPECT_EQ(got.queued, wanted.queued);
  EXPECT_EQ(got.running, wanted.running);
  EXPECT_EQ(got.completed, wanted.completed);
  EXPECT_EQ(got.failed, wanted.failed);
  EXPECT_EQ(got.cancelled, wanted.cancelled);
  EXPECT_EQ(got.dead_letters, wanted.dead_letters);
  EXPECT_EQ(got.queued_by_priority, wanted.queued_by_priority);
  EXPECT_EQ(got.oldest_queued_at, wanted.oldest_queued_at);
  EXPECT_EQ(got.next_available_at, wanted.next_available_at);
  EXPECT_EQ(got.paused, wanted.paused);
}

inline void expect_equal(const result::Result<std::vector<jobs::JobRecord>>& got,
                         const result::Result<std::vector<jobs::JobRecord>>& wanted) {
  expect_equal_errors(got, wanted);
  if (got && wanted) {
    EXPECT_EQ(comparable(*got), comparable(*wanted));
  }
}

inline void expect_equal(const result::Result<std::uint64_t>& got,
                         const result::Result<std::uint64_t>& wanted) {
  expect_equal_errors(got, wanted);
  if (got && wanted) {
    EXPECT_EQ(*got, *wanted);
  }
}

/// Everything that can be asked without changing anything.
inline void expect_equal_jobs(ports::JobStore& store, ports::JobStore& model, JobScript& script) {
  std::set<jobs::JobId> ids{script.ids().begin(), script.ids().end()};
  for (const auto& id : ids) {
    const auto got = store.find(id);
    const auto wanted = model.find(id);
    expect_equal_errors(got, wanted);
    if (got && wanted) {
      EXPECT_EQ(comparable({*got}), comparable({*wanted}));
    }
    const auto outputs = store.part_outputs(id);
    const auto wanted_outputs = model.part_outputs(id);
    if (outputs && wanted_outputs) {
      EXPECT_EQ(*outputs, *wanted_outputs);
    }
  }
  for (int i = 0; i < 10; ++i) {
    ports::JobFilter filter;
    if (script.below(2) == 0) filter.state = static_cast<jobs::JobState>(script.below(5));
    if (script.below(3) == 0) filter.kind = script.below(2) == 0 ? "sweep" : "backtest";
    if (script.below(4) == 0) filter.is_dead_letter = script.below(2) == 0;
    if (script.below(4) == 0) filter.parts_of = script.any_id();
    const std::uint64_t offset = script.below(6);
    const std::uint64_t limit = script.below(30);
    const auto got = taken(store.list(filter, offset, limit));
    const auto wanted = taken(model.list(filter, offset, limit));
    EXPECT_EQ(got.total, wanted.total);
    std::vector<jobs::JobId> order;
    std::vector<jobs::JobId> wanted_order;
    for (const auto& record : got.jobs) order.push_back(record.job.id);
    for (const auto& record : wanted.jobs) wanted_order.push_back(record.job.id);
    EXPECT_EQ(order, wanted_order);
  }
  expect_equal(taken(store.counts()), taken(model.counts()));
}

/// One thing that people do.
inline void do_anything(ports::JobStore& store, ports::JobStore& model, JobScript& script) {
  const jobs::JobId id = script.any_id();
  const time::Timestamp now = script.now();
  switch (script.below(9)) {
    case 0:
    case 1:
      return expect_equal(store.cancel(id, now), model.cancel(id, now));
    case 2:
    case 3:
      return expect_equal(store.retry(id, now), model.retry(id, now));
    case 4:
      return expect_equal(store.requeue_dead_letters(id, now), model.requeue_dead_letters(id, now));
    case 5:
      return expect_equal(store.drop_dead_letters(id), model.drop_dead_letters(id));
    case 6: {
      const std::string worker = script.any_worker();
      return expect_equal(store.release(worker, now), model.release(worker, now));
    }
    case 7: {
      const bool paused = script.below(4) == 0;
      return expect_equal_errors(store.set_paused(paused), model.set_paused(paused));
    }
    default:
      if (script.below(4) == 0) {
        return expect_equal(store.requeue_dead_letters(std::nullopt, now),
                            model.requeue_dead_letters(std::nullopt, now));
      }
      const auto before = now - std::chrono::seconds{30 + script.below(90)};
      const std::uint64_t most = script.below(6);
      expect_equal(store.clean_up(before, most), model.clean_up(before, most));
  }
}

TEST_P(JobStoreSuite, whatever_happens_it_is_equal_to_the_table) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const auto fresh = GetParam()();
    auto tested = fresh->open();
    simulation::TableJobStore model;
    JobScript script{seed};
    for (int step = 0; step < 150 && !HasFailure(); ++step) {
      const auto batch = script.next();
      const auto wanted = taken(model.transact(batch));
      expect_equal(taken(tested->transact(batch)), wanted);
      script.heed(wanted);
      if (script.below(2) == 0) do_anything(*tested, model, script);
      if (step % 30 == 29) expect_equal_jobs(*tested, model, script);
      if (step % 50 == 49) {
        tested.reset();
        tested = fresh->open();
      }
      ASSERT_FALSE(HasFailure()) << "seed " << seed << ", step " << step;
    }
    expect_equal_jobs(*tested, model, script);
  }
}

TEST_P(JobStoreSuite, no_job_is_held_twice_however_many_claim_at_once) {
  constexpr std::uint64_t jobs_each = 100;
  constexpr std::uint64_t threads = 4;
  // Every second one has a store of its own, as another process would.
  const auto other = queue->open();
  std::mutex mutex;
  std::map<jobs::JobId, int> held;
  std::atomic<std::uint64_t> ended = 0;
  std::vector<std::thread> crowd;
  for (std::uint64_t t = 0; t < threads; ++t) {
    crowd.emplace_back([&, t] {
      ports::JobStore& mine = t % 2 == 0 ? *store : *other;
      std::uint64_t submitted = 0;
      for (int idle = 0; ended < threads * jobs_each && idle < 10'000; ++idle) {
        auto one = batch();
        for (int i = 0; i < 7 && submitted < jobs_each; ++i) {
          one.submits.push_back(new_job(t * jobs_each + submitted++));
        }
        one.claim = ports::Claim{"worker " + std::to_string(t), 5, job_lease};
        const auto claimed = taken(mine.transact(one)).claimed;
        auto told = batch();
        for (const auto& record : claimed) {
          const std::lock_guard lock{mutex};
          ++held[record.job.id];
          told.finishes.push_back({record.job.id, record.lease->token, jobs::Completed{}});
        }
        if (told.finishes.empty()) continue;
        for (const auto result : taken(mine.transact(told)).finishes) {
          EXPECT_EQ(result, jobs::FinishResult::done);
        }
        ended += told.finishes.size();
        EXPECT_TRUE(mine.find(told.finishes.front().id));
      }
    });
  }
  for (auto& thread : crowd) thread.join();
  EXPECT_EQ(held.size(), threads * jobs_each);
  EXPECT_TRUE(std::ranges::all_of(held, [](const auto& each) { return each.second == 1; }));
  EXPECT_EQ(taken(store->counts()).completed, threads * jobs_each);
}

}  // namespace hts::testing
