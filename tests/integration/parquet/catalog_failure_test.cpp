#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include "../candle_store_suite.hpp"
#include "../child_process.hpp"
#include "../full_disk.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"

namespace hts::testing {
namespace {

using parquet::ParquetCandleStore;
using result::ErrorCode;
using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

// Its helpers are used here; the suite itself runs beside the store.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(CandleStoreSuite);

constexpr market::Timeframe minute = market::Timeframe::minute();

result::Result<ports::WriteReport> write(ports::CandleStore& store, int year,
                                         const market::CandleSeries& candles) {
  auto writing = store.begin_write(symbol("BTC_KRW"), minute);
  if (!writing) return std::move(writing).error();
  if (auto staged = (*writing)->stage(year, candles.view()); !staged) {
    return std::move(staged).error();
  }
  return (*writing)->commit();
}

fs::path series_of(const fs::path& root) {
  return root / "BTC_KRW" / "1m";
}

std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator{folder}) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string bytes_of(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

const auto first = at("2020-02-20T08:00:00Z");

TEST(CatalogFailure, an_equal_second_write_leaves_file_and_time_untouched) {
  TemporaryFolder folder;
  ParquetCandleStore store{folder.path()};
  ASSERT_TRUE(write(store, 2020, candles_from(first, 1000)));
  const auto path = series_of(folder.path()) / "2020.parquet";
  const auto bytes = bytes_of(path);
  const auto modified = fs::last_write_time(path);
  const auto report = write(store, 2020, candles_from(first, 1000));
  ASSERT_TRUE(report);
  EXPECT_EQ(report->unchanged, 1000U);
  EXPECT_EQ(report->files_written, 0U);
  EXPECT_EQ(bytes_of(path), bytes);
  EXPECT_EQ(fs::last_write_time(path), modified);
}

TEST(CatalogFailure, nothing_but_the_year_is_left_in_the_folder) {
  TemporaryFolder folder;
  ParquetCandleStore store{folder.path()};
  ASSERT_TRUE(write(store, 2020, candles_from(first, 10)));
  EXPECT_EQ(names_in(series_of(folder.path())), std::vector<std::string>{"2020.parquet"});
}

TEST(CatalogFailure, a_write_that_is_given_up_leaves_no_folder_behind) {
  TemporaryFolder folder;
  ParquetCandleStore store{folder.path() / "data"};
  {
    auto writing = store.begin_write(symbol("BTC_KRW"), minute);
    ASSERT_TRUE(writing);
    ASSERT_TRUE((*writing)->stage(2020, candles_from(first, 10).view()));
    EXPECT_EQ(names_in(series_of(folder.path() / "data")).size(), 1U);
  }
  EXPECT_TRUE(names_in(folder.path() / "data").empty());
}

TEST(CatalogFailure, what_a_killed_writer_left_is_unseen_and_removed_by_the_next_write) {
  TemporaryFolder folder;
  const pid_t child = in_child([&] {
    ParquetCandleStore store{folder.path()};
    auto writing = store.begin_write(symbol("BTC_KRW"), minute);
    if (!writing || !(*writing)->stage(2020, candles_from(first, 500).view())) return false;
    _exit(0);  // staged, never committed: as a kill between the write and the rename
  });
  ASSERT_TRUE(succeeded(child));
  ASSERT_EQ(names_in(series_of(folder.path())).size(), 1U);

  ParquetCandleStore store{folder.path()};
  EXPECT_TRUE(store.inventory()->empty());
  EXPECT_FALSE(store.load(symbol("BTC_KRW"), minute, {}));
  ASSERT_TRUE(write(store, 2021, candles_from(at("2021-01-01T00:00:00Z"), 10)));
  EXPECT_EQ(names_in(series_of(folder.path())), std::vector<std::string>{"2021.parquet"});
}

TEST(CatalogFailure, processes_that_write_the_same_year_lose_no_candle) {
  constexpr std::size_t processes = 3;
  constexpr std::size_t rounds = 5;
  TemporaryFolder folder;
  std::vector<pid_t> children;
  children.reserve(processes);
  for (std::size_t p = 0; p < processes; ++p) {
    children.push_back(in_child([&, p] {
      ParquetCandleStore store{folder.path()};
      for (std::size_t round = 0; round < rounds; ++round) {
        const auto begin = first + std::chrono::minutes{10 * (round * processes + p)};
        if (!write(store, 2020, candles_from(begin, 10))) return false;
      }
      return true;
    }));
  }
  for (const pid_t child : children) EXPECT_TRUE(succeeded(child));
  ParquetCandleStore store{folder.path()};
  EXPECT_EQ(store.load(symbol("BTC_KRW"), minute, {})->size(), processes * rounds * 10);
}

TEST(CatalogFailure, a_second_writer_is_told_that_another_is_at_work) {
  TemporaryFolder folder;
  ParquetCandleStore patient{folder.path()};
  ParquetCandleStore hasty{folder.path(), nullptr, {.lock_patience = std::chrono::milliseconds{0}}};
  auto writing = patient.begin_write(symbol("BTC_KRW"), minute);
  ASSERT_TRUE(writing);
  const auto refused = hasty.begin_write(symbol("BTC_KRW"), minute);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::conflict);
  EXPECT_THAT(refused.error().message, HasSubstr(series_of(folder.path()).string()));
  EXPECT_TRUE(hasty.begin_write(symbol("ETH_KRW"), minute));
  writing->reset();
  EXPECT_TRUE(hasty.begin_write(symbol("BTC_KRW"), minute));
}

TEST(CatalogFailure, a_root_below_a_file_is_refused_before_the_work) {
  TemporaryFolder folder;
  std::ofstream{folder.path() / "file"} << "x";
  ParquetCandleStore store{folder.path() / "file" / "data"};
  const auto writing = store.begin_write(symbol("BTC_KRW"), minute);
  ASSERT_FALSE(writing);
  EXPECT_EQ(writing.error().code, ErrorCode::storage);
  EXPECT_THAT(writing.error().message, HasSubstr((folder.path() / "file" / "data").string()));
  EXPECT_THAT(writing.error().message, HasSubstr("choose another folder"));
}

TEST(CatalogFailure, a_read_only_disk_is_refused_before_the_work_and_still_read) {
  SmallDisk disk{512};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  ParquetCandleStore store{disk.path()};
  ASSERT_TRUE(write(store, 2020, candles_from(first, 10)));
  ASSERT_EQ(mount("tmpfs", disk.path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const auto writing = store.begin_write(symbol("BTC_KRW"), minute);
  ASSERT_FALSE(writing);
  EXPECT_THAT(writing.error().message, HasSubstr("Read-only file system"));
  EXPECT_TRUE(store.load(symbol("BTC_KRW"), minute, {}));
}

TEST(CatalogFailure, a_full_disk_leaves_the_year_as_it_was) {
  SmallDisk disk{512};
  if (!disk.mounted()) GTEST_SKIP() << "Mounting a small disk needs root.";
  ParquetCandleStore store{disk.path()};
  const auto before = candles_from(first, 500);
  ASSERT_TRUE(write(store, 2020, before));
  disk.fill_up_to(16);
  const auto report = write(store, 2020, candles_from(first, 5000));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, ErrorCode::storage);
  EXPECT_THAT(report.error().message,
              HasSubstr("Cannot write " + (series_of(disk.path()) / "2020.parquet").string() +
                        ": No space left on device. Free some space"));
  EXPECT_THAT(report.error().message, Not(HasSubstr(".tmp")));
  EXPECT_EQ(names_in(series_of(disk.path())), std::vector<std::string>{"2020.parquet"});
  EXPECT_EQ(*store.load(symbol("BTC_KRW"), minute, {}), before);

  fs::remove(disk.path() / "filler");
  EXPECT_TRUE(write(store, 2020, candles_from(first, 5000)));
}

TEST(CatalogFailure, a_limit_on_file_sizes_leaves_nothing_half_written) {
  TemporaryFolder folder;
  const pid_t child = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    ParquetCandleStore store{folder.path()};
    const auto report = write(store, 2020, candles_from(first, 5000));
    return !report && report.error().message.find("File too large") != std::string::npos;
  });
  EXPECT_TRUE(succeeded(child));
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(CatalogFailure, a_year_loads_and_merges_in_a_gibibyte_of_address_space) {
#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
  GTEST_SKIP() << "A sanitizer reserves more address space than that for itself.";
#endif
  TemporaryFolder folder;
  const pid_t child = in_child([&] {
    const rlimit limit{std::size_t{1} << 30U, std::size_t{1} << 30U};
    setrlimit(RLIMIT_AS, &limit);
    ParquetCandleStore store{folder.path()};
    const auto begin = at("2020-01-01T00:00:00Z");
    constexpr std::size_t minutes_a_year = 527'040;
    return write(store, 2020, candles_from(begin, minutes_a_year - 1)).ok() &&
           write(store, 2020, candles_from(begin, minutes_a_year)).ok() &&
           store.load(symbol("BTC_KRW"), minute, {}).value().size() == minutes_a_year;
  });
  EXPECT_TRUE(succeeded(child));
}

TEST(CatalogFailure, too_little_memory_is_not_taken_for_a_damaged_file) {
  TemporaryFolder folder;
  ParquetCandleStore rich{folder.path()};
  ASSERT_TRUE(write(rich, 2020, candles_from(first, 100'000)));
  ParquetCandleStore poor{folder.path(),
                          std::make_shared<parquet::DuckdbDatabase>(
                              parquet::DuckdbOptions{.threads = 1, .memory_limit = "100KB"})};
  const auto loaded = poor.load(symbol("BTC_KRW"), minute, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::storage);
  EXPECT_THAT(loaded.error().message, HasSubstr("memory limit"));
  EXPECT_THAT(loaded.error().message, Not(HasSubstr("damaged")));
}

/// Damages a stored year in many places: each load is an error that names the file, or gives sound
/// candles, and the store works on.
TEST(CatalogFailure, no_damage_to_a_file_breaks_the_store) {
  TemporaryFolder folder;
  ParquetCandleStore store{folder.path()};
  ASSERT_TRUE(write(store, 2020, candles_from(first, 3000)));
  ASSERT_TRUE(write(store, 2021, candles_from(at("2021-01-01T00:00:00Z"), 10)));
  const auto path = series_of(folder.path()) / "2020.parquet";
  const std::string intact = bytes_of(path);
  std::mt19937_64 random{11};
  std::size_t refused = 0;
  for (int i = 0; i < 300; ++i) {
    std::string damaged = intact;
    if (i % 3 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      // The page headers in front and the footer at the end hold the structure.
      const std::size_t where =
          i % 3 == 1 ? random() % damaged.size() : damaged.size() - 1 - random() % 800;
      for (std::size_t k = where; k < std::min(damaged.size(), where + 4); ++k) {
        damaged[k] = static_cast<char>(random());
      }
    }
    std::ofstream{path, std::ios::binary} << damaged;
    const auto loaded = store.load(symbol("BTC_KRW"), minute, {});
    const auto files = store.inventory();
    if (!loaded) {
      ++refused;
      EXPECT_EQ(loaded.error().code, ErrorCode::storage);
      EXPECT_THAT(loaded.error().message, HasSubstr(path.string()));
    }
    if (!files) {
      EXPECT_THAT(files.error().message, HasSubstr(path.string()));
    }
    const auto other = store.load(symbol("BTC_KRW"), minute,
                                  {at("2021-06-01T00:00:00Z"), at("2021-06-02T00:00:00Z")});
    ASSERT_FALSE(other);
  }
  EXPECT_GT(refused, 150U);
  std::ofstream{path, std::ios::binary} << intact;
  const auto loaded = store.load(symbol("BTC_KRW"), minute, {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size(), 3010U);
}

TEST(CatalogFailure, a_file_of_nothing_or_of_text_is_named) {
  TemporaryFolder folder;
  ParquetCandleStore store{folder.path()};
  const auto path = series_of(folder.path()) / "2020.parquet";
  fs::create_directories(path.parent_path());
  for (const char* text :
       {"", "x", "timestamp,open,high,low,close,volume\n1,2,3,4,5,6\n", "PAR1PAR1"}) {
    std::ofstream{path} << text;
    for (const auto& error :
         {store.load(symbol("BTC_KRW"), minute, {}).error(), store.inventory().error(),
          write(store, 2020, candles_from(first, 3)).error()}) {
      EXPECT_EQ(error.code, ErrorCode::storage);
      EXPECT_THAT(error.message, HasSubstr(path.string()));
      EXPECT_THAT(error.message, Not(HasSubstr("/proc/")));
    }
    EXPECT_EQ(bytes_of(path), text);
  }
}

TEST(CatalogFailure, an_empty_catalog_is_answered_without_the_library) {
  TemporaryFolder folder;
  const auto database = std::make_shared<parquet::DuckdbDatabase>();
  ParquetCandleStore store{folder.path() / "none", database};
  EXPECT_TRUE(store.inventory()->empty());
  const auto loaded = store.load(symbol("BTC_KRW"), minute, {});
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::unknown_symbol);
  EXPECT_FALSE(database->is_open());
  EXPECT_FALSE(fs::exists(folder.path() / "none"));
}

}  // namespace
}  // namespace hts::testing
