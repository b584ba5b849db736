#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "backtest_samples.hpp"
#include "engine/ports/artifact_store.hpp"

/// What every implementation of ports::ArtifactStore must do. A test program of an adapter includes
/// this and instantiates `ArtifactStoreSuite` with a function that makes an empty archive.
namespace hts::testing {

/// One archive; every store that it opens sees the same runs, as another process would.
class ArtifactArchive {
 public:
  virtual ~ArtifactArchive() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::ArtifactStore> open() = 0;
};

inline void expect_equal(const backtest::BacktestRun& actual,
                         const backtest::BacktestRun& expected) {
  expect_equal(backtest::summarize(actual), backtest::summarize(expected));
  ASSERT_EQ(actual.symbols.size(), expected.symbols.size());
  for (std::size_t i = 0; i < expected.symbols.size(); ++i) {
    EXPECT_EQ(actual.symbols[i].report, expected.symbols[i].report);
  }
  EXPECT_EQ(actual.document, expected.document);
}

class ArtifactStoreSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<ArtifactArchive>()>> {
 protected:
  void save(const backtest::BacktestRun& run) {
    const auto saved = store->save(run);
    EXPECT_TRUE(saved) << saved.error().message;
  }

  std::unique_ptr<ArtifactArchive> archive = GetParam()();
  std::unique_ptr<ports::ArtifactStore> store = archive->open();
};

TEST_P(ArtifactStoreSuite, a_saved_run_is_loaded_with_every_trade) {
  const auto run = sample_run(1, 5000);
  save(run);
  const auto loaded = archive->open()->load(backtest::summarize(run));
  ASSERT_TRUE(loaded) << loaded.error().message;
  expect_equal(*loaded, run);
}

TEST_P(ArtifactStoreSuite, a_portfolios_document_is_loaded_as_it_was_saved) {
  auto run = sample_portfolio_run(1);
  run.document = "{\"equity\":[" + std::string(3'000'000, '7') + "]}";
  save(run);
  const auto loaded = archive->open()->load(backtest::summarize(run));
  ASSERT_TRUE(loaded) << loaded.error().message;
  expect_equal(*loaded, run);
}

TEST_P(ArtifactStoreSuite, a_run_without_signals_is_kept) {
  const auto run = sample_run(1, 0);
  save(run);
  const auto loaded = store->load(backtest::summarize(run));
  ASSERT_TRUE(loaded) << loaded.error().message;
  expect_equal(*loaded, run);
}

TEST_P(ArtifactStoreSuite, the_active_flags_are_those_of_the_summary) {
  const auto run = sample_run(1);
  save(run);
  auto summary = backtest::summarize(run);
  summary.symbols[1].is_active = false;
  const auto loaded = store->load(summary);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->symbols[0].is_active);
  EXPECT_FALSE(loaded->symbols[1].is_active);
}

TEST_P(ArtifactStoreSuite, saving_a_run_again_changes_nothing) {
  const auto run = sample_run(1, 5);
  save(run);
  save(sample_run(1, 9));
  const auto loaded = store->load(backtest::summarize(run));
  ASSERT_TRUE(loaded) << loaded.error().message;
  expect_equal(*loaded, run);
}

TEST_P(ArtifactStoreSuite, runs_are_listed_and_removed) {
  EXPECT_TRUE(store->list()->empty());
  save(sample_run(2));
  save(sample_run(1));
  EXPECT_EQ(*store->list(), (std::vector{sample_run_id(1), sample_run_id(2)}));
  EXPECT_TRUE(store->remove(sample_run_id(1)));
  EXPECT_TRUE(store->remove(sample_run_id(1)));
  EXPECT_EQ(*store->list(), std::vector{sample_run_id(2)});
  const auto gone = store->load(backtest::summarize(sample_run(1)));
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(gone.error().field, "run_id");
}

TEST_P(ArtifactStoreSuite, a_summary_that_counts_other_signals_is_an_error) {
  save(sample_run(1, 5));
  const auto loaded = store->load(backtest::summarize(sample_run(1, 6)));
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, result::ErrorCode::storage);
}

TEST_P(ArtifactStoreSuite, an_id_that_is_no_uuid_never_becomes_a_path) {
  for (const char* id :
       {"", ".", "..", "../../etc", "0B0E7D54-7F5E-4F0E-9D1C-000000000001",
        "0b0e7d54-7f5e-4f0e-9d1c-00000000000/", "0b0e7d547f5e4f0e9d1c000000000001"}) {
    auto run = sample_run(1);
    run.run_id = id;
    const auto saved = store->save(run);
    ASSERT_FALSE(saved) << id;
    EXPECT_EQ(saved.error().field, "run_id");
    EXPECT_FALSE(store->load(backtest::summarize(run)));
    EXPECT_FALSE(store->remove(id));
  }
  EXPECT_TRUE(store->list()->empty());
}

TEST_P(ArtifactStoreSuite, threads_that_save_the_same_and_other_runs_leave_all_whole) {
  constexpr unsigned savers = 4;
  std::vector<std::thread> threads;
  threads.reserve(savers);
  for (unsigned thread = 0; thread < savers; ++thread) {
    threads.emplace_back([this, thread] {
      auto own = archive->open();
      EXPECT_TRUE(own->save(sample_run(100)));
      EXPECT_TRUE(own->save(sample_run(thread)));
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->list()->size(), 5U);
  for (const unsigned number : {0U, 1U, 2U, 3U, 100U}) {
    EXPECT_TRUE(store->load(backtest::summarize(sample_run(number))));
  }
}

}  // namespace hts::testing
