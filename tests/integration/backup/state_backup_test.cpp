#include "adapters/backup/state_backup.hpp"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "adapters/sqlite/sqlite_result_store.hpp"
#include "integration/backtest_samples.hpp"
#include "integration/temporary_folder.hpp"

namespace hts::backup {
namespace {

namespace fs = std::filesystem;
using hts::testing::sample_run;
using hts::testing::sample_run_id;

constexpr time::Timestamp noon{std::chrono::days{19'943} + std::chrono::hours{12}};

class StateBackup : public ::testing::Test {
 protected:
  void SetUp() override {
    auto opened = sqlite::SqliteResultStore::open(state() / "results.sqlite");
    ASSERT_TRUE(opened) << opened.error().message;
    results_ = std::move(opened).value();
    add_run(1);
  }

  void add_run(unsigned number) {
    ASSERT_TRUE(results_->insert(backtest::summarize(sample_run(number))));
    const fs::path folder = state() / "runs" / sample_run_id(number);
    fs::create_directories(folder);
    std::ofstream{folder / "metadata.json"} << "run " << number;
  }

  [[nodiscard]] fs::path state() const { return folder_.path() / "state"; }
  [[nodiscard]] fs::path to() const { return folder_.path() / "backups"; }
  [[nodiscard]] BackupPlan plan() const {
    return {{state() / "results.sqlite", state() / "spool.sqlite"},
            {state() / "schedule.json"},
            state() / "runs",
            to(),
            2};
  }
  [[nodiscard]] result::Result<BackupReport> back_up_at(time::Timestamp now) const {
    return back_up(*disk::system_disk(), plan(), now, never_);
  }

  hts::testing::TemporaryFolder folder_;
  std::unique_ptr<sqlite::SqliteResultStore> results_;
  std::atomic<bool> never_{false};
};

TEST_F(StateBackup, holds_all_that_was_there_and_opens_as_a_store) {
  std::ofstream{state() / "schedule.json"} << "{}";
  const auto report = back_up_at(noon);
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->name, "20240808T120000Z");
  EXPECT_EQ(report->databases, 1U);
  EXPECT_EQ(report->runs, 1U);
  EXPECT_EQ(report->removed, 0U);
  // What comes later is not in it, and the store can still be written.
  add_run(2);

  const fs::path copy = to() / report->name;
  auto restored = sqlite::SqliteResultStore::open(copy / "results.sqlite");
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_TRUE((*restored)->find(sample_run_id(1)));
  EXPECT_FALSE((*restored)->find(sample_run_id(2)));
  EXPECT_TRUE(fs::exists(copy / "runs" / sample_run_id(1) / "metadata.json"));
  EXPECT_TRUE(fs::exists(copy / "schedule.json"));
  EXPECT_TRUE(fs::exists(copy / "backup.json"));
}

TEST_F(StateBackup, the_oldest_goes_and_files_of_runs_are_shared) {
  ASSERT_TRUE(back_up_at(noon));
  ASSERT_TRUE(back_up_at(noon + std::chrono::hours{1}));
  const auto third = back_up_at(noon + std::chrono::hours{2});
  ASSERT_TRUE(third) << third.error().message;
  EXPECT_EQ(third->removed, 1U);
  EXPECT_FALSE(fs::exists(to() / "20240808T120000Z"));
  EXPECT_TRUE(fs::exists(to() / "20240808T130000Z"));
  EXPECT_EQ(fs::hard_link_count(to() / third->name / "runs" / sample_run_id(1) / "metadata.json"),
            2U);
  EXPECT_EQ(back_up_at(noon + std::chrono::hours{2}).error().code, result::ErrorCode::conflict);
}

TEST_F(StateBackup, a_damaged_database_is_found_and_the_backups_before_stay) {
  ASSERT_TRUE(back_up_at(noon));
  std::ofstream{state() / "spool.sqlite"} << std::string(8192, 'x');
  const auto failed = back_up_at(noon + std::chrono::hours{1});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, result::ErrorCode::storage);
  EXPECT_NE(failed.error().message.find("spool.sqlite"), std::string::npos);
  EXPECT_TRUE(fs::exists(to() / "20240808T120000Z"));
  EXPECT_FALSE(fs::exists(to() / ".partial"));
}

TEST_F(StateBackup, one_that_was_interrupted_leaves_nothing_behind) {
  fs::create_directories(to() / ".partial" / "runs");
  const std::atomic<bool> at_once{true};
  const auto stopped = back_up(*disk::system_disk(), plan(), noon, at_once);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, result::ErrorCode::cancelled);
  EXPECT_TRUE(fs::is_empty(to()));
  EXPECT_TRUE(back_up_at(noon));
}

}  // namespace
}  // namespace hts::backup
