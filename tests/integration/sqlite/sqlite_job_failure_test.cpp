#include <array>
#include <csignal>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <unistd.h>

#include "../child_process.hpp"
#include "../full_disk.hpp"
#include "../job_script.hpp"
#include "../temporary_folder.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

/// The job database in bad company: other programs, full disks, killed processes.
namespace hts::testing {
namespace {

using sqlite::SqliteJobStore;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// The rows of a question to the file itself, columns joined by commas.
std::vector<std::string> ask(const std::filesystem::path& path, const std::string& sql) {
  std::vector<std::string> rows;
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(path.c_str(), &handle), SQLITE_OK);
  const auto add = [](void* to, int columns, char** values, char**) {
    std::string row;
    for (int i = 0; i < columns; ++i) {
      row += (i > 0 ? "," : "") + std::string{values[i] != nullptr ? values[i] : "null"};
    }
    static_cast<std::vector<std::string>*>(to)->push_back(row);
    return 0;
  };
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), add, &rows, nullptr), SQLITE_OK)
      << sqlite3_errmsg(handle);
  sqlite3_close(handle);
  return rows;
}

std::string refusal(const std::filesystem::path& path) {
  auto store = SqliteJobStore::open(path);
  if (store) return "opened";
  EXPECT_EQ(store.error().code, result::ErrorCode::storage);
  EXPECT_THAT(store.error().message, HasSubstr(path.string()));
  return store.error().message;
}

ports::JobBatch submission(std::uint64_t first, std::uint64_t count) {
  ports::JobBatch batch;
  batch.now = job_start;
  batch.capacity = 1'000'000;
  for (std::uint64_t i = 0; i < count; ++i) batch.submits.push_back(new_job(first + i));
  return batch;
}

TEST(SqliteJobFailure, a_database_of_a_newer_program_is_refused_and_left_alone) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "jobs.sqlite";
  ASSERT_TRUE(SqliteJobStore::open(path));
  ask(path, "PRAGMA user_version = 99");
  EXPECT_THAT(refusal(path), HasSubstr("has version 99, this program knows up to 1"));
  ask(path, "PRAGMA user_version = 1");
  EXPECT_TRUE(SqliteJobStore::open(path));
}

