#include "engine/market/gap_report.hpp"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>

namespace hts::market {
namespace {

std::vector<time::Timestamp> minutes_of(std::initializer_list<int> minutes) {
  std::vector<time::Timestamp> open_times;
  for (const int minute : minutes) open_times.emplace_back(std::chrono::minutes{minute});
  return open_times;
}

TEST(gap_report, an_unbroken_series_has_no_gap) {
  EXPECT_EQ(find_gaps(minutes_of({5, 6, 7, 8}), Timeframe::minute()), GapReport{});
}

TEST(gap_report, an_empty_series_and_a_single_candle_have_no_gap) {
  EXPECT_EQ(find_gaps({}, Timeframe::minute()), GapReport{});
  EXPECT_EQ(find_gaps(minutes_of({7}), Timeframe::minute()), GapReport{});
}

TEST(gap_report, a_gap_is_named_by_its_neighbours_and_its_missing_candles) {
  const auto times = minutes_of({0, 1, 5, 6, 8});
  const GapReport report = find_gaps(times, Timeframe::minute());
  EXPECT_EQ(report.gaps, 2U);
  EXPECT_EQ(report.missing, 4U);
  ASSERT_EQ(report.first.size(), 2U);
  EXPECT_EQ(report.first[0], (Gap{times[1], times[2], 3}));
  EXPECT_EQ(report.first[1], (Gap{times[3], times[4], 1}));
}

TEST(gap_report, only_the_first_places_are_kept_but_all_are_counted) {
  std::vector<time::Timestamp> times;
  for (int i = 0; i < 100; ++i) times.emplace_back(std::chrono::minutes{2 * i});
  const GapReport report = find_gaps(times, Timeframe::minute());
  EXPECT_EQ(report.gaps, 99U);
  EXPECT_EQ(report.missing, 99U);
  ASSERT_EQ(report.first.size(), GapReport::most_places);
  EXPECT_EQ(report.first.front().after, times[0]);
}

TEST(gap_report, the_timeframe_decides_what_is_missing) {
  const auto times = minutes_of({0, 5, 10, 20});
  EXPECT_EQ(find_gaps(times, *Timeframe::parse("5m")).missing, 1U);
  EXPECT_EQ(find_gaps(times, *Timeframe::parse("10m")).missing, 0U);
  EXPECT_EQ(find_gaps(times, Timeframe::minute()).missing, 4U + 4U + 9U);
}

TEST(gap_report, times_off_the_grid_are_not_taken_for_holes) {
  const std::vector<time::Timestamp> times = {time::Timestamp{std::chrono::seconds{0}},
                                              time::Timestamp{std::chrono::seconds{61}},
                                              time::Timestamp{std::chrono::seconds{170}}};
  EXPECT_EQ(find_gaps(times, Timeframe::minute()).gaps, 0U);
}

TEST(gap_report, a_gap_between_two_pieces_is_found) {
  GapFinder finder(Timeframe::minute());
  finder.add(minutes_of({0, 1}));
  finder.add({});
  finder.add(minutes_of({4, 5}));
  finder.add(minutes_of({6}));
  EXPECT_EQ(finder.report().gaps, 1U);
  EXPECT_EQ(finder.report().missing, 2U);
}

}  // namespace
}  // namespace hts::market
