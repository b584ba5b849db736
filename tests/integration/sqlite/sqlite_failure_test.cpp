#include <array>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "../backtest_samples.hpp"
#include "../child_process.hpp"
#include "../full_disk.hpp"
#include "../temporary_folder.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

namespace hts::testing {
namespace {

using result::ErrorCode;
using sqlite::SqliteResultStore;
using ::testing::HasSubstr;

backtest::RunSummary sample(unsigned number) {
  return backtest::summarize(sample_run(number));
}

void run_sql(const std::filesystem::path& path, const std::string& sql) {
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
}

std::string refusal(const std::filesystem::path& path) {
  auto store = SqliteResultStore::open(path);
  if (store) return "opened";
  EXPECT_EQ(store.error().code, ErrorCode::storage);
  EXPECT_THAT(store.error().message, HasSubstr(path.parent_path().string()));
  return store.error().message;
}

TEST(SqliteFailure, a_database_of_a_newer_program_is_refused_and_left_alone) {
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  ASSERT_TRUE(SqliteResultStore::open(path));
  run_sql(path, "PRAGMA user_version = 99");
  EXPECT_THAT(refusal(path), HasSubstr("has version 99, this program knows up to 4"));
  run_sql(path, "PRAGMA user_version = 4");
  EXPECT_TRUE(SqliteResultStore::open(path));
}

TEST(SqliteFailure, runs_of_an_older_program_are_there_as_signals) {
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  const auto run = backtest::summarize(sample_run(1));
  ASSERT_TRUE(SqliteResultStore::open(path).value()->insert(run));
  run_sql(path,
          "DROP TABLE jobs_history; DROP TABLE candle_collection_status; "
          "DROP TABLE strategy_presets; DROP INDEX runs_by_fingerprint; ALTER TABLE runs DROP "
          "COLUMN fingerprint; "
          "ALTER TABLE runs DROP COLUMN mode; PRAGMA user_version = 1");
  auto store = SqliteResultStore::open(path);
  ASSERT_TRUE(store) << store.error().message;
  const auto found = (*store)->find(run.run_id);
  ASSERT_TRUE(found) << found.error().message;
  auto expected = run;
  expected.fingerprint.clear();
  expect_equal(*found, expected);
}

TEST(SqliteFailure, a_database_of_another_program_is_refused) {
  TemporaryFolder folder;
  const auto path = folder.path() / "other.db";
  run_sql(path, "CREATE TABLE contacts (name TEXT)");
  EXPECT_THAT(refusal(path), HasSubstr("belongs to another program"));
}

TEST(SqliteFailure, a_file_that_is_no_database_is_named) {
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  std::ofstream{path} << std::string(5000, 'x');
  EXPECT_THAT(refusal(path), HasSubstr("damaged or not a database"));
}

TEST(SqliteFailure, a_damaged_database_is_named) {
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  {
    auto store = SqliteResultStore::open(path);
    ASSERT_TRUE(store);
    for (unsigned number = 0; number < 100; ++number) ASSERT_TRUE((*store)->insert(sample(number)));
  }
  {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(4096);
    file << std::string(32'768, '\xA5');
  }
  auto store = SqliteResultStore::open(path);
  const auto page = store ? (*store)->history(0, 100) : std::move(store).error();
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, ErrorCode::storage);
  EXPECT_THAT(page.error().message, HasSubstr(path.string() + " is damaged"));
}

TEST(SqliteFailure, a_folder_that_cannot_be_made_is_named) {
  TemporaryFolder folder;
  std::ofstream{folder.path() / "file"} << "x";
  EXPECT_THAT(refusal(folder.path() / "file" / "results.db"), HasSubstr("Cannot make the folder"));
}

TEST(SqliteFailure, a_folder_in_place_of_the_file_is_named) {
  TemporaryFolder folder;
  std::filesystem::create_directory(folder.path() / "results.db");
  EXPECT_THAT(refusal(folder.path() / "results.db"), HasSubstr("cannot be opened"));
}

TEST(SqliteFailure, a_read_only_disk_is_said_at_the_opening) {
  SmallDisk disk{1024};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  const auto path = disk.path() / "results.db";
  ASSERT_TRUE(SqliteResultStore::open(path));
  ASSERT_EQ(mount("tmpfs", disk.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  EXPECT_NE(refusal(path), "opened");
  ASSERT_EQ(mount("tmpfs", disk.path().c_str(), "tmpfs", MS_REMOUNT, nullptr), 0);
  EXPECT_TRUE(SqliteResultStore::open(path));
}

TEST(SqliteFailure, a_full_disk_refuses_a_run_and_keeps_those_before) {
  SmallDisk disk{1024};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  auto store = SqliteResultStore::open(disk.path() / "results.db");
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->insert(sample(0)));
  disk.fill_up_to(8);
  result::Status status = result::success();
  unsigned stored = 1;
  while (stored < 1000 && (status = (*store)->insert(sample(stored)))) ++stored;
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::storage);
  EXPECT_THAT(status.error().message, HasSubstr("the disk is full"));
  EXPECT_EQ((*store)->history(0, 1)->total, stored);

  std::filesystem::remove(disk.path() / "filler");
  EXPECT_TRUE((*store)->insert(sample(stored)));
  EXPECT_EQ((*store)->history(0, 1)->total, stored + 1);
}

TEST(SqliteFailure, processes_that_start_and_write_at_once_lose_no_run) {
  constexpr unsigned processes = 4;
  constexpr unsigned each = 20;
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  std::vector<pid_t> children;
  children.reserve(processes);
  for (unsigned p = 0; p < processes; ++p) {
    children.push_back(in_telling_child([&path, p]() -> result::Status {
      auto store = SqliteResultStore::open(path);
      if (!store) return std::move(store).error();
      for (unsigned i = 0; i < each; ++i) {
        if (auto stored = (*store)->insert(sample(p * each + i)); !stored) return stored;
      }
      return result::success();
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(succeeded(child));
  auto store = SqliteResultStore::open(path);
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->history(0, 1)->total, processes * each);
}

TEST(SqliteFailure, runs_stored_before_a_kill_are_there_after_it) {
  TemporaryFolder folder;
  const auto path = folder.path() / "results.db";
  std::array<int, 2> stored{};
  ASSERT_EQ(pipe(stored.data()), 0);
  const pid_t child = in_child([&] {
    auto store = SqliteResultStore::open(path);
    for (unsigned number = 0; store; ++number) {
      if (!(*store)->insert(sample(number)) || write(stored[1], "x", 1) != 1) return false;
    }
    return false;
  });
  constexpr std::size_t enough = 25;
  char byte = 0;
  for (std::size_t i = 0; i < enough; ++i) ASSERT_EQ(read(stored[0], &byte, 1), 1);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(stored[1]);
  std::size_t reported = enough;
  while (read(stored[0], &byte, 1) == 1) ++reported;
  close(stored[0]);

  auto store = SqliteResultStore::open(path);
  ASSERT_TRUE(store) << store.error().message;
  const auto total = (*store)->history(0, 1)->total;
  EXPECT_GE(total, reported);
  EXPECT_LE(total, reported + 1);
  for (unsigned number = 0; number < reported; ++number) {
    EXPECT_TRUE((*store)->find(sample_run_id(number)));
  }
}

}  // namespace
}  // namespace hts::testing