TEST(SqliteJobFailure, other_databases_are_refused) {
  const TemporaryFolder folder;
  ask(folder.path() / "other.db", "CREATE TABLE contacts (name TEXT)");
  EXPECT_THAT(refusal(folder.path() / "other.db"), HasSubstr("belongs to another program"));
  ASSERT_TRUE(sqlite::SqliteResultStore::open(folder.path() / "results.sqlite"));
  EXPECT_THAT(refusal(folder.path() / "results.sqlite"), HasSubstr("belongs to another program"));
  std::ofstream{folder.path() / "text"} << std::string(5'000, 'x');
  EXPECT_THAT(refusal(folder.path() / "text"), HasSubstr("damaged or not a database"));
}

TEST(SqliteJobFailure, a_damaged_database_is_named) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "jobs.sqlite";
  ASSERT_TRUE(SqliteJobStore::open(path).value()->transact(submission(0, 1'000)));
  {
    std::fstream file{path, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(4'096);
    file << std::string(131'072, '\xA5');
  }
  auto store = SqliteJobStore::open(path);
  const auto found = store ? (*store)->find(job_id(1)) : std::move(store).error();
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, result::ErrorCode::storage);
  EXPECT_THAT(found.error().message, HasSubstr(path.string() + " is damaged"));
}

TEST(SqliteJobFailure, a_full_disk_refuses_a_batch_and_keeps_those_before) {
  SmallDisk disk{2'048};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  auto opened = SqliteJobStore::open(disk.path() / "jobs.sqlite");
  ASSERT_TRUE(opened) << opened.error().message;
  auto& store = **opened;
  ASSERT_TRUE(store.transact(submission(0, 10)));
  auto one = submission(0, 0);
  one.claim = ports::Claim{"north", 1, job_lease};
  ASSERT_EQ(taken(store.transact(one)).claimed.size(), 1U);
  disk.fill_up_to(64);
  std::uint64_t stored = 10;
  auto answer = store.transact(submission(stored, 10));
  for (; answer && stored < 100'000; answer = store.transact(submission(stored, 10))) stored += 10;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, result::ErrorCode::storage);
  EXPECT_THAT(answer.error().message, HasSubstr("the disk is full"));
  EXPECT_EQ(taken(store.counts()).queued, stored - 1);

  std::filesystem::remove(disk.path() / "filler");
  EXPECT_TRUE(store.transact(submission(stored, 10)));
  auto end = submission(0, 0);
  end.finishes = {{job_id(0), 1, jobs::Completed{}}};
  EXPECT_THAT(taken(store.transact(end)).finishes,
              ::testing::ElementsAre(jobs::FinishResult::done));
  EXPECT_EQ(taken(store.counts()).queued, stored + 9);
}

TEST(SqliteJobFailure, the_kept_counts_are_those_of_counting) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "jobs.sqlite";
  auto store = SqliteJobStore::open(path);
  ASSERT_TRUE(store);
  JobScript script{42};
  for (int step = 0; step < 400; ++step) {
    script.heed(taken((*store)->transact(script.next())));
    (void)(*store)->cancel(script.any_id(), script.now());
    (void)(*store)->retry(script.any_id(), script.now());
    if (step % 20 == 0) (void)(*store)->clean_up(script.now() - 5min, 5);
    if (step % 50 != 49) continue;
    EXPECT_EQ(ask(path,
                  "SELECT place, kind, is_part, jobs FROM job_counts WHERE jobs <> 0 "
                  "ORDER BY 1, 2, 3"),
              ask(path,
                  "SELECT place, kind, whole IS NOT NULL, count(*) FROM jobs "
                  "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"));
    EXPECT_THAT(ask(path, "SELECT sequence FROM job_requests EXCEPT SELECT sequence FROM jobs"),
                IsEmpty());
    EXPECT_THAT(ask(path, "SELECT sequence FROM job_outputs EXCEPT SELECT sequence FROM jobs"),
                IsEmpty());
  }
  EXPECT_EQ(ask(path, "PRAGMA integrity_check"), std::vector<std::string>{"ok"});
}

TEST(SqliteJobFailure, processes_that_start_and_claim_at_once_hold_no_job_twice) {
  constexpr std::uint64_t processes = 4;
  constexpr std::uint64_t each = 60;
  const TemporaryFolder folder;
  const auto path = folder.path() / "jobs.sqlite";
  std::vector<pid_t> children;
  for (std::uint64_t p = 0; p < processes; ++p) {
    children.push_back(in_child([&path, p] {
      auto store = SqliteJobStore::open(path);
      if (!store) return false;
      for (std::uint64_t i = 0; i < each; i += 3) {
        auto batch = submission(p * each + i, 3);
        batch.claim = ports::Claim{"process " + std::to_string(p), 3, job_lease};
        auto claimed = (*store)->transact(batch);
        if (!claimed) return false;
        auto told = submission(0, 0);
        for (const auto& job : claimed->claimed) {
          told.finishes.push_back({job.job.id, job.lease->token, jobs::Completed{}});
        }
        auto answer = (*store)->transact(told);
        if (!answer) return false;
        for (const auto result : answer->finishes) {
          if (result != jobs::FinishResult::done) return false;
        }
      }
      return true;
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(succeeded(child));
  auto store = SqliteJobStore::open(path);
  ASSERT_TRUE(store);
  const auto page = taken((*store)->list({}, 0, 1'000));
  EXPECT_EQ(page.jobs.size(), processes * each);
  for (const auto& job : page.jobs) EXPECT_LE(job.claims, 1U);
}

/// Runs batches until it is killed, and tells of each that was answered.
bool work_until_killed(const std::filesystem::path& path, std::uint64_t seed, int answered) {
  auto store = SqliteJobStore::open(path);
  JobScript script{seed};
  while (store) {
    const auto answer = (*store)->transact(script.next());
    if (!answer || write(answered, "x", 1) != 1) return false;
    script.heed(*answer);
  }
  return false;
}

std::map<jobs::JobId, jobs::JobRecord> records_of(ports::JobStore& store, const JobScript& script) {
  std::map<jobs::JobId, jobs::JobRecord> records;
  for (const auto& id : script.ids()) {
    if (auto found = store.find(id)) records.insert_or_assign(id, comparable({*found}).front());
  }
  return records;
}

TEST(SqliteJobFailure, what_was_answered_before_a_kill_is_there_after_it) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const TemporaryFolder folder;
    const auto path = folder.path() / "jobs.sqlite";
    std::array<int, 2> answered{};
    ASSERT_EQ(pipe(answered.data()), 0);
    const pid_t child = in_child([&] { return work_until_killed(path, seed, answered[1]); });
    char byte = 0;
    for (std::uint64_t i = 0; i < 3 + seed * 5; ++i) ASSERT_EQ(read(answered[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(answered[1]);
    std::uint64_t batches = 3 + seed * 5;
    while (read(answered[0], &byte, 1) == 1) ++batches;
    close(answered[0]);

    auto store = SqliteJobStore::open(path);
    ASSERT_TRUE(store) << store.error().message;
    // The same batches again, in peace: the killed process did these, and perhaps one more.
    auto peace = SqliteJobStore::open(folder.path() / "peace.sqlite");
    ASSERT_TRUE(peace);
    JobScript script{seed};
    for (std::uint64_t i = 0; i < batches; ++i) {
      script.heed(taken((*peace)->transact(script.next())));
    }
    const auto before = records_of(**peace, script);
    (void)taken((*peace)->transact(script.next()));
    const auto after = records_of(**peace, script);
    const auto found = records_of(**store, script);
    EXPECT_TRUE(found == before || found == after);
    for (const auto& [id, record] : found) EXPECT_THAT(jobs::faults_of(record), IsEmpty());
  }
}

}  // namespace
}  // namespace hts::testing
