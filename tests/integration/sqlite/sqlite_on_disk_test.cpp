#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../backtest_samples.hpp"
#include "../disk_operations.hpp"
#include "../result_store_suite.hpp"
#include "../temporary_folder.hpp"
#include "adapters/disk/durable.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/sqlite/disk_vfs.hpp"
#include "adapters/sqlite/sqlite_connection.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"

/// The result store on a simulated disk: power failures and errors at every operation.
namespace hts::testing {
namespace {

using simulation::SimulatedDisk;
using sqlite::SqliteResultStore;

constexpr const char* path = "/var/lib/hts/results.sqlite";

sqlite::DiskVfsSources sources() {
  return {[] { return std::int64_t{1'700'000'000'000}; }, [] { return std::uint64_t{7}; }};
}

result::Result<std::unique_ptr<SqliteResultStore>> open(
    const std::shared_ptr<SimulatedDisk>& disk) {
  return SqliteResultStore::open(path, disk, sources());
}

class SimulatedIndex final : public ResultIndex {
 public:
  std::unique_ptr<ports::ResultStore> open() override {
    auto store = testing::open(disk_);
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

 private:
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(1);
};

INSTANTIATE_TEST_SUITE_P(SqliteOnSimulatedDisk, ResultStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<ResultIndex>{new SimulatedIndex};
                         }));

backtest::RunSummary sample(unsigned number) {
  return backtest::summarize(sample_run(number));
}

/// What a client was told.
struct Acknowledged {
  std::vector<unsigned> runs;
  bool is_switched_off = false;  ///< a symbol of run 1
};

/// Opens, stores three runs, switches a symbol off, closes (which moves the log into the database),
/// opens again and stores three more; goes on after an error unless the power is gone.
void work(const std::shared_ptr<SimulatedDisk>& disk, Acknowledged& acknowledged,
          unsigned first_run) {
  for (unsigned session = 0; session < 2; ++session) {
    auto store = open(disk);
    if (!store && !disk->crashed()) store = open(disk);
    if (!store) return;
    for (unsigned i = 0; i < 3; ++i) {
      const unsigned run = first_run + session * 3 + i;
      if ((*store)->insert(sample(run)) || (*store)->insert(sample(run))) {
        acknowledged.runs.push_back(run);
      }
    }
    if (first_run == 1 && session == 0) {
      const auto symbol = market::Symbol::parse("ETH_KRW").value();
      if ((*store)->set_symbol_active(sample_run_id(1), symbol, false)) {
        acknowledged.is_switched_off = true;
      }
    }
  }
}

void expect_sound(const std::shared_ptr<SimulatedDisk>& disk) {
  auto vfs = std::make_shared<sqlite::DiskVfs>(disk, sources());
  auto connection = sqlite::Connection::open(path, vfs);
  ASSERT_TRUE(connection) << connection.error().message;
  auto statement = connection->prepare("PRAGMA integrity_check");
  ASSERT_TRUE(statement) << statement.error().message;
  ASSERT_TRUE(*statement->step(*connection));
  EXPECT_EQ(statement->text(0), "ok");
}

/// Every acknowledged run is there, every run that is there is whole, and one more can be stored.
void expect_kept(const std::shared_ptr<SimulatedDisk>& disk, const Acknowledged& acknowledged) {
  expect_sound(disk);
  auto store = open(disk);
  ASSERT_TRUE(store) << store.error().message;
  for (const unsigned run : acknowledged.runs) {
    const auto found = (*store)->find(sample_run_id(run));
    EXPECT_TRUE(found) << "lost: " << run;
  }
  const auto page = (*store)->history(0, 1000);
  ASSERT_TRUE(page) << page.error().message;
  for (const auto& found : page->runs) {
    auto expected = sample(static_cast<unsigned>(std::stoul(found.run_id.substr(24))));
    if (found.run_id == sample_run_id(1)) {
      if (acknowledged.is_switched_off) {
        EXPECT_FALSE(found.symbols.at(1).is_active);
      }
      expected.symbols.at(1).is_active = found.symbols.at(1).is_active;
    }
    expect_equal(found, expected);
  }
  EXPECT_TRUE((*store)->insert(sample(999'999)));
}

std::uint64_t operations_of_undisturbed_work() {
  const auto disk = std::make_shared<SimulatedDisk>(0);
  Acknowledged acknowledged;
  work(disk, acknowledged, 1);
  EXPECT_EQ(acknowledged.runs.size(), 6U);
  EXPECT_TRUE(acknowledged.is_switched_off);
  return disk->operations();
}

TEST(SqliteOnSimulatedDisk, what_was_acknowledged_survives_a_power_failure_at_every_operation) {
  const std::uint64_t operations = operations_of_undisturbed_work();
  EXPECT_GT(operations, 50U);
  constexpr std::uint64_t seeds = 8;
  for (std::uint64_t crash = 0; crash <= operations; crash += disk_operations_a_step) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      SCOPED_TRACE("crash at " + std::to_string(crash) + ", seed " + std::to_string(seed));
      const auto disk = std::make_shared<SimulatedDisk>(seed);
      Acknowledged acknowledged;
      disk->crash_after(crash);
      work(disk, acknowledged, 1);
      disk->crash();
      disk->reboot();
      // The recovery is work as well, and meets its own failure.
      disk->crash_after(seed * 3);
      work(disk, acknowledged, 101);
      disk->crash();
      disk->reboot();
      expect_kept(disk, acknowledged);
      if (HasFailure()) return;
    }
  }
}

TEST(SqliteOnSimulatedDisk, an_error_at_any_operation_is_told_and_survived) {
  const std::uint64_t operations = operations_of_undisturbed_work();
  constexpr std::uint64_t seeds = 4;
  for (std::uint64_t failing = 0; failing < operations; failing += disk_operations_a_step) {
    for (std::uint64_t seed = 0; seed < 2 * seeds; ++seed) {
      const int error = seed < seeds ? EIO : ENOSPC;
      SCOPED_TRACE("error " + std::to_string(error) + " at " + std::to_string(failing) + ", seed " +
                   std::to_string(seed));
      const auto disk = std::make_shared<SimulatedDisk>(seed);
      Acknowledged acknowledged;
      disk->fail_after(failing, error);
      work(disk, acknowledged, 1);
      // The second try of each step succeeds.
      EXPECT_EQ(acknowledged.runs.size(), 6U);
      disk->crash();
      disk->reboot();
      expect_kept(disk, acknowledged);
      if (HasFailure()) return;
    }
  }
}

TEST(SqliteOnSimulatedDisk, a_disk_that_is_full_for_a_while_is_named_and_recovered_from) {
  const auto disk = std::make_shared<SimulatedDisk>(3);
  auto store = open(disk);
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->insert(sample(1)));
  disk->set_faults({.error_rate = 0, .short_write_rate = 1, .crash_rate = 0});
  const auto refused = (*store)->insert(sample(2));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("the disk is full"));
  disk->set_faults({});
  EXPECT_FALSE((*store)->find(sample_run_id(2)));
  EXPECT_TRUE((*store)->insert(sample(2)));
  EXPECT_TRUE((*store)->find(sample_run_id(2)));
}

