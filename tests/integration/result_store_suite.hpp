#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "backtest_samples.hpp"
#include "engine/ports/result_store.hpp"

/// What every implementation of ports::ResultStore must do. A test program of an adapter includes
/// this and instantiates `ResultStoreSuite` with a function that makes an empty index.
namespace hts::testing {

/// One index of results; every store that it opens sees the same runs, as another process would.
class ResultIndex {
 public:
  virtual ~ResultIndex() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::ResultStore> open() = 0;
};

class ResultStoreSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<ResultIndex>()>> {
 protected:
  static backtest::RunSummary sample(unsigned number) {
    return backtest::summarize(sample_run(number));
  }
  void insert(unsigned number) {
    const auto stored = store->insert(sample(number));
    EXPECT_TRUE(stored) << stored.error().message;
  }
  std::vector<std::string> ids_of(std::uint64_t offset, std::uint64_t limit) {
    const auto page = store->history(offset, limit);
    std::vector<std::string> ids;
    if (!page) {
      ADD_FAILURE() << page.error().message;
      return ids;
    }
    for (const auto& run : page->runs) ids.push_back(run.run_id);
    return ids;
  }

  std::unique_ptr<ResultIndex> index = GetParam()();
  std::unique_ptr<ports::ResultStore> store = index->open();
};

TEST_P(ResultStoreSuite, a_stored_run_is_found_with_every_field) {
  insert(1);
  const auto found = store->find(sample_run_id(1));
  ASSERT_TRUE(found) << found.error().message;
  expect_equal(*found, sample(1));
}

TEST_P(ResultStoreSuite, runs_survive_closing_and_opening) {
  insert(1);
  store.reset();
  store = index->open();
  const auto found = store->find(sample_run_id(1));
  ASSERT_TRUE(found) << found.error().message;
  expect_equal(*found, sample(1));
}

TEST_P(ResultStoreSuite, what_is_not_there_is_not_found) {
  const auto missing = store->find(sample_run_id(1));
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(missing.error().field, "run_id");
  const auto latest = store->latest();
  ASSERT_FALSE(latest);
  EXPECT_EQ(latest.error().code, result::ErrorCode::not_found);
  const auto page = store->history(0, 10);
  ASSERT_TRUE(page);
  EXPECT_EQ(page->total, 0U);
  EXPECT_TRUE(page->runs.empty());
}

TEST_P(ResultStoreSuite, storing_a_run_again_changes_nothing) {
  insert(1);
  auto changed = sample(1);
  changed.description = "another";
  changed.symbols.pop_back();
  EXPECT_TRUE(store->insert(changed));
  expect_equal(*store->find(sample_run_id(1)), sample(1));
  EXPECT_EQ(store->history(0, 10)->total, 1U);
}

TEST_P(ResultStoreSuite, many_runs_are_stored_in_one_call_as_if_one_after_the_other) {
  insert(2);
  auto changed = sample(2);
  changed.description = "another";
  std::vector runs = {sample(1), changed, sample(3), sample(1)};
  for (auto& run : runs) run.executed_at = sample(2).executed_at;
  const auto stored = store->insert_all(runs);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_TRUE(store->insert_all({}));
  EXPECT_EQ(store->history(0, 1)->total, 3U);
  expect_equal(*store->find(sample_run_id(2)), sample(2));
  expect_equal(*store->find(sample_run_id(3)), runs[2]);
  EXPECT_EQ(ids_of(0, 3), (std::vector{sample_run_id(3), sample_run_id(1), sample_run_id(2)}));
}

TEST_P(ResultStoreSuite, a_portfolio_run_is_found_as_one) {
  const auto run = backtest::summarize(sample_portfolio_run(1));
  ASSERT_TRUE(store->insert(run));
  expect_equal(*index->open()->find(run.run_id), run);
}

TEST_P(ResultStoreSuite, the_newest_run_that_answers_the_same_is_found) {
  for (const unsigned number : {2U, 3U, 1U}) insert(number);
  const auto run = sample(1);
  const ports::WantedRun wanted{run.fingerprint, run.start_date, run.end_date, run.description};
  const auto found = store->find_equal(wanted);
  ASSERT_TRUE(found) << found.error().message;
  expect_equal(*found, sample(3));
  for (std::string ports::WantedRun::* member :
       {&ports::WantedRun::fingerprint, &ports::WantedRun::start_date, &ports::WantedRun::end_date,
        &ports::WantedRun::description}) {
    auto other = wanted;
    other.*member += "0";
    const auto missing = store->find_equal(other);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, result::ErrorCode::not_found);
  }
}

TEST_P(ResultStoreSuite, a_run_without_a_fingerprint_answers_nothing) {
  auto run = sample(1);
  run.fingerprint.clear();
  ASSERT_TRUE(store->insert(run));
  EXPECT_FALSE(store->find_equal({"", run.start_date, run.end_date, run.description}));
}

TEST_P(ResultStoreSuite, the_latest_run_is_the_one_executed_last) {
  insert(2);
  insert(3);
  insert(1);
  EXPECT_EQ(store->latest()->run_id, sample_run_id(3));
}

