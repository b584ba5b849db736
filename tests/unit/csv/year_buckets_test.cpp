#include "adapters/csv/year_buckets.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

#include <gtest/gtest.h>

#include "unit/csv/temporary_folder.hpp"

namespace hts::csv {
namespace {

CandleRow row_at(time::Timestamp open_time, double close, std::uint64_t place) {
  return {{open_time, close, close, close, close, 1}, place};
}

struct Drained {
  std::vector<int> years;
  market::CandleSeries series;
  ImportIssues issues;
  std::string error;
};

Drained drain(YearBuckets& buckets) {
  Drained drained;
  const auto status = buckets.drain(
      [&](int year, market::CandleView candles) {
        drained.years.push_back(year);
        drained.series.append(candles);
        return result::success();
      },
      drained.issues);
  if (!status) drained.error = status.error().message;
  return drained;
}

TEST(year_buckets, rows_in_any_order_come_out_by_year_ascending_and_once) {
  YearBuckets buckets({});
  const time::Timestamp new_year = time::utc_year_begin(2021);
  const time::Duration minute = std::chrono::minutes{1};
  const std::vector<CandleRow> rows = {row_at(new_year + minute, 4, 2), row_at(new_year, 3, 3),
                                       row_at(new_year - minute, 2, 4),
                                       row_at(new_year - 2 * minute, 1, 5)};
  ASSERT_TRUE(buckets.add(rows));
  EXPECT_EQ(buckets.years(), 2U);
  const Drained drained = drain(buckets);
  EXPECT_EQ(drained.years, (std::vector<int>{2020, 2021}));
  EXPECT_EQ(drained.series.close, (std::vector<double>{1, 2, 3, 4}));
  EXPECT_TRUE(std::is_sorted(drained.series.open_time.begin(), drained.series.open_time.end()));
  EXPECT_EQ(drained.issues, ImportIssues{});
}

TEST(year_buckets, the_last_of_several_rows_wins_and_each_repetition_is_counted) {
  YearBuckets buckets({});
  const time::Timestamp t = time::utc_year_begin(2021);
  const std::vector<CandleRow> rows = {row_at(t, 1, 2), row_at(t, 1, 3), row_at(t, 2, 4),
                                       row_at(t, 1, 5)};
  ASSERT_TRUE(buckets.add(rows));
  const Drained drained = drain(buckets);
  EXPECT_EQ(drained.series.close, (std::vector<double>{1}));
  EXPECT_EQ(drained.issues.identical_duplicates, (Places{1, {3}}));
  EXPECT_EQ(drained.issues.conflicting_duplicates, (Places{2, {4, 5}}));
}

TEST(year_buckets, a_small_budget_gives_the_same_answer_through_a_temporary_file) {
  const TemporaryFolder folder;
  YearBuckets roomy({});
  YearBuckets::Limits little;
  little.memory_bytes = std::size_t{256} << 10U;
  little.spill_directory = folder.path();
  YearBuckets tight(little);
  std::vector<CandleRow> batch;
  std::uint64_t place = 1;
  for (int i = 0; i < 40'000; ++i) {
    // Walks up and down over five years and comes by the same minutes again and again.
    const std::int64_t minute = (static_cast<std::int64_t>(i) * 7919 * 61) % 2'600'000;
    const auto at = time::utc_year_begin(2018) + std::chrono::minutes{minute / 100 * 100};
    batch.push_back(row_at(at, 1 + i % 3, ++place));
    if (batch.size() == 700) {
      ASSERT_TRUE(roomy.add(batch));
      ASSERT_TRUE(tight.add(batch));
      batch.clear();
    }
  }
  const Drained expected = drain(roomy);
  const Drained actual = drain(tight);
  EXPECT_EQ(actual.error, "");
  EXPECT_EQ(actual.years, expected.years);
  EXPECT_EQ(actual.series, expected.series);
  EXPECT_EQ(actual.issues, expected.issues);
  EXPECT_GT(expected.issues.conflicting_duplicates.count, 1000U) << "the walk must collide";
  EXPECT_TRUE(std::filesystem::is_empty(folder.path())) << "the temporary file has no name";
}

TEST(year_buckets, rows_that_cannot_be_set_aside_are_an_error_naming_the_folder) {
  YearBuckets::Limits limits;
  limits.memory_bytes = 1000;
  limits.spill_directory = "/nonexistent/folder";
  YearBuckets buckets(limits);
  std::vector<CandleRow> rows;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    rows.push_back(row_at(time::utc_year_begin(2021) + std::chrono::minutes{i}, 1, i));
  }
  const auto added = buckets.add(rows);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, result::ErrorCode::storage);
  EXPECT_NE(added.error().message.find("/nonexistent/folder"), std::string::npos);
}

