#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/ports/job_store.hpp"
#include "job_samples.hpp"

namespace hts::testing {

/// An empty queue and the short way of asking it.
class JobStoreSuite : public ::testing::TestWithParam<std::function<std::unique_ptr<JobQueue>()>> {
 protected:
  static constexpr std::uint64_t capacity = 1'000;

  ports::JobBatch batch(time::Timestamp now = job_start) const {
    ports::JobBatch batch;
    batch.now = now;
    batch.capacity = capacity;
    batch.lease = job_lease;
    return batch;
  }
  ports::Submitted submit(const jobs::NewJob& job, std::uint64_t bound = capacity) {
    auto one = batch();
    one.submits = {job};
    one.capacity = bound;
    const auto answer = taken(store->transact(one));
    return answer.submits.empty() ? ports::Submitted{} : answer.submits.front();
  }
  void submit(std::uint64_t number, int priority = jobs::default_priority) {
    auto job = new_job(number);
    job.priority = priority;
    EXPECT_EQ(submit(job).result, ports::SubmitResult::accepted);
  }
  std::vector<jobs::JobRecord> claim(std::uint32_t most, time::Timestamp now = job_start,
                                     const std::string& worker = "north") {
    auto one = batch(now);
    one.claim = ports::Claim{worker, most, job_lease};
    return taken(store->transact(one)).claimed;
  }
  std::vector<jobs::JobId> claim_ids(std::uint32_t most, time::Timestamp now = job_start) {
    return ids_of(claim(most, now));
  }
  /// Of the newest lease.
  ports::JobBatchResult finish(const jobs::JobId& id, jobs::WorkEnd end,
                               time::Timestamp now = job_start) {
    auto one = batch(now);
    one.finishes = {{id, find(id).claims, std::move(end)}};
    auto answer = taken(store->transact(one));
    EXPECT_THAT(answer.finishes, ::testing::ElementsAre(jobs::FinishResult::done));
    return answer;
  }
  ports::JobBatchResult recover(time::Timestamp now) {
    auto one = batch(now);
    one.recover = true;
    return taken(store->transact(one));
  }
  jobs::JobRecord find(const jobs::JobId& id) { return taken(store->find(id)); }
  jobs::JobState state(std::uint64_t number) { return find(job_id(number)).state; }
  static std::vector<jobs::JobId> ids_of(const std::vector<jobs::JobRecord>& records) {
    std::vector<jobs::JobId> ids;
    for (const auto& record : records) ids.push_back(record.job.id);
    return ids;
  }
  static jobs::JobId part(std::uint64_t whole, std::uint32_t number) {
    return jobs::JobId::part_of(job_id(whole), number);
  }
  std::vector<jobs::JobId> list(const ports::JobFilter& filter = {}, std::uint64_t offset = 0,
                                std::uint64_t limit = 100) {
    return ids_of(taken(store->list(filter, offset, limit)).jobs);
  }
  template <class Answer>
  static void expect_not_found(const Answer& answer) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, result::ErrorCode::not_found);
    EXPECT_EQ(answer.error().field, "task_id");
  }
  template <class Answer>
  static void expect_conflict(const Answer& answer, const std::string& state) {
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, result::ErrorCode::conflict);
    EXPECT_EQ(answer.error().field, "task_id");
    EXPECT_THAT(answer.error().message, ::testing::HasSubstr(state));
  }
  void reopen() {
    store.reset();
    store = queue->open();
    ASSERT_TRUE(store);
  }

  std::unique_ptr<JobQueue> queue = GetParam()();
  std::unique_ptr<ports::JobStore> store = queue->open();
};

using ports::SubmitResult;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

}  // namespace hts::testing
