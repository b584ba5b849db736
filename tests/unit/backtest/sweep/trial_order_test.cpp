#include "engine/backtest/sweep/trial_order.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace hts::backtest {
namespace {

std::vector<std::size_t> turns(std::size_t trials, std::size_t workers) {
  const TrialOrder order(trials, workers);
  std::vector<std::size_t> taken;
  for (std::size_t turn = 0; turn < trials; ++turn) taken.push_back(order[turn]);
  return taken;
}

TEST(TrialOrder, has_every_trial_once) {
  for (std::size_t workers = 1; workers <= 9; ++workers) {
    for (const std::size_t trials : {0U, 1U, 2U, 5U, 8U, 100U, 101U, 256U, 2'048U}) {
      auto taken = turns(trials, workers);
      std::sort(taken.begin(), taken.end());
      std::vector<std::size_t> all(trials);
      std::iota(all.begin(), all.end(), std::size_t{0});
      EXPECT_EQ(taken, all) << trials << " trials, " << workers << " workers";
    }
  }
}

TEST(TrialOrder, of_one_worker_is_that_of_the_walk) {
  const auto taken = turns(100, 1);
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
}

TEST(TrialOrder, of_two_workers_begins_at_both_ends) {
  EXPECT_EQ(turns(7, 2), (std::vector<std::size_t>{0, 6, 1, 5, 2, 4, 3}));
}

TEST(TrialOrder, begins_far_apart_with_many_workers) {
  // A hundred trials of ten rows and ten columns: neither shared at first.
  auto begun = turns(100, 4);
  begun.resize(4);
  for (std::size_t i = 0; i < begun.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(begun[i] / 10, begun[j] / 10);
      EXPECT_NE(begun[i] % 10, begun[j] % 10);
    }
  }
}

}  // namespace
}  // namespace hts::backtest
