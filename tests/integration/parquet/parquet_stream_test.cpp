#include "adapters/parquet/parquet_stream.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "../full_disk.hpp"
#include "../temporary_folder.hpp"
#include "duckdb_script.hpp"

namespace hts::testing {
namespace {

using parquet::ParquetStream;
using parquet::StreamRows;

StreamRows no_rows() {
  return {std::vector<std::int64_t>{}, std::vector<double>{}, std::vector<std::string>{}};
}

std::unique_ptr<ParquetStream> opened(const std::filesystem::path& path) {
  auto stream = ParquetStream::open(path, {"number", "value", "text"}, no_rows());
  EXPECT_TRUE(stream) << stream.error().message;
  return stream ? std::move(stream).value() : nullptr;
}

StreamRows rows(std::int64_t first, std::size_t count) {
  StreamRows batch = no_rows();
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = first + static_cast<std::int64_t>(i);
    std::get<0>(batch[0]).push_back(number);
    std::get<1>(batch[1]).push_back(static_cast<double>(number) / 4);
    std::get<2>(batch[2]).push_back("row " + std::to_string(number));
  }
  return batch;
}

std::string quoted(const std::filesystem::path& path) {
  return "'" + path.string() + "'";
}

TEST(ParquetStream, holds_all_batches_in_their_order) {
  TemporaryFolder folder;
  const auto path = folder.path() / "rows.parquet";
  auto stream = opened(path);
  std::int64_t first = 0;
  for (const std::size_t count : {1U, 0U, 256U, 5'000U, 100'000U, 7U}) {
    ASSERT_TRUE(stream->append(rows(first, count)));
    first += static_cast<std::int64_t>(count);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(stream->finish());
  EXPECT_EQ(ask_duckdb("SELECT count(*) FROM " + quoted(path)), std::to_string(first));
  EXPECT_EQ(ask_duckdb("SELECT count(*) FROM (SELECT *, row_number() OVER () - 1 AS place FROM " +
                       quoted(path) +
                       ") WHERE number <> place OR value <> number / 4.0 OR text <> 'row ' || "
                       "number::VARCHAR"),
            "0");
}

TEST(ParquetStream, without_rows_is_a_file_without_rows) {
  TemporaryFolder folder;
  const auto path = folder.path() / "rows.parquet";
  ASSERT_TRUE(opened(path)->finish());
  EXPECT_EQ(ask_duckdb("SELECT count(*) FROM " + quoted(path)), "0");
}

TEST(ParquetStream, leaves_nothing_when_it_is_given_up) {
  TemporaryFolder folder;
  {
    auto stream = opened(folder.path() / "rows.parquet");
    ASSERT_TRUE(stream->append(rows(0, 1'000)));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(ParquetStream, a_folder_that_is_not_there_is_an_error_before_any_row) {
  TemporaryFolder folder;
  const auto stream = ParquetStream::open(folder.path() / "no" / "rows.parquet",
                                          {"number", "value", "text"}, no_rows());
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, result::ErrorCode::storage);
}

TEST(ParquetStream, a_full_disk_is_an_error_and_leaves_nothing) {
  const SmallDisk disk(512);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a small disk";
  auto stream = opened(disk.path() / "rows.parquet");
  bool failed = false;
  for (std::int64_t i = 0; i < 100 && !failed; ++i) {
    failed = !stream->append(rows(i * 10'000, 10'000));
  }
  EXPECT_FALSE(stream->finish());
  EXPECT_TRUE(std::filesystem::is_empty(disk.path()));
}

}  // namespace
}  // namespace hts::testing
