#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/job_history.hpp"
#include "side_samples.hpp"

/// What every implementation of ports::JobHistory must do. A test program of an adapter includes
/// this and instantiates `JobHistorySuite` with a function that makes an empty history.
namespace hts::testing {

/// One history; every store that it opens sees the same jobs, as another process would.
class JobHistoryPlace {
 public:
  virtual ~JobHistoryPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::JobHistory> open() = 0;
};

class JobHistorySuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<JobHistoryPlace>()>> {
 protected:
  void record(const std::vector<int>& numbers) {
    std::vector<ports::EndedJob> jobs;
    for (const int number : numbers) jobs.push_back(sample_job(number));
    const auto recorded = history->record(jobs);
    EXPECT_TRUE(recorded) << recorded.error().message;
  }
  std::vector<std::string> ids_of(const ports::EndedJobFilter& filter, std::uint64_t offset = 0,
                                  std::uint64_t limit = 100) {
    const auto page = history->list(filter, offset, limit);
    std::vector<std::string> ids;
    if (!page) {
      ADD_FAILURE() << page.error().message;
      return ids;
    }
    for (const auto& job : page->jobs) ids.push_back(job.job_id);
    return ids;
  }

  std::unique_ptr<JobHistoryPlace> place = GetParam()();
  std::unique_ptr<ports::JobHistory> history = place->open();
};

TEST_P(JobHistorySuite, a_recorded_job_is_found_with_every_field) {
  record({1, 3});
  for (const int number : {1, 3}) {
    const auto found = place->open()->find("job-" + std::to_string(number));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, sample_job(number));
  }
}

TEST_P(JobHistorySuite, a_job_that_never_ran_has_no_start) {
  ports::EndedJob job;
  job.job_id = "x";
  job.state = "cancelled";
  ASSERT_TRUE(history->record({job}));
  EXPECT_EQ(*history->find("x"), job);
  EXPECT_EQ(history->list({}, 0, 1)->jobs.front(), job);
}

TEST_P(JobHistorySuite, what_is_not_there_is_not_found) {
  const auto missing = history->find("job-1");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(missing.error().field, "job_id");
  EXPECT_TRUE(ids_of({}).empty());
  EXPECT_EQ(history->list({}, 0, 10)->total, 0U);
  EXPECT_TRUE(history->record({}));
}

TEST_P(JobHistorySuite, a_job_recorded_again_takes_the_place_of_the_first) {
  record({3, 4});
  auto again = sample_job(3);
  again.state = "completed";
  again.error.clear();
  again.attempts = 5;
  again.started_at.reset();
  ASSERT_TRUE(history->record({sample_job(3), again}));
  EXPECT_EQ(*history->find("job-3"), again);
  EXPECT_EQ(history->list({}, 0, 10)->total, 2U);
}

TEST_P(JobHistorySuite, the_list_is_paged_with_what_finished_last_first) {
  record({2, 5, 1, 4, 3});
  EXPECT_EQ(ids_of({}, 0, 2), (std::vector<std::string>{"job-5", "job-4"}));
  EXPECT_EQ(ids_of({}, 2, 2), (std::vector<std::string>{"job-3", "job-2"}));
  EXPECT_EQ(ids_of({}, 4, 2), (std::vector<std::string>{"job-1"}));
  EXPECT_TRUE(ids_of({}, 5, 2).empty());
  EXPECT_TRUE(ids_of({}, 0, 0).empty());
  EXPECT_EQ(ids_of({}, 0, UINT64_MAX).size(), 5U);
  EXPECT_TRUE(ids_of({}, UINT64_MAX, UINT64_MAX).empty());
  EXPECT_EQ(history->list({}, 5, 2)->total, 5U);
}

TEST_P(JobHistorySuite, of_jobs_of_one_instant_the_one_recorded_last_comes_first) {
  std::vector<ports::EndedJob> jobs;
  for (const int number : {2, 3, 1}) {
    jobs.push_back(sample_job(number));
    jobs.back().finished_at = time::from_milliseconds(1'700'000'000'000);
  }
  ASSERT_TRUE(history->record(jobs));
  EXPECT_EQ(ids_of({}), (std::vector<std::string>{"job-1", "job-3", "job-2"}));
  ASSERT_TRUE(history->record({jobs.front()}));
  EXPECT_EQ(ids_of({}), (std::vector<std::string>{"job-2", "job-1", "job-3"}));
}

TEST_P(JobHistorySuite, a_filter_takes_state_kind_and_time_alone_or_together) {
  record({1, 2, 3, 4, 5, 6});
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of({"failed", "", {}}), (Ids{"job-6", "job-3"}));
  EXPECT_EQ(ids_of({"", "sweep", {}}), (Ids{"job-6", "job-4", "job-2"}));
  EXPECT_EQ(ids_of({"failed", "sweep", {}}), (Ids{"job-6"}));
  EXPECT_TRUE(ids_of({"' OR '1'='1", "", {}}).empty());
  const time::TimeRange range{sample_job(2).finished_at, sample_job(5).finished_at};
  EXPECT_EQ(ids_of({"", "", range}), (Ids{"job-4", "job-3", "job-2"}));
  EXPECT_EQ(ids_of({"completed", "sweep", range}, 1, 1), (Ids{"job-2"}));
  EXPECT_EQ(history->list({"completed", "sweep", range}, 0, 1)->total, 2U);
}

TEST_P(JobHistorySuite, old_jobs_are_forgotten) {
  record({1, 2, 3});
  const auto removed = history->remove_before(sample_job(3).finished_at);
  ASSERT_TRUE(removed) << removed.error().message;
  EXPECT_EQ(*removed, 2U);
  EXPECT_EQ(ids_of({}), (std::vector<std::string>{"job-3"}));
  EXPECT_EQ(*history->remove_before(sample_job(3).finished_at), 0U);
}

TEST_P(JobHistorySuite, many_jobs_are_recorded_in_one_call) {
  std::vector<int> numbers(2'000);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<int>(i);
  record(numbers);
  EXPECT_EQ(history->list({}, 0, 1)->total, numbers.size());
  EXPECT_EQ(ids_of({}, 0, 1), (std::vector<std::string>{"job-1999"}));
}

TEST_P(JobHistorySuite, threads_and_stores_side_by_side_lose_no_job) {
  std::vector<std::thread> threads;
  for (int w = 0; w < 4; ++w) {
    threads.emplace_back([this, w] {
      const auto own = w % 2 == 0 ? place->open() : nullptr;
      for (int i = 0; i < 10; ++i) {
        // Numbers in common: both orders of locking happen.
        const std::vector jobs = {sample_job(w * 10 + i), sample_job(100 + i), sample_job(109 - i)};
        const auto recorded = (own != nullptr ? *own : *history).record(jobs);
        EXPECT_TRUE(recorded) << recorded.error().message;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(history->list({}, 0, 1)->total, 50U);
}

}  // namespace hts::testing