TEST(year_buckets, a_year_with_more_open_times_than_minutes_is_refused) {
  YearBuckets::Limits limits;
  limits.rows_a_year = 100'000;
  YearBuckets buckets(limits);
  std::vector<CandleRow> rows;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    rows.push_back(row_at(time::utc_year_begin(2021) + std::chrono::milliseconds{i}, 1, i));
  }
  const auto added = buckets.add(rows);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, result::ErrorCode::invalid);
  EXPECT_NE(added.error().message.find("2021"), std::string::npos);
}

TEST(year_buckets, the_same_minute_a_million_times_stays_small) {
  YearBuckets::Limits limits;
  limits.rows_a_year = 100'000;
  YearBuckets buckets(limits);
  std::vector<CandleRow> rows;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) {
    rows.push_back(row_at(time::utc_year_begin(2021), 1, i + 2));
  }
  ASSERT_TRUE(buckets.add(rows));
  const Drained drained = drain(buckets);
  EXPECT_EQ(drained.series.size(), 1U);
  EXPECT_EQ(drained.issues.identical_duplicates, (Places{999'999, {3, 4, 5, 6, 7}}));
}

TEST(year_buckets, sorting_a_year_is_stopped_at_any_time) {
  std::vector<CandleRow> rows;
  for (std::uint64_t i = 0; i < 300'000; ++i) {
    const auto minute = std::chrono::minutes{(i * 7'919) % 300'000};
    rows.push_back(row_at(time::utc_year_begin(2020) + minute, 1, i + 2));
  }
  bool was_stopped = true;
  int stops = 0;
  for (int most = 0; was_stopped; most += 9) {
    int asked = 0;
    YearBuckets buckets({}, [&] { return ++asked > most; });
    auto done = buckets.add(rows);
    ImportIssues issues;
    std::size_t taken = 0;
    if (done) {
      done = buckets.drain(
          [&](int, market::CandleView candles) {
            taken += candles.size();
            return result::success();
          },
          issues);
    }
    was_stopped = asked > most;
    stops += was_stopped ? 1 : 0;
    EXPECT_EQ(done.ok(), !was_stopped);
    EXPECT_EQ(taken, was_stopped ? 0U : 300'000U);
    if (!done.ok()) {
      EXPECT_EQ(done.error().code, result::ErrorCode::cancelled);
    }
  }
  EXPECT_GT(stops, 10) << "it is asked often enough";
}

/// How often it is asked whether to go on while this many shuffled rows become a year.
int looks_at_a_year(std::uint64_t count, const YearBuckets::Limits& limits) {
  int asked = 0;
  YearBuckets buckets(limits, [&] { return ++asked < 0; });
  std::vector<CandleRow> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    const auto minute = std::chrono::minutes{(i * 7'919) % count};
    rows.push_back(row_at(time::utc_year_begin(2020) + minute, 1, i + 2));
    if (rows.size() == 1'000) {
      EXPECT_TRUE(buckets.add(rows));
      rows.clear();
    }
  }
  EXPECT_TRUE(buckets.add(rows));
  EXPECT_EQ(drain(buckets).series.size(), count);
  return asked;
}

TEST(year_buckets, each_pass_over_the_rows_is_interrupted_every_32768_of_them) {
  constexpr std::uint64_t slices = 16;
  constexpr std::uint64_t count = slices * 32'768;
  // Sorted in slices, merged in four passes that copy half of the rows first, freed of duplicates,
  // and made a series.
  constexpr int least = slices * (1 + 4) + slices / 2 * 4 + slices + slices;
  EXPECT_GE(looks_at_a_year(count, {}), least);

  const TemporaryFolder folder;
  YearBuckets::Limits little;
  little.memory_bytes = std::size_t{8} << 20U;
  little.spill_directory = folder.path();
  // Also set aside and read back.
  EXPECT_GE(looks_at_a_year(count, little), least + static_cast<int>(2 * slices));
}

TEST(year_buckets, an_error_of_the_taker_ends_the_draining) {
  YearBuckets buckets({});
  ASSERT_TRUE(buckets.add(std::vector<CandleRow>{row_at(time::utc_year_begin(2020), 1, 2),
                                                 row_at(time::utc_year_begin(2021), 1, 3)}));
  int taken = 0;
  ImportIssues issues;
  const auto drained = buckets.drain(
      [&](int, market::CandleView) -> result::Status {
        ++taken;
        return result::make_error(result::ErrorCode::storage, "The disk is full.");
      },
      issues);
  EXPECT_FALSE(drained);
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace hts::csv
