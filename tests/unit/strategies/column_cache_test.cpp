#include "engine/strategies/column_cache.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "made_candles.hpp"

namespace hts::strategies {
namespace {

market::CandleSeries rising(std::size_t count) {
  market::CandleSeries candles;
  for (std::size_t i = 0; i < count; ++i)
    candles.push_back(made::flat(1.0 + static_cast<double>(i), 1));
  return candles;
}

/// Close times a factor, and how often it was computed.
struct Factor {
  market::CandleView candles;
  int computed = 0;

  std::span<const double> in(ColumnCache& cache, double factor) {
    return cache.column(candles, "factor", factor,
                        [&](std::size_t begin, std::size_t end, double* column) {
                          if (begin == 0) ++computed;
                          for (std::size_t i = begin; i < end; ++i) {
                            column[i] = candles.close[i] * factor;
                          }
                        });
  }
};

TEST(ColumnCache, computes_a_column_once) {
  const auto candles = rising(100'000);
  Factor factor{candles.view()};
  ColumnCache cache{std::size_t{64} << 20U};
  const auto first = factor.in(cache, 2);
  ASSERT_EQ(first.size(), candles.size());
  EXPECT_EQ(first.back(), 200'000);
  EXPECT_EQ(factor.in(cache, 2).data(), first.data());
  EXPECT_EQ(factor.in(cache, 3).back(), 300'000);
  EXPECT_EQ(factor.computed, 2);
}

TEST(ColumnCache, tells_candles_and_kinds_apart) {
  const auto candles = rising(10);
  const auto others = rising(20);
  ColumnCache cache{1'000'000};
  const auto zeros = [](std::size_t begin, std::size_t end, double* column) {
    std::fill(column + begin, column + end, 0);
  };
  EXPECT_EQ(cache.column(candles.view(), "a", 1, zeros).size(), 10U);
  EXPECT_EQ(cache.column(others.view(), "a", 1, zeros).size(), 20U);
  EXPECT_EQ(cache.column(candles.view().slice(0, 5), "a", 1, zeros).size(), 5U);
  const auto* a = cache.column(candles.view(), "a", 1, zeros).data();
  EXPECT_NE(cache.column(candles.view(), "b", 1, zeros).data(), a);
}

TEST(ColumnCache, lets_the_longest_unused_go_when_the_budget_is_spent) {
  const auto candles = rising(1000);
  Factor factor{candles.view()};
  ColumnCache cache{2 * 1000 * sizeof(double)};
  for (const double value : {1.0, 2.0, 1.0, 3.0, 1.0}) {
    cache.begin_scan();
    EXPECT_EQ(factor.in(cache, value)[0], value);
  }
  EXPECT_EQ(factor.computed, 3);
  EXPECT_EQ(cache.bytes(), 2 * 1000 * sizeof(double));
  factor.in(cache, 2);
  EXPECT_EQ(factor.computed, 4);
}

TEST(ColumnCache, keeps_what_a_scan_uses_beyond_the_budget) {
  const auto candles = rising(1000);
  Factor factor{candles.view()};
  ColumnCache cache{1};
  cache.begin_scan();
  const auto one = factor.in(cache, 1);
  const auto two = factor.in(cache, 2);
  EXPECT_EQ(one[9] * 2, two[9]);
  cache.begin_scan();
  EXPECT_EQ(factor.in(cache, 3)[9], 30);
  EXPECT_EQ(cache.bytes(), 1000 * sizeof(double));
}

TEST(ColumnCache, computes_nothing_once_cancelled) {
  const auto candles = rising(1000);
  Factor factor{candles.view()};
  std::atomic<bool> cancel{true};
  ColumnCache cache{1'000'000, &cancel};
  EXPECT_TRUE(factor.in(cache, 1).empty());
  EXPECT_EQ(factor.computed, 0);
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(ColumnCache, shares_a_store_between_threads_that_compute_each_column_once) {
  const auto candles = rising(20'000);
  const auto store = std::make_shared<ColumnStore>(std::size_t{64} << 20U);
  std::atomic<int> computed{0};
  std::atomic<int> wrong{0};
  const auto work = [&] {
    ColumnCache cache{store};
    for (int round = 0; round < 3; ++round) {
      cache.begin_scan();
      for (int factor = 1; factor <= 20; ++factor) {
        const auto column = cache.column(candles.view(), "factor", factor,
                                         [&](std::size_t begin, std::size_t end, double* values) {
                                           if (begin == 0) ++computed;
                                           for (std::size_t i = begin; i < end; ++i)
                                             values[i] = candles.close[i] * factor;
                                         });
        if (column.size() != 20'000 || column.back() != 20'000.0 * factor) ++wrong;
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(computed, 20);
  EXPECT_EQ(wrong, 0);
}

TEST(ColumnCache, a_column_that_could_not_be_computed_is_computed_again) {
  const auto candles = rising(10);
  ColumnCache cache{1'000};
  EXPECT_THROW((void)cache.column(candles.view(), "a", 1,
                                  [](std::size_t, std::size_t, double*) { throw 1; }),
               int);
  EXPECT_EQ(cache.bytes(), 0U);
  const auto column =
      cache.column(candles.view(), "a", 1, [](std::size_t begin, std::size_t end, double* values) {
        std::fill(values + begin, values + end, 7);
      });
  EXPECT_EQ(column[9], 7);
}

}  // namespace
}  // namespace hts::strategies
