#include "engine/runtime/observer.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;

struct Notebook final : Observer {
  void on_sent(const ObservedMailbox& mailbox, const ObservedMessage& message,
               SendResult result) override {
    lines.push_back("sent " + text(mailbox, message) + (taken(result) ? "" : " refused"));
    if (result == SendResult::accepted) sent.push_back(copy(message));
  }
  void on_handled(const ObservedMailbox& mailbox, const ObservedMessage& message) override {
    lines.push_back("handled " + text(mailbox, message));
    handled.push_back(copy(message));
  }
  void on_discarded(const ObservedMailbox& mailbox, const ObservedMessage& message) override {
    lines.push_back("discarded " + text(mailbox, message));
  }

  static std::string text(const ObservedMailbox& mailbox, const ObservedMessage& message) {
    const auto name = message.type_name;
    return std::string(mailbox.actor) + " " + std::string(name.substr(name.rfind(':') + 1));
  }
  static std::string copy(const ObservedMessage& message) {
    return {reinterpret_cast<const char*>(message.bytes.data()), message.bytes.size()};
  }

  std::vector<std::string> lines;
  std::vector<std::string> sent;
  std::vector<std::string> handled;
};

struct ObserverTest : ::testing::Test {
  Notebook notebook;
  Record record;
  Stage stage{RuntimeOptions{.observer = &notebook}};
};

TEST_F(ObserverTest, sees_a_message_when_it_is_sent_and_when_it_is_handled_with_the_same_bytes) {
  const auto probe = stage.probe("probe", record);
  ASSERT_TRUE(taken(probe.tell(Note{7})));
  ASSERT_TRUE(taken(probe.tell(Note{8})));
  stage.run();
  EXPECT_THAT(notebook.lines, ElementsAre("sent probe Note", "sent probe Note",
                                          "handled probe Note", "handled probe Note"));
  EXPECT_EQ(notebook.sent, notebook.handled);
  ASSERT_EQ(notebook.sent.size(), 2U);
  EXPECT_NE(notebook.sent[0], notebook.sent[1]);
}

TEST_F(ObserverTest, sees_each_message_of_a_burst_and_what_a_full_mailbox_refuses) {
  const auto probe = stage.probe("probe", record, {.mailbox = {.capacity = 2}});
  std::vector<Note> notes{{1}, {2}, {3}};
  EXPECT_EQ(probe.send_n(std::span<Note>(notes)).accepted, 2U);
  EXPECT_FALSE(taken(probe.tell(Note{4})));
  stage.run();
  EXPECT_THAT(notebook.lines,
              ElementsAre("sent probe Note", "sent probe Note", "sent probe Note refused",
                          "handled probe Note", "handled probe Note"));
  EXPECT_EQ(notebook.sent, notebook.handled);
}

TEST_F(ObserverTest, sees_what_waits_when_an_actor_ends) {
  const auto probe = stage.probe("probe", record);
  stage.run();
  ASSERT_TRUE(taken(probe.tell(Do{[](Context& context) { context.stop_self(); }})));
  ASSERT_TRUE(taken(probe.tell(Note{1})));
  stage.run();
  EXPECT_EQ(notebook.lines.back(), "discarded probe Note");
}

}  // namespace
}  // namespace hts::runtime::test
