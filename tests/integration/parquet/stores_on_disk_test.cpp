#include <cerrno>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../artifact_store_suite.hpp"
#include "../candle_store_suite.hpp"
#include "../disk_operations.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/simulation/plain_formats.hpp"
#include "adapters/simulation/simulated_disk.hpp"

/// The candle and artifact stores on a simulated disk: power failures and errors at every
/// operation.
namespace hts::testing {
namespace {

using parquet::ParquetArtifactStore;
using parquet::ParquetCandleStore;
using simulation::SimulatedDisk;

using DiskPtr = std::shared_ptr<SimulatedDisk>;

constexpr const char* data_root = "/var/lib/hts/data";
constexpr const char* runs_root = "/var/lib/hts/state/runs";
constexpr market::Timeframe minute = market::Timeframe::minute();

std::unique_ptr<ParquetCandleStore> open_candles(const DiskPtr& disk) {
  return std::make_unique<ParquetCandleStore>(data_root, disk,
                                              std::make_shared<simulation::PlainCandleFormat>(disk),
                                              ParquetCandleStore::Options{});
}

std::unique_ptr<ParquetArtifactStore> open_runs(const DiskPtr& disk) {
  return std::make_unique<ParquetArtifactStore>(
      runs_root, disk, std::make_shared<simulation::PlainArtifactFormat>(disk));
}

class SimulatedCatalog final : public CandleCatalog {
 public:
  std::unique_ptr<ports::CandleStore> open() override { return open_candles(disk_); }

 private:
  DiskPtr disk_ = std::make_shared<SimulatedDisk>(1);
};

INSTANTIATE_TEST_SUITE_P(SimulatedDisk, CandleStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<CandleCatalog>{new SimulatedCatalog};
                         }));

class SimulatedArchive final : public ArtifactArchive {
 public:
  std::unique_ptr<ports::ArtifactStore> open() override { return open_runs(disk_); }

 private:
  DiskPtr disk_ = std::make_shared<SimulatedDisk>(1);
};

INSTANTIATE_TEST_SUITE_P(SimulatedDisk, ArtifactStoreSuite, ::testing::Values([] {
                           return std::unique_ptr<ArtifactArchive>{new SimulatedArchive};
                         }));

// Candles. Each version of a year replaces every candle of those before and adds some, so that a
// year is of one version only.

market::CandleSeries year_version(int year, int version) {
  return candles_from(time::utc_year_begin(year), 100 + static_cast<std::size_t>(version), version);
}

/// What a client was told of each year.
struct Years {
  std::map<int, int> kept;             ///< the version of the last write that succeeded
  std::map<int, std::set<int>> tried;  ///< those since that did not: they may be there as well
};

result::Status write_version(ports::CandleStore& store, const std::vector<int>& years,
                             int version) {
  auto writing = store.begin_write(symbol("BTC_KRW"), minute);
  if (!writing) return std::move(writing).error();
  for (const int year : years) {
    auto staged = (*writing)->stage(year, year_version(year, version).view());
    if (!staged) return staged;
  }
  auto report = (*writing)->commit();
  if (!report) return std::move(report).error();
  return result::success();
}

void write_and_note(ports::CandleStore& store, const std::vector<int>& years, int version,
                    Years& told) {
  for (const int year : years) told.tried[year].insert(version);
  if (!write_version(store, years, version) && !write_version(store, years, version)) return;
  for (const int year : years) {
    told.kept[year] = version;
    told.tried[year].clear();
  }
}

/// Every step is tried twice, as a client would after an error.
void candle_work(const DiskPtr& disk, Years& told, int first_version) {
  auto store = open_candles(disk);
  write_and_note(*store, {2020}, first_version, told);
  write_and_note(*store, {2020, 2021}, first_version + 1, told);
  {
    // Given up.
    auto writing = store->begin_write(symbol("BTC_KRW"), minute);
    if (writing) (void)(*writing)->stage(2022, year_version(2022, first_version).view());
  }
  write_and_note(*store, {2021}, first_version + 2, told);
}

