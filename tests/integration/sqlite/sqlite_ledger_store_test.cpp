#include "adapters/sqlite/sqlite_ledger_store.hpp"

#include <cerrno>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../disk_operations.hpp"
#include "../ledger_store_suite.hpp"
#include "../temporary_folder.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/simulation/table_ledger_store.hpp"
#include "adapters/sqlite/sqlite_alert_outbox.hpp"

namespace hts::testing {
namespace {

using ports::LedgerStore;
using simulation::SimulatedDisk;
using sqlite::SqliteLedgerStore;

class FilePlace final : public LedgerPlace {
 public:
  std::unique_ptr<LedgerStore> open() override {
    auto store = SqliteLedgerStore::open(folder_.path() / "new" / "live.sqlite");
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

 private:
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, LedgerStoreSuite,
                         ::testing::Values([] { return std::make_unique<FilePlace>(); }));

/// Passes every call on to what the place keeps.
class Borrowed final : public LedgerStore {
 public:
  explicit Borrowed(LedgerStore& below) : below_(below) {}
  result::Status put_session(const ports::SessionRecord& session) override {
    return below_.put_session(session);
  }
  result::Result<std::optional<ports::SessionRecord>> newest_session() override {
    return below_.newest_session();
  }
  result::Result<ports::SessionRecord> find_session(const std::string& id) override {
    return below_.find_session(id);
  }
  result::Status commit(const std::vector<ports::LedgerCommit>& commits) override {
    return below_.commit(commits);
  }
  result::Result<std::vector<paper::PaperEvent>> events(const std::string& id, std::uint64_t first,
                                                        std::uint64_t limit) override {
    return below_.events(id, first, limit);
  }
  result::Result<std::vector<ports::SlotSnapshot>> snapshots(const std::string& id) override {
    return below_.snapshots(id);
  }

 private:
  LedgerStore& below_;
};

class TablePlace final : public LedgerPlace {
 public:
  std::unique_ptr<LedgerStore> open() override { return std::make_unique<Borrowed>(table_); }

