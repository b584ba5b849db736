#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../candle_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/candle_file.hpp"
#include "adapters/parquet/duckdb_connection.hpp"
#include "adapters/parquet/duckdb_database.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/parquet/plain_candle_read.hpp"
#include "adapters/parquet/plain_layout.hpp"
#include "adapters/simulation/simulated_disk.hpp"
#include "duckdb_script.hpp"

namespace hts::testing {
namespace {

using parquet::append_plain;
using parquet::ParquetCandleStore;
using parquet::plain_span;

/// Prices and volumes that never repeat, so that no dictionary pays.
market::CandleSeries distinct_candles(std::size_t count) {
  std::mt19937_64 draw{20200220};
  std::uniform_real_distribution<double> step{0.25, 0.75};
  auto candles = candles_from(at("2020-02-20T08:00:00Z"), count);
  for (std::size_t i = 0; i < count; ++i) {
    candles.low[i] = 100 + step(draw);
    candles.open[i] = candles.low[i] + step(draw);
    candles.close[i] = candles.low[i] + step(draw);
    candles.high[i] = std::max(candles.open[i], candles.close[i]) + step(draw);
    candles.volume[i] = static_cast<double>(i) + step(draw);
  }
  return candles;
}

class PlainCandleFile : public ::testing::Test {
 protected:
  void write(const market::CandleSeries& candles) {
    ParquetCandleStore store{folder_.path(), database_};
    const auto written = ports::write_all_years(store, symbol("BTC_KRW"),
                                                market::Timeframe::minute(), candles.view());
    ASSERT_TRUE(written) << written.error().message;
  }
  [[nodiscard]] std::filesystem::path path() const {
    return folder_.path() / "BTC_KRW" / "1m" / "2020.parquet";
  }
  [[nodiscard]] std::string content() const {
    std::ifstream in{path(), std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
  }
  /// In memory, for thousands of versions; the library gets to see those that it is asked about.
  [[nodiscard]] bool read_bytes(const std::string& bytes, market::CandleSeries& candles) {
    if (!memory_.remove("/2020.parquet")) return false;
    auto file = memory_.open("/2020.parquet", disk::OpenMode::write_new);
    if (!file || !(*file)->write_at(0, std::as_bytes(std::span{bytes}))) return false;
    candles.clear();
    return append_plain(memory_, "/2020.parquet", {}, candles);
  }
  [[nodiscard]] bool read(market::CandleSeries& candles, time::TimeRange range = {}) {
    candles.clear();
    return append_plain(*disk_, path(), range, candles);
  }
  /// As the Parquet library reads the file; nothing when it refuses it.
  [[nodiscard]] market::CandleSeries read_with_library(time::TimeRange range = {}) {
    market::CandleSeries candles;
    auto connection = database_->connect();
    if (!connection || !parquet::append_candles(*connection, path(), range, candles)) return {};
    return candles;
  }
  void expect_same_as_library_or(const market::CandleSeries& original, const std::string& bytes) {
    market::CandleSeries candles;
    if (!read_bytes(bytes, candles) || candles == original) return;
    std::filesystem::remove(path());
    std::ofstream out{path(), std::ios::binary};
    out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    out.close();
    EXPECT_EQ(candles, read_with_library());
  }

  TemporaryFolder folder_;
  std::shared_ptr<disk::Disk> disk_ = disk::system_disk();
  simulation::SimulatedDisk memory_{1};
  std::shared_ptr<parquet::DuckdbDatabase> database_ = std::make_shared<parquet::DuckdbDatabase>();
};

TEST_F(PlainCandleFile, files_of_our_own_are_read_without_the_library) {
  const auto candles = distinct_candles(5'000);
  write(candles);
  const auto fresh = std::make_shared<parquet::DuckdbDatabase>();
  ParquetCandleStore store{folder_.path(), fresh};
  const auto loaded = store.load(symbol("BTC_KRW"), market::Timeframe::minute(), {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, candles);
  const auto files = store.inventory();
  ASSERT_TRUE(files) << files.error().message;
  EXPECT_EQ(files->front().candles, 5'000U);
  EXPECT_EQ(files->front().last, candles.open_time.back());
  EXPECT_FALSE(fresh->is_open());
}

TEST_F(PlainCandleFile, any_range_over_several_row_groups_is_what_the_library_reads) {
  const auto candles = distinct_candles(150'000);
  write(candles);
  std::mt19937_64 draw{4};
  const auto first = candles.open_time.front();
  const auto minutes = [&] {
    return first + std::chrono::milliseconds{static_cast<std::int64_t>(draw() % 9'600'000'000U)} -
           std::chrono::hours{5};
  };
  market::CandleSeries read_here;
  for (int i = 0; i < 60; ++i) {
    const auto one = minutes();
    const auto other = minutes();
    const auto [begin, end] = std::minmax(one, other);
    ASSERT_TRUE(read(read_here, {begin, end}));
    EXPECT_EQ(read_here, read_with_library({begin, end}));
  }
  ASSERT_TRUE(read(read_here, {candles.open_time[61'439], candles.open_time[61'441]}));
  EXPECT_EQ(read_here.size(), 2U);
}

TEST_F(PlainCandleFile, a_flipped_bit_gives_what_the_library_gives_or_is_left_to_it) {
  const auto original = distinct_candles(5);
  write(original);
  const std::string sound = content();
  ASSERT_LT(sound.size(), 2'000U);
  for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
    std::string damaged = sound;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    expect_same_as_library_or(original, damaged);
    if (HasFailure()) FAIL() << "bit " << bit;
  }
}

TEST_F(PlainCandleFile, an_overwritten_footer_gives_what_the_library_gives_or_is_left_to_it) {
  const auto original = distinct_candles(12);
  write(original);
  const std::string sound = content();
  std::uint32_t footer_bytes = 0;
  std::memcpy(&footer_bytes, sound.data() + sound.size() - 8, sizeof footer_bytes);
  const std::size_t footer = sound.size() - 8 - footer_bytes;
  std::mt19937_64 draw{7};
  for (int round = 0; round < 4'000; ++round) {
    std::string damaged = sound;
    for (auto left = 1 + draw() % 4; left > 0; --left) {
      damaged[footer + draw() % (damaged.size() - footer)] = static_cast<char>(draw());
    }
    expect_same_as_library_or(original, damaged);
    if (HasFailure()) FAIL() << "round " << round;
  }
}

TEST_F(PlainCandleFile, a_truncated_file_is_left_to_the_library) {
  write(distinct_candles(12));
  const std::string sound = content();
  market::CandleSeries candles;
  for (std::size_t size = 0; size < sound.size(); ++size) {
    EXPECT_FALSE(read_bytes(sound.substr(0, size), candles)) << size << " bytes";
    EXPECT_TRUE(candles.empty());
    EXPECT_FALSE(plain_span(memory_, "/2020.parquet"));
  }
}

TEST_F(PlainCandleFile, footers_of_random_bytes_are_refused) {
  std::mt19937_64 draw{11};
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::byte> bytes(draw() % 200);
    for (auto& byte : bytes) byte = static_cast<std::byte>(draw());
    EXPECT_FALSE(parquet::parse_plain_footer(bytes, 1'000));
    EXPECT_FALSE(parquet::is_plain_page(bytes, 1));
  }
}

TEST_F(PlainCandleFile, repeated_values_in_dictionaries_are_left_to_the_library) {
  auto candles = candles_from(at("2020-02-20T08:00:00Z"), 20'000);
  std::fill(candles.volume.begin(), candles.volume.end(), 1.5);
  write(candles);
  market::CandleSeries read_here;
  EXPECT_FALSE(read(read_here));
  ParquetCandleStore store{folder_.path(), database_};
  const auto loaded = store.load(symbol("BTC_KRW"), market::Timeframe::minute(), {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, candles);
}

TEST_F(PlainCandleFile, columns_that_only_look_alike_are_left_to_the_library) {
  const std::string time = "1582185600000 + 60000 * i";
  const std::string prices =
      "10 + i / 7.0e0 AS \"open\", 99.0e0 + i AS high, 8 + i / 9.0e0 AS low, "
      "11 + i / 7.0e0 AS \"close\", 1.5e0 + i AS volume FROM range(9) AS r(i)";
  std::filesystem::create_directories(path().parent_path());
  const auto make = [&](const std::string& select, const std::string& options) {
    run_duckdb("COPY (SELECT " + select + ") TO '" + path().string() +
               "' (FORMAT parquet, PARQUET_VERSION v1" + options + ")");
  };
  market::CandleSeries candles;
  make(time + " AS \"timestamp\", " + prices, ", COMPRESSION uncompressed");
  EXPECT_TRUE(read(candles));
  EXPECT_EQ(candles, read_with_library());
  make(time + " AS \"timestamp\", " + prices, ", COMPRESSION zstd");
  EXPECT_FALSE(read(candles));
  make("make_timestamp(1000 * (" + time + ")) AS \"timestamp\", " + prices,
       ", COMPRESSION uncompressed");
  EXPECT_FALSE(read(candles));
  make(time + " AS \"time\", " + prices, ", COMPRESSION uncompressed");
  EXPECT_FALSE(read(candles));
  make("CASE WHEN i = 4 THEN NULL ELSE " + time + " END AS \"timestamp\", " + prices,
       ", COMPRESSION uncompressed");
  EXPECT_FALSE(read(candles));
}

TEST_F(PlainCandleFile, a_replaced_file_is_read_anew) {
  write(distinct_candles(40));
  auto database = std::make_shared<parquet::DuckdbDatabase>();
  ParquetCandleStore store{folder_.path(), database};
  const auto load = [&] {
    return store.load(symbol("BTC_KRW"), market::Timeframe::minute(), {}).value();
  };
  EXPECT_EQ(load(), distinct_candles(40));
  write(distinct_candles(41));
  EXPECT_EQ(load(), distinct_candles(41));
}

}  // namespace
}  // namespace hts::testing
