#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../candle_store_suite.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "duckdb_script.hpp"

namespace hts::testing {
namespace {

using parquet::ParquetCandleStore;
using ::testing::HasSubstr;

/// A catalog that another program wrote.
class ForeignFile : public ::testing::Test {
 protected:
  /// Writes the rows of a SELECT as a year of BTC_KRW 1m.
  void make(const std::string& select, int year = 2020, const std::string& options = "") {
    std::filesystem::create_directories(path(year).parent_path());
    run_duckdb("COPY (" + select + ") TO '" + path(year).string() + "' (FORMAT parquet" + options +
               ")");
  }
  [[nodiscard]] std::filesystem::path path(int year = 2020) const {
    return folder.path() / "BTC_KRW" / "1m" / (std::to_string(year) + ".parquet");
  }
  result::Result<market::CandleSeries> load(time::TimeRange range = {}) {
    return store.load(symbol("BTC_KRW"), market::Timeframe::minute(), range);
  }
  void expect_refused(const std::string& reason) {
    const auto loaded = load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, result::ErrorCode::storage);
    EXPECT_THAT(loaded.error().message, HasSubstr(path().string()));
    EXPECT_THAT(loaded.error().message, HasSubstr(reason));
  }

  TemporaryFolder folder;
  ParquetCandleStore store{folder.path()};
};

constexpr const char* three_rows =
    "SELECT 5.5 AS volume, 11::FLOAT AS \"close\", 8::SMALLINT AS low, 12::DECIMAL(9,2) AS high, "
    "'x' AS note, 10::INTEGER AS \"open\", 1582185600000 + 60000 * i AS \"timestamp\" "
    "FROM range(3) AS r(i)";

TEST_F(ForeignFile, columns_are_found_by_name_and_numbers_of_any_type_are_taken) {
  make(three_rows);
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  ASSERT_EQ(loaded->size(), 3U);
  EXPECT_EQ((*loaded)[2], (market::Candle{at("2020-02-20T08:02:00Z"), 10, 12, 8, 11, 5.5}));
}

TEST_F(ForeignFile, times_of_every_timestamp_type_are_taken) {
  for (const char* type :
       {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "TIMESTAMP WITH TIME ZONE"}) {
    make("SELECT CAST(TIMESTAMP '2020-02-20 08:00:00' + INTERVAL 1 MINUTE * i AS " +
         std::string{type} + ") AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, " +
         "11 AS \"close\", 1.5 AS volume FROM range(4) AS r(i)");
    const auto loaded = load({at("2020-02-20T08:01:00Z"), at("2020-02-20T08:03:00Z")});
    ASSERT_TRUE(loaded) << type << ": " << loaded.error().message;
    ASSERT_EQ(loaded->size(), 2U) << type;
    EXPECT_EQ(loaded->open_time[0], at("2020-02-20T08:01:00Z")) << type;
    const auto files = store.inventory();
    ASSERT_TRUE(files) << files.error().message;
    EXPECT_EQ(files->front().candles, 4U);
    EXPECT_EQ(files->front().last, at("2020-02-20T08:03:00Z"));
  }
}

TEST_F(ForeignFile, years_that_overlap_are_streamed_in_order) {
  const auto rows = [](int begin, int count, int volume) {
    return "SELECT 1577836800000 + 60000 * (i + " + std::to_string(begin) +
           ") AS \"timestamp\", 10.0e0 AS \"open\", 12.0e0 AS high, 8.0e0 AS low, 11.0e0 AS " +
           "\"close\", i + " + std::to_string(volume) + ".5e0 AS volume FROM range(" +
           std::to_string(count) + ") AS r(i)";
  };
  make(rows(-600, 540, 0), 2019);
  make(rows(-120, 180, 1'000), 2020);
  make(rows(600'000, 50, 2'000), 2021);
  market::CandleSeries streamed;
  const auto done = store.stream(symbol("BTC_KRW"), market::Timeframe::minute(), {},
                                 [&](market::CandleView block) {
                                   streamed.append(block);
                                   return result::success();
                                 });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(streamed.size(), 710U);
  EXPECT_EQ(streamed, load().value());
}

TEST_F(ForeignFile, rows_are_put_in_order_and_the_last_of_equal_times_wins) {
  make(
      "SELECT * FROM (VALUES (1582185720000, 10, 12, 8, 11, 1), (1582185600000, 10, 12, 8, 11, 2), "
      "(1582185660000, 10, 12, 8, 11, 3), (1582185600000, 10, 12, 8, 11, 4)) "
      "AS t(\"timestamp\", \"open\", high, low, \"close\", volume)");
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->volume, (std::vector<double>{4, 3, 1}));
}

TEST_F(ForeignFile, years_cut_at_another_midnight_are_found) {
  // A Korean 2020 begins at 15:00 UTC of the last day of 2019.
  make(
      "SELECT epoch_ms(TIMESTAMP '2019-12-31 15:00:00') + 60000 * i AS \"timestamp\", 10 AS "
      "\"open\", "
      "12 AS high, 8 AS low, 11 AS \"close\", 1 AS volume FROM range(600) AS r(i)");
  const auto loaded = load({at("2019-12-31T20:00:00Z"), at("2019-12-31T21:00:00Z")});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->size(), 60U);
}

TEST_F(ForeignFile, every_codec_is_read) {
  for (const char* codec : {"uncompressed", "snappy", "gzip", "zstd", "lz4_raw", "brotli"}) {
    make(three_rows, 2020, std::string{", COMPRESSION "} + codec);
    const auto loaded = load();
    ASSERT_TRUE(loaded) << codec << ": " << loaded.error().message;
    EXPECT_EQ(loaded->size(), 3U);
  }
}

TEST_F(ForeignFile, a_write_merges_into_it) {
  make(three_rows);
  auto writing = store.begin_write(symbol("BTC_KRW"), market::Timeframe::minute());
  ASSERT_TRUE(writing);
  ASSERT_TRUE((*writing)->stage(2020, candles_from(at("2020-02-20T08:02:00Z"), 3).view()));
  const auto report = (*writing)->commit();
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->replaced, 1U);
  EXPECT_EQ(report->added, 2U);
  EXPECT_EQ(load()->size(), 5U);
}

