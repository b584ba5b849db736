#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "../candle_samples.hpp"
#include "../child_process.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"

// A program of its own: in this process and the children that it forks nothing has loaded the
// library yet.
namespace hts::testing {
namespace {

/// What the first write says in a process whose environment names `library`.
bool first_write_says(const std::string& library, const std::vector<std::string>& parts) {
  TemporaryFolder folder;
  const pid_t child = in_child([&] {
    // The child has one thread.
    setenv("HTS_DUCKDB_LIBRARY", library.c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    parquet::ParquetCandleStore store{folder.path()};
    auto writing = store.begin_write(symbol("BTC_KRW"), market::Timeframe::minute());
    if (!writing) return false;
    const auto staged = (*writing)->stage(2020, candles_from(at("2020-02-20T08:00:00Z"), 3).view());
    if (staged || staged.error().code != result::ErrorCode::storage) return false;
    for (const std::string& part : parts) {
      if (staged.error().message.find(part) == std::string::npos) return false;
    }
    return true;
  });
  return succeeded(child) && std::filesystem::exists(folder.path());
}

TEST(DuckdbLibrary, a_missing_library_is_an_error_that_says_where_it_was_looked_for) {
  EXPECT_TRUE(first_write_says("/nowhere/libduckdb.so",
                               {"/nowhere/libduckdb.so", "deploy/install-dependencies"}));
}

TEST(DuckdbLibrary, a_file_that_is_no_library_is_an_error_with_the_loaders_reason) {
  EXPECT_TRUE(first_write_says("/etc/passwd", {"/etc/passwd (", "deploy/install-dependencies"}));
}

TEST(DuckdbLibrary, another_library_is_an_error_that_names_the_missing_function) {
  EXPECT_TRUE(first_write_says("libc.so.6", {"libc.so.6 has no function duckdb_"}));
}

}  // namespace
}  // namespace hts::testing
