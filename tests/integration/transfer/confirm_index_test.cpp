#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../backtest_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "config/results/result_storage.hpp"

namespace hts::testing {
namespace {

using ::testing::HasSubstr;

class ConfirmIndex : public ::testing::Test {
 protected:
  config::ResultStorage open(const std::string& url) {
    config::ResultStorageOptions options;
    options.url = url;
    options.state_root = folder.path();
    return config::open_result_storage(options).value();
  }
  result::Status confirm(const config::ResultStorage& storage) {
    return config::confirm_index(folder.path(), storage, artifacts);
  }
  std::string other_url() { return "sqlite:" + (folder.path() / "other.sqlite").string(); }

  TemporaryFolder folder;
  parquet::ParquetArtifactStore artifacts{folder.path() / "runs"};
  config::ResultStorage usual = open("sqlite");
  config::ResultStorage other = open(other_url());
};

TEST_F(ConfirmIndex, the_usual_index_needs_no_note) {
  EXPECT_TRUE(confirm(usual));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "results.index"));
}

TEST_F(ConfirmIndex, an_index_that_lacks_runs_is_refused) {
  const auto run = sample_run(1);
  ASSERT_TRUE(artifacts.save(run));
  ASSERT_TRUE(usual.runs->insert(backtest::summarize(run)));
  const auto refused = confirm(other);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::conflict);
  EXPECT_EQ(refused.error().field, "results.url");
  EXPECT_THAT(refused.error().message, HasSubstr("1 of 1 runs"));
  EXPECT_THAT(refused.error().message, HasSubstr("hts db copy"));
  EXPECT_TRUE(confirm(usual));
}

TEST_F(ConfirmIndex, an_index_that_has_them_is_taken_and_stays_taken) {
  const auto run = sample_run(1);
  ASSERT_TRUE(artifacts.save(run));
  ASSERT_TRUE(usual.runs->insert(backtest::summarize(run)));
  ASSERT_TRUE(other.runs->insert(backtest::summarize(run)));
  ASSERT_TRUE(confirm(other));
  EXPECT_TRUE(confirm(other));
  // A run that only the new index has: now the old one is the one that lacks it.
  ASSERT_TRUE(artifacts.save(sample_run(2)));
  ASSERT_TRUE(other.runs->insert(backtest::summarize(sample_run(2))));
  EXPECT_TRUE(confirm(other));
  EXPECT_FALSE(confirm(usual));
}

TEST_F(ConfirmIndex, files_that_a_crash_left_do_not_matter) {
  ASSERT_TRUE(artifacts.save(sample_run(1)));
  EXPECT_TRUE(confirm(other));
}

TEST_F(ConfirmIndex, an_address_of_nothing_is_refused_without_its_password) {
  config::ResultStorageOptions options;
  options.url = "mysql://user:hunter22@host/db";
  const auto refused = config::open_result_storage(options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::invalid);
  EXPECT_THAT(refused.error().message, ::testing::Not(HasSubstr("hunter22")));
}

}  // namespace
}  // namespace hts::testing
