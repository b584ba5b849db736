#include "config/simulation/mailbox_watch.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace hts::simulation {
namespace {

using runtime::ObservedMailbox;
using runtime::ObservedMessage;
using runtime::SendResult;

class MailboxWatchTest : public ::testing::Test {
 protected:
  void send(int message) { watch.on_sent(mailbox, observed(message), SendResult::accepted); }
  void handle(int message) { watch.on_handled(mailbox, observed(message)); }
  ObservedMessage observed(int message) {
    bytes = {static_cast<std::byte>(message), std::byte{7}};
    return {0, "Note", bytes};
  }
  [[nodiscard]] std::string violated() const {
    return referee.violation() ? referee.violation()->invariant : "nothing";
  }

  Referee referee;
  MailboxWatch watch{referee, Dice{1}, 0};
  ObservedMailbox mailbox{1, "meter", 2, false};
  std::array<std::byte, 2> bytes{};
};

TEST_F(MailboxWatchTest, messages_handled_in_the_order_sent_are_fine) {
  send(1);
  send(2);
  handle(1);
  send(3);
  handle(2);
  handle(3);
  EXPECT_EQ(violated(), "nothing");
  EXPECT_EQ(watch.waiting(), 0U);
  EXPECT_EQ(watch.handled(), 3U);
}

TEST_F(MailboxWatchTest, a_lost_message_is_noticed_at_the_next_one_or_as_still_waiting) {
  send(1);
  send(2);
  EXPECT_EQ(watch.waiting_in(1), 2U);
  handle(2);
  EXPECT_EQ(violated(), "message_order");
}

TEST_F(MailboxWatchTest, a_message_handled_twice_is_noticed) {
  send(1);
  handle(1);
  handle(1);
  EXPECT_EQ(violated(), "message_once");
}

TEST_F(MailboxWatchTest, two_messages_in_the_wrong_order_are_noticed) {
  send(1);
  send(2);
  handle(2);
  EXPECT_EQ(violated(), "message_order");
}

TEST_F(MailboxWatchTest, a_message_changed_on_its_way_is_noticed) {
  send(1);
  handle(9);
  EXPECT_EQ(violated(), "message_order");
}

TEST_F(MailboxWatchTest, more_messages_than_the_bound_are_noticed) {
  send(1);
  send(2);
  EXPECT_EQ(violated(), "nothing");
  send(3);
  EXPECT_EQ(violated(), "mailbox_bound");
}

TEST_F(MailboxWatchTest, lets_handlers_fail_at_the_rate_it_was_given) {
  watch.set_failure_rate(1);
  send(1);
  EXPECT_THROW(handle(1), std::runtime_error);
  EXPECT_EQ(watch.failures(), 1U);
  EXPECT_EQ(violated(), "nothing");
}

}  // namespace
}  // namespace hts::simulation
