#include <cerrno>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../disk_operations.hpp"
#include "../job_script.hpp"
#include "../job_store_suite.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "adapters/simulation/table_job_store.hpp"
#include "adapters/sqlite/sqlite_job_store.hpp"

/// The job store on a simulated disk: power failures and errors at every operation.
namespace hts::testing {
namespace {

using simulation::SimulatedDisk;
using sqlite::SqliteJobStore;
using Records = std::map<jobs::JobId, jobs::JobRecord>;

constexpr const char* path = "/var/lib/hts/jobs.sqlite";

result::Result<std::unique_ptr<SqliteJobStore>> open(const std::shared_ptr<SimulatedDisk>& disk) {
  return SqliteJobStore::open(
      path, disk,
      {[] { return std::int64_t{1'700'000'000'000}; }, [] { return std::uint64_t{7}; }});
}

class SimulatedQueue final : public JobQueue {
 public:
  std::unique_ptr<ports::JobStore> open() override {
    auto store = testing::open(disk_);
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }

 private:
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(1);
};

INSTANTIATE_TEST_SUITE_P(SqliteOnSimulatedDisk, JobStoreSuite,
                         ::testing::Values([] { return std::make_unique<SimulatedQueue>(); }));

Records records_of(ports::JobStore& store, const std::vector<jobs::JobId>& ids) {
  Records records;
  for (const auto& id : ids) {
    if (auto found = store.find(id)) records.insert_or_assign(id, comparable({*found}).front());
  }
  return records;
}

/// Batches, and all records after the first n of them.
struct Rehearsal {
  std::vector<ports::JobBatch> batches;
  std::vector<Records> records;
  std::vector<jobs::JobId> ids;
};

Rehearsal rehearse(std::uint64_t seed, int steps) {
  Rehearsal rehearsal;
  simulation::TableJobStore model;
  JobScript script{seed};
  rehearsal.records.emplace_back();
  for (int step = 0; step < steps; ++step) {
    rehearsal.batches.push_back(script.next());
    script.heed(taken(model.transact(rehearsal.batches.back())));
    rehearsal.records.push_back(records_of(model, script.ids()));
  }
  rehearsal.ids = script.ids();
  return rehearsal;
}

/// Sends the batches from `first` on, opening again in the middle; each once more after an error.
/// How many were answered in all.
std::size_t work(const std::shared_ptr<SimulatedDisk>& disk, const Rehearsal& rehearsal,
                 std::size_t first) {
  std::size_t answered = first;
  for (int life = 0; life < 2; ++life) {
    auto store = open(disk);
    if (!store && !disk->crashed()) store = open(disk);
    if (!store) return answered;
    const std::size_t until = life == 0 ? rehearsal.batches.size() / 2 : rehearsal.batches.size();
    for (; answered < until; ++answered) {
      const auto& batch = rehearsal.batches[answered];
      if (!(*store)->transact(batch) && !(*store)->transact(batch)) break;
    }
  }
  return answered;
}

TEST(SqliteJobsOnSimulatedDisk, a_power_failure_at_any_operation_leaves_whole_batches) {
  const Rehearsal rehearsal = rehearse(3, 8);
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, rehearsal, 0), rehearsal.batches.size());
  const std::uint64_t operations = calm->operations();
  EXPECT_GT(operations, 50U);
  for (std::uint64_t crash = 0; crash <= operations; crash += disk_operations_a_step) {
    for (std::uint64_t seed = 0; seed < 2; ++seed) {
      SCOPED_TRACE("crash at " + std::to_string(crash) + ", seed " + std::to_string(seed));
      const auto disk = std::make_shared<SimulatedDisk>(seed);
      disk->crash_after(crash);
      const std::size_t answered = work(disk, rehearsal, 0);
      disk->crash();
      disk->reboot();
      auto store = open(disk);
      ASSERT_TRUE(store) << store.error().message;
      const Records found = records_of(**store, rehearsal.ids);
      const bool one_more =
          answered < rehearsal.batches.size() && found == rehearsal.records[answered + 1];
      ASSERT_TRUE(one_more || found == rehearsal.records[answered]) << answered << " answered";
      store = result::make_error(result::ErrorCode::cancelled, "closed");
      // What is left of the work goes on as if nothing had been.
      ASSERT_EQ(work(disk, rehearsal, answered + (one_more ? 1 : 0)), rehearsal.batches.size());
      store = open(disk);
      ASSERT_TRUE(store);
      EXPECT_EQ(records_of(**store, rehearsal.ids), rehearsal.records.back());
    }
  }
}

TEST(SqliteJobsOnSimulatedDisk, after_an_error_at_any_operation_the_batch_may_be_sent_again) {
  const Rehearsal rehearsal = rehearse(4, 8);
  const auto calm = std::make_shared<SimulatedDisk>(0);
  ASSERT_EQ(work(calm, rehearsal, 0), rehearsal.batches.size());
  for (std::uint64_t failing = 0; failing < calm->operations(); failing += disk_operations_a_step) {
    for (const int error : {EIO, ENOSPC}) {
      SCOPED_TRACE("error " + std::to_string(error) + " at " + std::to_string(failing));
      const auto disk = std::make_shared<SimulatedDisk>(failing);
      disk->fail_after(failing, error);
      ASSERT_EQ(work(disk, rehearsal, 0), rehearsal.batches.size());
      disk->crash();
      disk->reboot();
      auto store = open(disk);
      ASSERT_TRUE(store) << store.error().message;
      ASSERT_EQ(records_of(**store, rehearsal.ids), rehearsal.records.back());
    }
  }
}

TEST(SqliteJobsOnSimulatedDisk, the_same_calls_give_the_same_bytes) {
  const auto hash = [] {
    const auto disk = std::make_shared<SimulatedDisk>(5);
    const Rehearsal rehearsal = rehearse(5, 20);
    EXPECT_EQ(work(disk, rehearsal, 0), rehearsal.batches.size());
    return disk->content_hash();
  };
  const auto first = hash();
  EXPECT_EQ(hash(), first);
}

}  // namespace
}  // namespace hts::testing
