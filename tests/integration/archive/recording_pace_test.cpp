#include "adapters/archive/recording_pace.hpp"

#include <gtest/gtest.h>

namespace hts::testing {
namespace {

using archive::RecordingPace;
using namespace std::chrono_literals;

constexpr std::size_t batch = 1'000;
constexpr auto moment = RecordingPace::gathering;

class Pace : public ::testing::Test {
 protected:
  /// Asks after another moment in which so many were submitted.
  [[nodiscard]] bool rests(std::size_t waiting, std::uint64_t submitted) {
    pace.submitted(submitted);
    return pace.rests(waiting, now += moment);
  }

  RecordingPace pace{batch};
  RecordingPace::TimePoint now{};
};

TEST_F(Pace, what_waits_is_recorded_at_once_while_little_is_submitted) {
  EXPECT_FALSE(rests(1, 0));
  EXPECT_FALSE(rests(1, RecordingPace::many_submissions - 1));
}

TEST_F(Pace, it_rests_while_much_is_submitted_and_works_when_that_ends) {
  EXPECT_TRUE(rests(1, 1'000));
  EXPECT_TRUE(rests(2'000, 1'000));
  EXPECT_FALSE(rests(3'000, 0));
}

TEST_F(Pace, where_nothing_waits_nothing_rests) {
  EXPECT_FALSE(rests(0, 1'000));
}

TEST_F(Pace, it_works_off_all_full_batches_when_much_waits) {
  EXPECT_TRUE(rests(RecordingPace::most_resting - 1, 1'000));
  EXPECT_FALSE(rests(RecordingPace::most_resting, 1'000));
  EXPECT_FALSE(rests(batch, 1'000));
  EXPECT_TRUE(rests(batch - 1, 1'000));
}

TEST_F(Pace, nothing_waits_for_longer_than_the_longest_rest) {
  std::chrono::milliseconds rested{0};
  while (rests(1, 1'000)) rested += moment;
  EXPECT_EQ(rested, RecordingPace::longest_rest);
  EXPECT_TRUE(rests(1, 1'000)) << "the next rest";
}

TEST_F(Pace, a_rest_that_was_broken_off_begins_anew) {
  EXPECT_TRUE(rests(1, 1'000));
  now += RecordingPace::longest_rest;
  EXPECT_FALSE(rests(1, 0));
  EXPECT_TRUE(rests(1, 1'000));
}

}  // namespace
}  // namespace hts::testing
