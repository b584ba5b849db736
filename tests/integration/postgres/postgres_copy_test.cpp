#include <gtest/gtest.h>

#include "../copied_content.hpp"
#include "../temporary_folder.hpp"
#include "config/results/result_storage.hpp"
#include "postgres_server.hpp"

namespace hts::testing {
namespace {

config::ResultStorage open_storage(const std::string& url) {
  config::ResultStorageOptions options;
  options.url = url;
  auto storage = config::open_result_storage(options);
  EXPECT_TRUE(storage) << storage.error().message;
  return std::move(storage).value();
}

transfer::ResultStores all_of(const config::ResultStorage& storage) {
  return {*storage.runs, *storage.jobs, *storage.presets, *storage.collection};
}

TEST(PostgresCopy, everything_goes_there_and_back_again) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  const TemporaryFolder folder;
  const auto first = open_storage("sqlite:" + (folder.path() / "first").string());
  const auto second = open_storage(shared_postgres()->new_database());
  const auto third = open_storage("sqlite:" + (folder.path() / "third").string());
  fill(all_of(first), 603);
  const auto there = expect_copied(all_of(first), all_of(second));
  const auto back = expect_copied(all_of(second), all_of(third));
  ASSERT_EQ(there.size(), back.size());
  for (std::size_t i = 0; i < there.size(); ++i) {
    EXPECT_EQ(there[i].source_hash, back[i].target_hash) << there[i].name;
    EXPECT_EQ(there[i].at_source, back[i].at_target) << there[i].name;
  }
  for (const auto& table : expect_copied(all_of(third), all_of(second))) {
    EXPECT_EQ(table.added, 0U) << table.name;
  }
}

TEST(PostgresCopy, a_source_that_lacks_tables_is_refused) {
  if (!is_postgres_installed()) GTEST_SKIP() << no_postgres;
  config::ResultStorageOptions options;
  options.url = shared_postgres()->new_database();
  const auto refused = config::open_result_storage(options, config::Migrate::no);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, result::ErrorCode::conflict);
  EXPECT_NE(refused.error().message.find("hts db migrate"), std::string::npos);
}

}  // namespace
}  // namespace hts::testing
