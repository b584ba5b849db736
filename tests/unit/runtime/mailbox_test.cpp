#include "engine/runtime/mailbox.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::runtime::detail {
namespace {

using ::testing::ElementsAre;

struct Number {
  std::uint32_t sender = 0;
  std::uint32_t value = 0;
};
/// Six numbers: the size that the bench measures.
struct Line {
  std::uint64_t numbers[6];
};
static_assert(OpenRing<Protocol<Line>>::slot_size() == cache_line);

struct Owner {
  std::unique_ptr<int> owned;
};
struct Quote {
  std::uint64_t symbol = 0;
  int price = 0;
  [[nodiscard]] std::uint64_t coalesce_key() const noexcept { return symbol; }
};
struct Lookup {
  using Reply = int;
};
using TestProtocol = Protocol<Number, Owner, Quote, Request<Lookup>>;
using TestMailbox = Mailbox<TestProtocol>;
using Traits = ProtocolTraits<TestProtocol>;

/// Takes everything that waits, as text.
std::vector<std::string> take_all(TestMailbox& mailbox) {
  std::vector<std::string> taken_messages;
  while (const auto front = mailbox.front()) {
    Traits::visit(front.type, front.message, [&](auto& message) {
      using M = std::remove_cvref_t<decltype(message)>;
      if constexpr (std::is_same_v<M, Number>) {
        taken_messages.push_back("number " + std::to_string(message.value));
      } else if constexpr (std::is_same_v<M, Owner>) {
        taken_messages.push_back("owner " + std::to_string(*message.owned));
      } else if constexpr (std::is_same_v<M, Quote>) {
        taken_messages.push_back("quote " + std::to_string(message.symbol) + "=" +
                                 std::to_string(message.price));
      } else {
        taken_messages.push_back("request");
      }
    });
    mailbox.pop(front);
  }
  return taken_messages;
}

class every_overflow : public ::testing::TestWithParam<Overflow> {
 protected:
  Gate gate;
  TestMailbox mailbox{{.capacity = 4, .overflow = GetParam()}};
};

INSTANTIATE_TEST_SUITE_P(mailbox, every_overflow,
                         ::testing::Values(Overflow::wait, Overflow::reject, Overflow::drop_oldest,
                                           Overflow::keep_latest));

TEST_P(every_overflow, gives_messages_of_all_types_in_the_order_taken) {
  EXPECT_EQ(mailbox.push(gate, Number{0, 1}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Owner{std::make_unique<int>(2)}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Quote{3, 30}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.depth(gate), 3U);
  EXPECT_THAT(take_all(mailbox), ElementsAre("number 1", "owner 2", "quote 3=30"));
  EXPECT_TRUE(mailbox.is_empty(gate));
}

TEST_P(every_overflow, only_the_push_into_a_resting_mailbox_wakes) {
  EXPECT_TRUE(mailbox.push(gate, Quote{1, 1}).wake);
  EXPECT_FALSE(mailbox.push(gate, Quote{2, 1}).wake);
  EXPECT_FALSE(mailbox.rest(gate)) << "it has messages";
  take_all(mailbox);
  EXPECT_FALSE(mailbox.push(gate, Quote{1, 2}).wake) << "it has not rested yet";
  take_all(mailbox);
  EXPECT_TRUE(mailbox.rest(gate));
  EXPECT_TRUE(mailbox.push(gate, Quote{1, 3}).wake);
}

TEST_P(every_overflow, does_not_rest_while_control_is_announced) {
  EXPECT_EQ(gate.raise_control(), Gate::Raised::wake);
  EXPECT_EQ(gate.raise_control(), Gate::Raised::quietly);
  EXPECT_FALSE(mailbox.rest(gate));
  EXPECT_TRUE(gate.take_control());
  EXPECT_FALSE(gate.take_control());
  EXPECT_TRUE(mailbox.rest(gate));
}

TEST_P(every_overflow, destroys_what_still_waits) {
  const auto token = std::make_shared<int>(1);
  struct Holder {
    std::shared_ptr<int> token;
  };
  {
    Gate own_gate;
    Mailbox<Protocol<Holder>> holders({.capacity = 4, .overflow = GetParam()});
    EXPECT_TRUE(taken(holders.push(own_gate, Holder{token}).result));
    EXPECT_EQ(token.use_count(), 2);
  }
  EXPECT_EQ(token.use_count(), 1);
}

TEST_P(every_overflow, a_closed_mailbox_refuses_and_leaves_the_message) {
  gate.close();
  Owner message{std::make_unique<int>(1)};
  EXPECT_EQ(mailbox.push(gate, std::move(message)).result, SendResult::stopped);
  EXPECT_TRUE(message.owned);  // NOLINT(bugprone-use-after-move): refused means untouched
}

TEST_P(every_overflow, closes_only_when_it_is_empty) {
  EXPECT_TRUE(taken(mailbox.push(gate, Number{}).result));
  EXPECT_FALSE(mailbox.close_if_empty(gate));
  take_all(mailbox);
  EXPECT_TRUE(mailbox.close_if_empty(gate));
  EXPECT_EQ(mailbox.push(gate, Number{}).result, SendResult::stopped);
}

TEST(mailbox, a_full_one_refuses_and_leaves_the_message) {
  for (const Overflow overflow : {Overflow::wait, Overflow::reject, Overflow::keep_latest}) {
    Gate gate;
    TestMailbox mailbox({.capacity = 2, .overflow = overflow});
    EXPECT_TRUE(taken(mailbox.push(gate, Quote{1, 1}).result));
    EXPECT_TRUE(taken(mailbox.push(gate, Quote{2, 1}).result));
    Owner message{std::make_unique<int>(1)};
    EXPECT_EQ(mailbox.push(gate, std::move(message)).result, SendResult::full);
    EXPECT_TRUE(message.owned);  // NOLINT(bugprone-use-after-move): refused means untouched
  }
}

TEST(mailbox, a_capacity_of_one_holds_one_over_and_over) {
  for (const Overflow overflow : {Overflow::reject, Overflow::drop_oldest}) {
    Gate gate;
    TestMailbox mailbox({.capacity = 1, .overflow = overflow});
    for (std::uint32_t i = 0; i < 10; ++i) {
      EXPECT_EQ(mailbox.push(gate, Number{0, i}).result, SendResult::accepted);
      EXPECT_EQ(taken(mailbox.push(gate, Number{0, i + 100}).result),
                overflow == Overflow::drop_oldest);
      EXPECT_EQ(take_all(mailbox).size(), 1U);
    }
  }
}

TEST(mailbox, a_message_being_handled_still_counts_as_waiting) {
  Gate gate;
  TestMailbox mailbox({.capacity = 1});
  EXPECT_TRUE(taken(mailbox.push(gate, Number{0, 1}).result));
  const auto front = mailbox.front();
  ASSERT_TRUE(front);
  EXPECT_EQ(mailbox.push(gate, Number{0, 2}).result, SendResult::full);
  mailbox.pop(front);
  EXPECT_TRUE(taken(mailbox.push(gate, Number{0, 2}).result));
}

TEST(mailbox, drop_oldest_keeps_the_newest) {
  Gate gate;
  TestMailbox mailbox({.capacity = 2, .overflow = Overflow::drop_oldest});
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const Pushed pushed = mailbox.push(gate, Number{0, i});
    EXPECT_EQ(pushed.result, i <= 2 ? SendResult::accepted : SendResult::accepted_dropped_oldest);
  }
  EXPECT_THAT(take_all(mailbox), ElementsAre("number 4", "number 5"));
}

TEST(mailbox, drop_oldest_never_drops_the_message_being_handled) {
  Gate gate;
  TestMailbox mailbox({.capacity = 1, .overflow = Overflow::drop_oldest});
  EXPECT_TRUE(taken(mailbox.push(gate, Owner{std::make_unique<int>(1)}).result));
  const auto front = mailbox.front();
  for (int i = 2; i < 9; ++i) {
    EXPECT_TRUE(taken(mailbox.push(gate, Owner{std::make_unique<int>(i)}).result));
  }
  EXPECT_EQ(*static_cast<Owner*>(front.message)->owned, 1);
  mailbox.pop(front);
  EXPECT_THAT(take_all(mailbox), ElementsAre("owner 8"));
}

TEST(mailbox, keep_latest_replaces_by_type_and_key_in_its_place) {
  Gate gate;
  TestMailbox mailbox({.capacity = 4, .overflow = Overflow::keep_latest});
  EXPECT_EQ(mailbox.push(gate, Quote{1, 10}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Quote{2, 20}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Number{0, 7}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Quote{1, 11}).result, SendResult::replaced);
  EXPECT_EQ(mailbox.push(gate, Number{0, 8}).result, SendResult::replaced);
  EXPECT_THAT(take_all(mailbox), ElementsAre("quote 1=11", "quote 2=20", "number 8"));
}

TEST(mailbox, keep_latest_never_replaces_a_request) {
  Gate gate;
  TestMailbox mailbox({.capacity = 4, .overflow = Overflow::keep_latest});
  EXPECT_EQ(mailbox.push(gate, Request<Lookup>{}).result, SendResult::accepted);
  EXPECT_EQ(mailbox.push(gate, Request<Lookup>{}).result, SendResult::accepted);
  EXPECT_EQ(take_all(mailbox).size(), 2U);
}

TEST(mailbox, a_burst_fits_as_far_as_there_is_room) {
  Gate gate;
  TestMailbox mailbox({.capacity = 8});
  EXPECT_TRUE(taken(mailbox.push(gate, Number{0, 0}).result));
  std::vector<Number> numbers;
  for (std::uint32_t i = 1; i <= 10; ++i) numbers.push_back({0, i});
  const auto burst = mailbox.push_n(gate, std::span(numbers));
  EXPECT_EQ(burst.sent.accepted, 7U);
  EXPECT_EQ(burst.sent.result, SendResult::full);
  EXPECT_THAT(take_all(mailbox), ElementsAre("number 0", "number 1", "number 2", "number 3",
                                             "number 4", "number 5", "number 6", "number 7"));
}

/// Many threads send; one consumer plays the cell: it rests when there is nothing to do and goes on
/// only when a sender was told to wake it. A lost wake-up would end the test by its time limit.
class many_senders : public ::testing::TestWithParam<Overflow> {};

INSTANTIATE_TEST_SUITE_P(mailbox, many_senders,
                         ::testing::Values(Overflow::reject, Overflow::drop_oldest));

TEST_P(many_senders, keep_each_senders_order_and_never_lose_a_wake_up) {
  constexpr std::uint32_t senders = 4;
  constexpr std::uint32_t each = 20'000;
  Gate gate;
  TestMailbox mailbox({.capacity = 64, .overflow = GetParam()});
  std::atomic<int> scheduled{0};
  std::atomic<std::uint64_t> dropped{0};

  std::vector<std::thread> threads;
  threads.reserve(senders);
  for (std::uint32_t sender = 0; sender < senders; ++sender) {
    threads.emplace_back([&, sender] {
      for (std::uint32_t i = 1; i <= each; ++i) {
        Pushed pushed = mailbox.push(gate, Number{sender, i});
        while (!taken(pushed.result)) {
          std::this_thread::yield();
          pushed = mailbox.push(gate, Number{sender, i});
        }
        if (pushed.result == SendResult::accepted_dropped_oldest) ++dropped;
        if (pushed.wake) ++scheduled;
      }
    });
  }

  std::array<std::uint32_t, senders> last{};
  std::uint64_t received = 0;
  int runs = 0;
  while (received + dropped < std::uint64_t{senders} * each) {
    if (scheduled == 0) {
      std::this_thread::yield();
      continue;
    }
    ASSERT_EQ(scheduled.fetch_sub(1), 1) << "never scheduled twice";
    ++runs;
    do {
      while (const auto front = mailbox.front()) {
        const auto number = *static_cast<Number*>(front.message);
        ASSERT_LT(last[number.sender], number.value) << "sender " << number.sender;
        if (GetParam() == Overflow::reject) {
          ASSERT_EQ(last[number.sender] + 1, number.value);
        }
        last[number.sender] = number.value;
        mailbox.pop(front);
        ++received;
      }
    } while (!mailbox.rest(gate));
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(received + dropped, std::uint64_t{senders} * each);
  EXPECT_GE(runs, 1);
}

}  // namespace
}  // namespace hts::runtime::detail