TEST_P(ResultStoreSuite, of_runs_of_one_instant_the_one_stored_last_is_the_latest) {
  for (const unsigned number : {7U, 5U, 6U}) {
    auto run = sample(number);
    run.executed_at = time::from_milliseconds(1'700'000'000'000);
    ASSERT_TRUE(store->insert(run));
  }
  EXPECT_EQ(store->latest()->run_id, sample_run_id(6));
  EXPECT_EQ(ids_of(0, 3), (std::vector{sample_run_id(6), sample_run_id(5), sample_run_id(7)}));
}

TEST_P(ResultStoreSuite, the_history_is_paged_newest_first) {
  for (unsigned number = 1; number <= 5; ++number) insert(number);
  EXPECT_EQ(ids_of(0, 2), (std::vector{sample_run_id(5), sample_run_id(4)}));
  EXPECT_EQ(ids_of(2, 2), (std::vector{sample_run_id(3), sample_run_id(2)}));
  EXPECT_EQ(ids_of(4, 2), (std::vector{sample_run_id(1)}));
  EXPECT_TRUE(ids_of(5, 2).empty());
  EXPECT_TRUE(ids_of(0, 0).empty());
  const auto everything = store->history(0, UINT64_MAX);
  ASSERT_TRUE(everything);
  EXPECT_EQ(everything->total, 5U);
  ASSERT_EQ(everything->runs.size(), 5U);
  expect_equal(everything->runs[1], sample(4));
  EXPECT_TRUE(ids_of(UINT64_MAX, UINT64_MAX).empty());
}

TEST_P(ResultStoreSuite, a_symbol_is_switched_off_and_on) {
  insert(1);
  insert(2);
  const auto symbol = market::Symbol::parse("ETH_KRW").value();
  auto expected = sample(1);
  expected.symbols[1].is_active = false;
  const auto off = store->set_symbol_active(sample_run_id(1), symbol, false);
  ASSERT_TRUE(off) << off.error().message;
  expect_equal(*off, expected);
  expect_equal(*index->open()->find(sample_run_id(1)), expected);
  expect_equal(*store->find(sample_run_id(2)), sample(2));
  EXPECT_TRUE(store->set_symbol_active(sample_run_id(1), symbol, false));
  const auto on = store->set_symbol_active(sample_run_id(1), symbol, true);
  ASSERT_TRUE(on);
  expect_equal(*on, sample(1));
}

TEST_P(ResultStoreSuite, switching_says_whether_the_run_or_the_symbol_is_missing) {
  insert(1);
  const auto no_run =
      store->set_symbol_active(sample_run_id(9), market::Symbol::parse("BTC_KRW").value(), false);
  ASSERT_FALSE(no_run);
  EXPECT_EQ(no_run.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(no_run.error().field, "run_id");
  const auto no_symbol =
      store->set_symbol_active(sample_run_id(1), market::Symbol::parse("XRP_KRW").value(), false);
  ASSERT_FALSE(no_symbol);
  EXPECT_EQ(no_symbol.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(no_symbol.error().field, "symbol");
}

TEST_P(ResultStoreSuite, a_run_without_symbols_parameters_or_texts_is_kept) {
  backtest::RunSummary run;
  run.run_id = sample_run_id(1);
  ASSERT_TRUE(store->insert(run));
  const auto found = store->find(run.run_id);
  ASSERT_TRUE(found) << found.error().message;
  expect_equal(*found, run);
}

TEST_P(ResultStoreSuite, the_oldest_runs_are_forgotten_with_their_symbols) {
  for (unsigned number = 1; number <= 5; ++number) {
    const auto stored = store->insert(sample(number));
    ASSERT_TRUE(stored) << stored.error().message;
  }
  const auto limit = sample(4).executed_at;
  using Ids = std::vector<std::string>;
  const auto first = store->forget(limit, 2);
  ASSERT_TRUE(first) << first.error().message;
  Ids forgotten = *first;
  std::ranges::sort(forgotten);
  EXPECT_EQ(forgotten, (Ids{sample_run_id(1), sample_run_id(2)}));
  EXPECT_EQ(*store->forget(limit, 10), Ids{sample_run_id(3)});
  EXPECT_EQ(*store->forget(limit, 10), Ids{});
  EXPECT_EQ(store->history(0, 10)->total, 2U);
  EXPECT_EQ(store->find(sample_run_id(1)).error().code, result::ErrorCode::not_found);
  // A run of the same name is a new one.
  ASSERT_TRUE(store->insert(sample(1)));
  expect_equal(*store->find(sample_run_id(1)), sample(1));
}

TEST_P(ResultStoreSuite, threads_and_stores_side_by_side_lose_no_run) {
  constexpr unsigned writers = 4;
  static constexpr unsigned each = 10;
  std::vector<std::thread> threads;
  threads.reserve(writers);
  for (unsigned w = 0; w < writers; ++w) {
    threads.emplace_back([this, w] {
      const auto own = w % 2 == 0 ? index->open() : nullptr;
      for (unsigned i = 0; i < each; ++i) {
        const auto stored = (own != nullptr ? *own : *store).insert(sample(w * each + i));
        EXPECT_TRUE(stored) << stored.error().message;
        EXPECT_TRUE(store->history(0, 3));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->history(0, 1)->total, writers * each);
}

}  // namespace hts::testing