 private:
  simulation::TableLedgerStore table_;
};

INSTANTIATE_TEST_SUITE_P(Table, LedgerStoreSuite,
                         ::testing::Values([] { return std::make_unique<TablePlace>(); }));

TEST(SqliteLedger, alerts_of_a_commit_wait_in_the_outbox_of_the_same_file) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "live.sqlite";
  auto store = SqliteLedgerStore::open(path);
  auto outbox = sqlite::SqliteAlertOutbox::open(path);
  ASSERT_TRUE(store.ok() && outbox.ok());
  ASSERT_TRUE((*store)->put_session(sample_session("a")));
  ASSERT_TRUE((*store)->commit({sample_commit("a", 1, 1)}));
  ASSERT_TRUE((*store)->commit({sample_commit("a", 1, 1), sample_commit("a", 2, 1)}));
  const auto alerts = (*outbox)->unrouted(10);
  ASSERT_TRUE(alerts.ok());
  EXPECT_EQ(*alerts, (std::vector{sample_alert(1), sample_alert(2)}));
  EXPECT_FALSE((*store)->commit({sample_commit("a", 9, 1)}));
  EXPECT_EQ((*outbox)->unrouted(10)->size(), 2U);
}

// --- on a simulated disk: power failures and errors at every operation ---

result::Result<std::unique_ptr<SqliteLedgerStore>> open(
    const std::shared_ptr<SimulatedDisk>& disk) {
  return SqliteLedgerStore::open(
      "/var/lib/hts/live.sqlite",
      std::make_shared<sqlite::DiskVfs>(
          disk, sqlite::DiskVfsSources{[] { return std::int64_t{1'700'000'000'000}; },
                                       [] { return std::uint64_t{7}; }}));
}

using Step = std::function<result::Status(LedgerStore&)>;

std::vector<Step> steps() {
  return {
      [](LedgerStore& store) { return store.put_session(sample_session("a")); },
      [](LedgerStore& store) {
        return store.commit({sample_commit("a", 1, 2), sample_commit("a", 3, 1)});
      },
      [](LedgerStore& store) { return store.commit({sample_commit("a", 4, 5)}); },
      [](LedgerStore& store) {
        auto stopped = sample_session("a");
        stopped.is_running = false;
        return store.put_session(stopped);
      },
      [](LedgerStore& store) { return store.put_session(sample_session("b")); },
      [](LedgerStore& store) { return store.commit({sample_commit("b", 1, 3)}); },
  };
}

/// All that can be seen of a store, as text.
std::string content_of(LedgerStore& store) {
  std::string text;
  for (const char* id : {"a", "b"}) {
    const auto session = store.find_session(id);
    if (!session) continue;
    text += session->session_id + (session->is_running ? " runs " : " stands ") + session->plan +
            session->state + std::to_string(session->events) + "\n";
    const auto events = store.events(id, 1, 100);
    for (const auto& event : *events) text += std::to_string(event.number) + " ";
  }
  return text;
}

/// After the first n steps.
std::vector<std::string> rehearsed() {
  simulation::TableLedgerStore table;
  std::vector<std::string> contents{content_of(table)};
  for (const Step& step : steps()) {
    if (!step(table)) throw std::logic_error("the model refused");
    contents.push_back(content_of(table));
  }
  return contents;
}

/// From step `first` on, opening again in the middle; each once more after an error. How many were
/// answered in all.
std::size_t work(const std::shared_ptr<SimulatedDisk>& disk, std::size_t first) {
  const auto all = steps();
  std::size_t answered = first;
  for (const std::size_t until : {all.size() / 2, all.size()}) {
    auto store = open(disk);
    if (!store && !disk->crashed()) store = open(disk);
    if (!store) return answered;
    for (; answered < until; ++answered) {
      if (!all[answered](**store) && !all[answered](**store)) break;
    }
  }
  return answered;
}

TEST(SqliteLedgerOnSimulatedDisk, a_power_failure_at_any_operation_leaves_whole_commits) {
  const auto expected = rehearsed();
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, 0), steps().size());
  const std::uint64_t operations = calm->operations();
  EXPECT_GT(operations, 40U);
  for (std::uint64_t crash = 0; crash <= operations; crash += disk_operations_a_step) {
    SCOPED_TRACE("crash at " + std::to_string(crash));
    const auto disk = std::make_shared<SimulatedDisk>(crash);
    disk->crash_after(crash);
    const std::size_t answered = work(disk, 0);
    disk->crash();
    disk->reboot();
    auto store = open(disk);
    ASSERT_TRUE(store) << store.error().message;
    const std::string found = content_of(**store);
    const bool one_more = answered < steps().size() && found == expected[answered + 1];
    ASSERT_TRUE(one_more || found == expected[answered]) << answered << " answered\n" << found;
    store = result::make_error(result::ErrorCode::cancelled, "closed");
    ASSERT_EQ(work(disk, answered + (one_more ? 1 : 0)), steps().size());
    store = open(disk);
    ASSERT_TRUE(store);
    EXPECT_EQ(content_of(**store), expected.back());
  }
}

TEST(SqliteLedgerOnSimulatedDisk, after_an_error_at_any_operation_the_commit_may_be_made_again) {
  const auto expected = rehearsed();
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, 0), steps().size());
  for (std::uint64_t failing = 0; failing < calm->operations(); failing += disk_operations_a_step) {
    for (const int error : {EIO, ENOSPC}) {
      SCOPED_TRACE("error " + std::to_string(error) + " at " + std::to_string(failing));
      const auto disk = std::make_shared<SimulatedDisk>(failing);
      disk->fail_after(failing, error);
      ASSERT_EQ(work(disk, 0), steps().size());
      disk->crash();
      disk->reboot();
      auto store = open(disk);
      ASSERT_TRUE(store) << store.error().message;
      ASSERT_EQ(content_of(**store), expected.back());
    }
  }
}

}  // namespace
}  // namespace hts::testing