void expect_candles_kept(const DiskPtr& disk, const Years& told) {
  auto store = open_candles(disk);
  for (const auto& [year, tried] : told.tried) {
    const auto found = store->load(symbol("BTC_KRW"), minute,
                                   {time::utc_year_begin(year), time::utc_year_begin(year + 1)});
    const auto kept = told.kept.find(year);
    if (!found) {
      EXPECT_NE(found.error().code, result::ErrorCode::storage) << found.error().message;
      EXPECT_EQ(kept, told.kept.end()) << found.error().message;
      continue;
    }
    auto possible = tried;
    if (kept != told.kept.end()) possible.insert(kept->second);
    const auto is_found = [&](int version) { return *found == year_version(year, version); };
    EXPECT_TRUE(std::any_of(possible.begin(), possible.end(), is_found))
        << year << " has " << found->size() << " candles";
  }
  EXPECT_TRUE(store->inventory());
  EXPECT_TRUE(write_version(*store, {2023}, 1));
  const auto left = disk->list(std::string{data_root} + "/BTC_KRW/1m");
  ASSERT_TRUE(left);
  for (const auto& entry : *left) {
    EXPECT_THAT(entry.name, ::testing::AnyOf("2020.parquet", "2021.parquet", "2023.parquet"));
  }
}

TEST(CandlesOnSimulatedDisk, what_was_committed_survives_a_power_failure_at_every_operation) {
  const auto undisturbed = std::make_shared<SimulatedDisk>(0);
  Years all;
  candle_work(undisturbed, all, 1);
  ASSERT_EQ(all.kept, (std::map<int, int>{{2020, 2}, {2021, 3}}));
  constexpr std::uint64_t seeds = 16;
  for (std::uint64_t crash = 0; crash <= undisturbed->operations();
       crash += disk_operations_a_step) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      SCOPED_TRACE("crash at " + std::to_string(crash) + ", seed " + std::to_string(seed));
      const auto disk = std::make_shared<SimulatedDisk>(seed);
      Years told;
      disk->crash_after(crash);
      candle_work(disk, told, 1);
      disk->crash();
      disk->reboot();
      disk->crash_after(seed * 2);
      candle_work(disk, told, 11);
      disk->crash();
      disk->reboot();
      expect_candles_kept(disk, told);
      if (HasFailure()) return;
    }
  }
}

