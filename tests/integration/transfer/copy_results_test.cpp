#include "adapters/transfer/copy_results.hpp"

#include <gtest/gtest.h>

#include "../copied_content.hpp"
#include "../temporary_folder.hpp"
#include "config/results/result_storage.hpp"

namespace hts::testing {
namespace {

transfer::ResultStores stores_of(const config::ResultStorage& storage) {
  return {*storage.runs, *storage.jobs, *storage.presets, *storage.collection};
}

class CopyResults : public ::testing::Test {
 protected:
  config::ResultStorage open(const std::string& name) {
    config::ResultStorageOptions options;
    options.url = "sqlite:" + (folder_.path() / name).string();
    return config::open_result_storage(options).value();
  }

 private:
  TemporaryFolder folder_;

 protected:
  config::ResultStorage source = open("source");
  config::ResultStorage target = open("target");
};

TEST_F(CopyResults, everything_arrives_in_its_order) {
  fill(stores_of(source), 1'203);
  const auto tables = expect_copied(stores_of(source), stores_of(target));
  ASSERT_EQ(tables.size(), 4U);
  EXPECT_EQ(tables[0].at_source, 1'204U);
  EXPECT_EQ(tables[0].added, 1'204U);
  EXPECT_EQ(tables[1].at_source, 3U);
  EXPECT_EQ(tables[0].others, 0U);
  expect_equal(*target.runs->find(sample_run_id(1)), *source.runs->find(sample_run_id(1)));
}

TEST_F(CopyResults, a_copy_again_changes_nothing) {
  fill(stores_of(source), 10);
  expect_copied(stores_of(source), stores_of(target));
  for (const auto& table : expect_copied(stores_of(source), stores_of(target))) {
    EXPECT_EQ(table.added, 0U) << table.name;
  }
}

TEST_F(CopyResults, a_copy_again_brings_what_changed) {
  fill(stores_of(source), 10);
  expect_copied(stores_of(source), stores_of(target));
  ASSERT_TRUE(source.runs->insert(backtest::summarize(sample_run(77))));
  ASSERT_TRUE(source.runs->set_symbol_active(sample_run_id(2),
                                             market::Symbol::parse("BTC_KRW").value(), false));
  auto job = sample_job(2);
  job.error = "changed";
  ASSERT_TRUE(source.jobs->record({job}));
  auto preset = sample_preset("quiet");
  preset.description = "changed";
  ASSERT_TRUE(source.presets->put(preset));
  const auto tables = expect_copied(stores_of(source), stores_of(target));
  EXPECT_EQ(tables.front().added, 1U);
  EXPECT_EQ(*target.jobs->find("job-2"), job);
}

TEST_F(CopyResults, what_only_the_target_has_stays) {
  fill(stores_of(source), 5);
  ASSERT_TRUE(target.runs->insert(backtest::summarize(sample_run(500))));
  const auto tables = transfer::copy_results(stores_of(source), stores_of(target), {});
  ASSERT_TRUE(tables);
  EXPECT_TRUE(tables->front().is_equal());
  EXPECT_EQ(tables->front().others, 1U);
  EXPECT_TRUE(target.runs->find(sample_run_id(500)));
}

TEST_F(CopyResults, a_run_that_differs_for_good_is_seen) {
  fill(stores_of(source), 5);
  auto other = backtest::summarize(sample_run(3));
  other.description = "another";
  ASSERT_TRUE(target.runs->insert(other));
  const auto tables = transfer::copy_results(stores_of(source), stores_of(target), {});
  ASSERT_TRUE(tables);
  EXPECT_FALSE(tables->front().is_equal());
  EXPECT_EQ(tables->front().at_source, tables->front().at_target);
}

TEST_F(CopyResults, a_copy_that_was_stopped_goes_on) {
  fill(stores_of(source), 1'203);
  int calls = 0;
  transfer::CopyWatch watch;
  watch.interrupted = [&] { return ++calls > 2; };
  const auto stopped = transfer::copy_results(stores_of(source), stores_of(target), watch);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, result::ErrorCode::cancelled);
  const auto there = target.runs->history(0, 0)->total;
  EXPECT_GT(there, 0U);
  EXPECT_LT(there, 1'204U);
  const auto tables = expect_copied(stores_of(source), stores_of(target));
  EXPECT_EQ(tables.front().added, 1'204U - there);
}

TEST_F(CopyResults, runs_that_come_meanwhile_move_nothing) {
  fill(stores_of(source), 1'203);
  unsigned next = 5'000;
  transfer::CopyWatch watch;
  watch.progress = [&](const std::string& what, std::uint64_t, std::uint64_t) {
    if (what != "copying runs") return;
    for (int i = 0; i < 3 && next < 5'020; ++i) {
      ASSERT_TRUE(source.runs->insert(backtest::summarize(sample_run(next++))));
    }
  };
  const auto tables = transfer::copy_results(stores_of(source), stores_of(target), watch);
  ASSERT_TRUE(tables) << tables.error().message;
  expect_copied(stores_of(source), stores_of(target));
}

}  // namespace
}  // namespace hts::testing