TEST_F(ForeignFile, a_missing_column_is_named) {
  make(
      "SELECT 1582185600000 AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, 11 AS "
      "\"close\"");
  expect_refused("volume");
}

TEST_F(ForeignFile, a_column_of_text_is_refused) {
  make(
      "SELECT '2020-02-20' AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, 11 AS "
      "\"close\", "
      "1 AS volume");
  expect_refused("column timestamp of a wrong type");
}

TEST_F(ForeignFile, a_missing_value_is_refused) {
  make(
      "SELECT 1582185600000 + i AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, "
      "CASE WHEN i = 3000 THEN NULL ELSE 11 END AS \"close\", 1 AS volume FROM range(5000) AS "
      "r(i)");
  expect_refused("has a row without close");
}

TEST_F(ForeignFile, prices_that_cannot_be_are_refused) {
  for (const char* close : {"'NaN'::DOUBLE", "-1", "0", "13", "'Infinity'::DOUBLE"}) {
    make("SELECT 1582185600000 AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, " +
         std::string{close} + " AS \"close\", 1 AS volume");
    expect_refused("has a candle at 2020-02-20T08:00:00Z");
  }
}

TEST_F(ForeignFile, times_in_another_unit_are_refused) {
  make(
      "SELECT 1582185600000000000 AS \"timestamp\", 10 AS \"open\", 12 AS high, 8 AS low, "
      "11 AS \"close\", 1 AS volume");
  expect_refused("not in milliseconds");
}

TEST_F(ForeignFile, an_empty_file_has_no_candles) {
  make(std::string{three_rows} + " WHERE false");
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, result::ErrorCode::unknown_symbol);
  const auto files = store.inventory();
  ASSERT_TRUE(files);
  EXPECT_EQ(files->front().candles, 0U);
}

TEST_F(ForeignFile, files_that_are_not_of_the_catalog_are_passed_over) {
  make(three_rows);
  std::filesystem::create_directories(folder.path() / "not a symbol" / "1m");
  std::filesystem::create_directories(folder.path() / "ETH_KRW" / "2m");
  std::filesystem::copy_file(path(), path().parent_path() / "2020.parquet.bak");
  std::filesystem::copy_file(path(), path().parent_path() / "1.parquet");
  EXPECT_EQ(store.inventory()->size(), 1U);
  EXPECT_EQ(load()->size(), 3U);
}

TEST_F(ForeignFile, our_files_have_the_columns_of_the_contract) {
  auto writing = store.begin_write(symbol("BTC_KRW"), market::Timeframe::minute());
  ASSERT_TRUE(writing);
  ASSERT_TRUE((*writing)->stage(2020, candles_from(at("2020-02-20T08:00:00Z"), 3).view()));
  ASSERT_TRUE((*writing)->commit());
  EXPECT_EQ(ask_duckdb("SELECT string_agg(column_name || ' ' || column_type, ', ') FROM "
                       "(DESCRIBE SELECT * FROM read_parquet('" +
                       path().string() + "'))"),
            "timestamp BIGINT, open DOUBLE, high DOUBLE, low DOUBLE, close DOUBLE, volume DOUBLE");
  EXPECT_EQ(ask_duckdb("SELECT min(\"timestamp\") FROM read_parquet('" + path().string() + "')"),
            "1582185600000");
}

TEST_F(ForeignFile, a_root_with_pattern_characters_and_quotes_is_a_folder_like_any_other) {
  const auto root = folder.path() / "it's [a] 'root'*?{x}=1";
  ParquetCandleStore odd{root};
  auto writing = odd.begin_write(symbol("BTC_KRW"), market::Timeframe::minute());
  ASSERT_TRUE(writing) << writing.error().message;
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 3);
  ASSERT_TRUE((*writing)->stage(2020, candles.view()));
  ASSERT_TRUE((*writing)->commit());
  const auto loaded = odd.load(symbol("BTC_KRW"), market::Timeframe::minute(), {});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(*loaded, candles);
}

}  // namespace
}  // namespace hts::testing