/// A process that died may have left commits in the log that it had not synced. Whoever finds them
/// must not build upon them before they last.
TEST(SqliteOnSimulatedDisk, what_a_dead_process_left_unsynced_lasts_once_it_is_opened) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto disk = std::make_shared<SimulatedDisk>(seed);
    auto before = open(disk);
    ASSERT_TRUE(before);
    ASSERT_TRUE((*before)->insert(sample(1)));
    const auto copy = std::filesystem::path{"/var/lib/hts/copy.sqlite"};
    ASSERT_TRUE(disk::write_synced(*disk, copy, *disk::read_text(*disk, path)));
    const auto log = *disk::read_text(*disk, std::string{path} + "-wal");
    {
      auto file = disk->open(copy.string() + "-wal", disk::OpenMode::write_new);
      ASSERT_TRUE(file);
      ASSERT_TRUE((*file)->write_at(0, std::as_bytes(std::span{log})));
    }
    {
      auto after = SqliteResultStore::open(copy, disk, sources());
      ASSERT_TRUE(after) << after.error().message;
      EXPECT_TRUE((*after)->insert(sample(1)));  // it is already there: success
      disk->crash();
    }
    before = result::make_error(result::ErrorCode::cancelled, "closed");
    disk->reboot();
    auto found = SqliteResultStore::open(copy, disk, sources());
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_TRUE((*found)->find(sample_run_id(1))) << "seed " << seed;
  }
}

/// Long lives with faults of all kinds, through automatic checkpoints.
TEST(SqliteOnSimulatedDisk, storms_lose_nothing_that_was_acknowledged) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto disk = std::make_shared<SimulatedDisk>(seed);
    disk->set_faults({.error_rate = 0.002, .short_write_rate = 0.002, .crash_rate = 0.001});
    Acknowledged acknowledged;
    unsigned run = 2;
    for (int life = 0; life < 100 && run < 300; ++life) {
      auto store = open(disk);
      while (store && !disk->crashed() && run < 300) {
        if ((*store)->insert(sample(run))) acknowledged.runs.push_back(run);
        ++run;
      }
      store = result::make_error(result::ErrorCode::cancelled, "closed");
      if (disk->crashed()) disk->reboot();
    }
    EXPECT_GT(acknowledged.runs.size(), 250U);
    disk->crash();
    disk->reboot();
    disk->set_faults({});
    expect_kept(disk, acknowledged);
  }
}

TEST(SqliteOnSimulatedDisk, the_same_calls_give_the_same_bytes) {
  const auto hash = [] {
    const auto disk = std::make_shared<SimulatedDisk>(5);
    Acknowledged acknowledged;
    work(disk, acknowledged, 1);
    auto store = open(disk);
    EXPECT_TRUE((*store)->insert(sample(50)));
    return disk->content_hash();
  };
  const auto first = hash();
  EXPECT_EQ(hash(), first);
}

TEST(SqliteOnSimulatedDisk, a_database_works_on_the_systems_disk_too) {
  const TemporaryFolder temporary;
  const auto folder = temporary.path() / "new";
  {
    auto store = SqliteResultStore::open(folder / "results.sqlite", disk::system_disk(), sources());
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_TRUE((*store)->insert(sample(1)));
  }
  auto store = SqliteResultStore::open(folder / "results.sqlite");
  ASSERT_TRUE(store) << store.error().message;
  EXPECT_TRUE((*store)->find(sample_run_id(1)));
}

}  // namespace
}  // namespace hts::testing
