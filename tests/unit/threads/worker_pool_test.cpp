#include "adapters/threads/worker_pool.hpp"

#include <atomic>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace hts::threads {
namespace {

TEST(WorkerPool, does_each_task_once_with_a_worker_of_its_own) {
  for (const std::size_t count : {1U, 2U, 5U}) {
    WorkerPool pool{count};
    ASSERT_EQ(pool.count(), count);
    const auto workers = pool.workers();
    for (const std::size_t tasks : {0U, 1U, 2U, 1000U}) {
      std::vector<int> done(tasks, 0);
      std::vector<std::atomic<int>> busy(count);
      std::atomic<int> shared_worker{0};
      workers.run(tasks, [&](std::size_t task, std::size_t worker) {
        if (busy[worker].fetch_add(1) != 0) ++shared_worker;
        ++done[task];
        --busy[worker];
      });
      EXPECT_EQ(std::accumulate(done.begin(), done.end(), std::size_t{0}), tasks);
      EXPECT_EQ(shared_worker, 0);
    }
  }
}

TEST(WorkerPool, worker_0_is_the_calling_thread) {
  WorkerPool pool{3};
  const auto caller = std::this_thread::get_id();
  std::atomic<int> wrong{0};
  pool.workers().run(500, [&](std::size_t, std::size_t worker) {
    if ((worker == 0) != (std::this_thread::get_id() == caller)) ++wrong;
  });
  EXPECT_EQ(wrong, 0);
}

TEST(WorkerPool, many_short_runs_follow_each_other) {
  WorkerPool pool{4};
  const auto workers = pool.workers();
  std::atomic<std::size_t> sum{0};
  for (std::size_t run = 0; run < 2000; ++run) {
    workers.run(3, [&](std::size_t task, std::size_t) { sum += task; });
  }
  EXPECT_EQ(sum, 2000U * 3U);
}

TEST(WorkerPool, without_a_number_takes_the_machines_cores) {
  EXPECT_GE(WorkerPool{}.count(), 1U);
}

}  // namespace
}  // namespace hts::threads
