#include "engine/jobs/job_id.hpp"

#include <random>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::jobs {
namespace {

using ::testing::HasSubstr;

constexpr auto now = time::from_milliseconds(0x0193'2d5e'7c00);

TEST(JobId, is_a_uuid_of_version_7_that_begins_with_the_time) {
  EXPECT_EQ(JobId::make(now, 0, 0).text(), "01932d5e-7c00-7000-8000-000000000000");
  EXPECT_EQ(JobId::make(now, ~0ULL, ~0ULL).text(), "01932d5e-7c00-7fff-bfff-ffffffffffff");
}

TEST(JobId, of_a_later_millisecond_is_greater) {
  EXPECT_LT(JobId::make(now, ~0ULL, ~0ULL), JobId::make(now + std::chrono::milliseconds{1}, 0, 0));
}

TEST(JobId, is_read_as_it_is_written_whatever_its_bits) {
  std::mt19937_64 random{7};
  for (int i = 0; i < 1'000; ++i) {
    const JobId id{random(), random()};
    const auto parsed = JobId::parse(id.text());
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(*parsed, id);
    EXPECT_EQ(id.text().size(), 36U);
  }
}

TEST(JobId, may_be_given_in_capitals) {
  const auto parsed = JobId::parse("01932D5E-7C00-7ABC-8DEF-0123456789AB");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->text(), "01932d5e-7c00-7abc-8def-0123456789ab");
}

TEST(JobId, that_is_none_is_refused_with_an_example) {
  for (const std::string text :
       {"", "7", "01932d5e-7c00-7abc-8def-0123456789a", "01932d5e-7c00-7abc-8def-0123456789abc",
        "01932d5e07c0007abc08def00123456789ab", "01932d5e-7c00-7abc-8def-0123456789ag",
        "01932d5e-7c00-7abc-8def-0123456789a\n", "01932d5e-7c00-7abc-8de-f0123456789ab",
        "' OR 1=1 --', 'xxxxxxxxxxxxxxxxxxxxxx"}) {
    const auto parsed = JobId::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(parsed.error().field, "task_id");
    EXPECT_THAT(parsed.error().message, HasSubstr("is a UUID such as"));
  }
}

TEST(JobId, of_a_part_is_the_same_whenever_asked_and_its_own) {
  const JobId whole = JobId::make(now, 1, 2);
  std::set<JobId> ids{whole};
  for (std::uint32_t number = 0; number < 10'000; ++number) {
    const JobId part = JobId::part_of(whole, number);
    EXPECT_EQ(part, JobId::part_of(whole, number));
    EXPECT_TRUE(ids.insert(part).second);
    EXPECT_EQ(part.text()[14], '8');
    EXPECT_THAT(std::string{"89ab"}, HasSubstr(part.text().substr(19, 1)));
  }
  EXPECT_NE(JobId::part_of(JobId::make(now, 1, 3), 0), JobId::part_of(whole, 0));
}

TEST(JobId, of_a_part_is_what_it_was_when_jobs_were_stored) {
  EXPECT_EQ(JobId::part_of(JobId{1, 2}, 3).text(), "da97463a-81d8-8f8c-b5ec-3fec0412c134");
}

TEST(JobId, that_names_nothing_is_empty) {
  EXPECT_TRUE(JobId{}.empty());
  EXPECT_FALSE(JobId::make(now, 0, 0).empty());
}

}  // namespace
}  // namespace hts::jobs