TEST(CandlesOnSimulatedDisk, an_error_at_any_operation_is_told_and_survived) {
  const auto undisturbed = std::make_shared<SimulatedDisk>(0);
  Years all;
  candle_work(undisturbed, all, 1);
  constexpr std::uint64_t seeds = 4;
  for (std::uint64_t failing = 0; failing < undisturbed->operations();
       failing += disk_operations_a_step) {
    for (const int error : {EIO, ENOSPC}) {
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE("error at " + std::to_string(failing) + ", seed " + std::to_string(seed));
        const auto disk = std::make_shared<SimulatedDisk>(seed);
        Years told;
        disk->fail_after(failing, error);
        candle_work(disk, told, 1);
        // The second try of each step succeeds, and what it reports holds.
        EXPECT_EQ(told.kept, all.kept);
        disk->crash();
        disk->reboot();
        expect_candles_kept(disk, told);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(CandlesOnSimulatedDisk, storms_lose_nothing_that_was_committed) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto disk = std::make_shared<SimulatedDisk>(seed);
    disk->set_faults({.error_rate = 0.03, .short_write_rate = 0.03, .crash_rate = 0.01});
    Years told;
    for (int version = 1; version < 60; version += 3) {
      candle_work(disk, told, version);
      if (disk->crashed()) disk->reboot();
    }
    EXPECT_EQ(told.kept.size(), 2U);
    disk->set_faults({});
    disk->crash();
    disk->reboot();
    expect_candles_kept(disk, told);
    if (HasFailure()) return;
  }
}

// Runs.

/// What a client was told of each run.
struct Runs {
  std::set<unsigned> saved;
  std::set<unsigned> removed;
};

void save_and_note(ports::ArtifactStore& store, unsigned number, Runs& told) {
  told.removed.erase(number);
  if (store.save(sample_run(number)) || store.save(sample_run(number))) told.saved.insert(number);
}

void run_work(const DiskPtr& disk, Runs& told, unsigned first) {
  auto store = open_runs(disk);
  save_and_note(*store, first, told);
  save_and_note(*store, first + 1, told);
  save_and_note(*store, first, told);
  told.saved.erase(first + 1);
  const auto id = sample_run_id(first + 1);
  if (store->remove(id)) told.removed.insert(first + 1);
  save_and_note(*store, first + 2, told);
}

void expect_runs_kept(const DiskPtr& disk, const Runs& told) {
  auto store = open_runs(disk);
  const auto listed = store->list();
  ASSERT_TRUE(listed) << listed.error().message;
  for (const std::string& id : *listed) {
    const auto run = sample_run(static_cast<unsigned>(std::stoul(id.substr(24))));
    const auto loaded = store->load(backtest::summarize(run));
    ASSERT_TRUE(loaded) << loaded.error().message;
    expect_equal(*loaded, run);
  }
  for (const unsigned number : told.saved) {
    EXPECT_THAT(*listed, ::testing::Contains(sample_run_id(number)));
  }
  for (const unsigned number : told.removed) {
    EXPECT_THAT(*listed, ::testing::Not(::testing::Contains(sample_run_id(number))));
  }
  EXPECT_TRUE(store->save(sample_run(999'999)));
  const auto left = disk->list(runs_root);
  ASSERT_TRUE(left);
  EXPECT_EQ(left->size(), listed->size() + 1);
}

TEST(RunsOnSimulatedDisk, what_was_saved_survives_a_power_failure_at_every_operation) {
  const auto undisturbed = std::make_shared<SimulatedDisk>(0);
  Runs all;
  run_work(undisturbed, all, 1);
  ASSERT_EQ(all.saved, (std::set{1U, 3U}));
  ASSERT_EQ(all.removed, (std::set{2U}));
  constexpr std::uint64_t seeds = 8;
  for (std::uint64_t crash = 0; crash <= undisturbed->operations();
       crash += disk_operations_a_step) {
    for (std::uint64_t seed = 0; seed < seeds; ++seed) {
      SCOPED_TRACE("crash at " + std::to_string(crash) + ", seed " + std::to_string(seed));
      const auto disk = std::make_shared<SimulatedDisk>(seed);
      Runs told;
      disk->crash_after(crash);
      run_work(disk, told, 1);
      disk->crash();
      disk->reboot();
      disk->crash_after(seed * 5);
      run_work(disk, told, 11);
      disk->crash();
      disk->reboot();
      expect_runs_kept(disk, told);
      if (HasFailure()) return;
    }
  }
}

TEST(RunsOnSimulatedDisk, an_error_at_any_operation_is_told_and_survived) {
  const auto undisturbed = std::make_shared<SimulatedDisk>(0);
  Runs all;
  run_work(undisturbed, all, 1);
  constexpr std::uint64_t seeds = 4;
  for (std::uint64_t failing = 0; failing < undisturbed->operations();
       failing += disk_operations_a_step) {
    for (const int error : {EIO, ENOSPC}) {
      for (std::uint64_t seed = 0; seed < seeds; ++seed) {
        SCOPED_TRACE("error at " + std::to_string(failing) + ", seed " + std::to_string(seed));
        const auto disk = std::make_shared<SimulatedDisk>(seed);
        Runs told;
        disk->fail_after(failing, error);
        run_work(disk, told, 1);
        EXPECT_EQ(told.saved, all.saved);
        disk->crash();
        disk->reboot();
        expect_runs_kept(disk, told);
        if (HasFailure()) return;
      }
    }
  }
}

TEST(RunsOnSimulatedDisk, storms_lose_nothing_that_was_saved) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto disk = std::make_shared<SimulatedDisk>(seed);
    disk->set_faults({.error_rate = 0.01, .short_write_rate = 0.01, .crash_rate = 0.005});
    Runs told;
    for (unsigned first = 1; first < 60; first += 3) {
      run_work(disk, told, first);
      if (disk->crashed()) disk->reboot();
    }
    EXPECT_GT(told.saved.size(), 10U);
    disk->set_faults({});
    disk->crash();
    disk->reboot();
    expect_runs_kept(disk, told);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace hts::testing
