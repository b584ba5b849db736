#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;

class dead_letters : public ::testing::Test {
 protected:
  std::uint64_t count(std::string_view actor, DeadLetterReason reason) {
    return stage.snapshot(actor).dead_letters[static_cast<std::size_t>(reason)];
  }

  std::vector<std::string> heard;
  Record record;
  Stage stage{{.on_dead_letter = [this](const DeadLetter& letter) {
    heard.push_back(std::string(letter.message_type) + " " + std::string(name_of(letter.reason)));
  }}};
};

TEST_F(dead_letters, a_refused_message_is_counted_and_named) {
  const auto probe = stage.probe("probe", record, {.mailbox = {.capacity = 1}});
  stage.run();
  EXPECT_TRUE(taken(probe.tell(Note{1})));
  EXPECT_EQ(probe.tell(Note{2}), SendResult::full);
  EXPECT_EQ(count("probe", DeadLetterReason::mailbox_full), 1U);
  EXPECT_THAT(heard, ElementsAre("hts::runtime::test::Note mailbox_full"));
}

TEST_F(dead_letters, the_oldest_that_made_room_is_counted) {
  const auto probe =
      stage.probe("probe", record, {.mailbox = {.capacity = 2, .overflow = Overflow::drop_oldest}});
  stage.run();
  for (int i = 1; i <= 2; ++i) EXPECT_EQ(probe.tell(Note{i}), SendResult::accepted);
  EXPECT_EQ(probe.tell(Note{3}), SendResult::accepted_dropped_oldest);
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(2, 3));
  EXPECT_EQ(count("probe", DeadLetterReason::dropped_oldest), 1U);
  EXPECT_EQ(heard.size(), 1U);
}

TEST_F(dead_letters, a_replaced_message_is_counted_but_not_told) {
  const auto probe =
      stage.probe("probe", record, {.mailbox = {.capacity = 2, .overflow = Overflow::keep_latest}});
  stage.run();
  EXPECT_EQ(probe.tell(Note{1}), SendResult::accepted);
  EXPECT_EQ(probe.tell(Note{2}), SendResult::replaced);
  stage.run();
  EXPECT_THAT(record.notes, ElementsAre(2));
  EXPECT_EQ(count("probe", DeadLetterReason::replaced), 1U);
  EXPECT_TRUE(heard.empty());
}

TEST_F(dead_letters, a_message_whose_handler_threw_is_one) {
  const auto probe = stage.probe("probe", record);
  stage.in_turn(probe, [](Context&) { throw 42; });
  EXPECT_EQ(count("probe", DeadLetterReason::handler_threw), 1U);
  EXPECT_THAT(heard, ElementsAre("hts::runtime::test::Do handler_threw"));
}

}  // namespace
}  // namespace hts::runtime::test
