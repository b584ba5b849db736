#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/runtime/mailbox.hpp"

// A mailbox under random operations, against the simplest thing that should behave the same.
namespace hts::runtime::detail {
namespace {

struct Keyed {
  std::uint64_t key = 0;
  std::uint64_t number = 0;
  [[nodiscard]] std::uint64_t coalesce_key() const noexcept { return key; }
};
struct Plain {
  std::uint64_t number = 0;
};
struct Lookup {
  using Reply = int;
};
using TestProtocol = Protocol<Keyed, Plain, Request<Lookup>>;
using Traits = ProtocolTraits<TestProtocol>;

/// What waits, as a reference keeps it.
struct Entry {
  std::uint32_t type = 0;
  std::uint64_t key = 0;
  std::uint64_t number = 0;
  friend bool operator==(const Entry&, const Entry&) = default;
};

class Reference {
 public:
  Reference(std::size_t capacity, Overflow overflow) : capacity_(capacity), overflow_(overflow) {}

  SendResult push(const Entry& entry) {
    if (closed) return SendResult::stopped;
    if (overflow_ == Overflow::keep_latest && entry.type != request) {
      for (Entry& waiting : waiting) {
        if (waiting.type != entry.type || waiting.key != entry.key) continue;
        waiting = entry;
        return SendResult::replaced;
      }
    }
    // In the open rings a message that is being handled still holds its slot; here it is handled at
    // once.
    if (waiting.size() == capacity_) {
      if (overflow_ != Overflow::drop_oldest) return SendResult::full;
      waiting.pop_front();
      waiting.push_back(entry);
      return SendResult::accepted_dropped_oldest;
    }
    waiting.push_back(entry);
    return SendResult::accepted;
  }

  static constexpr std::uint32_t request = Traits::index<Request<Lookup>>;
  std::deque<Entry> waiting;
  bool closed = false;

 private:
  const std::size_t capacity_;
  const Overflow overflow_;
};

Entry entry_of(const Waiting& waiting) {
  Entry entry{waiting.type, 0, 0};
  Traits::visit(waiting.type, waiting.message, [&](auto& message) {
    using M = std::remove_cvref_t<decltype(message)>;
    if constexpr (std::is_same_v<M, Keyed>) {
      entry.key = message.key;
      entry.number = message.number;
    } else if constexpr (std::is_same_v<M, Plain>) {
      entry.number = message.number;
    }
  });
  return entry;
}

class random_operations : public ::testing::TestWithParam<Overflow> {};

INSTANTIATE_TEST_SUITE_P(mailbox, random_operations,
                         ::testing::Values(Overflow::wait, Overflow::reject, Overflow::drop_oldest,
                                           Overflow::keep_latest));

TEST_P(random_operations, do_to_a_mailbox_what_they_do_to_a_plain_queue) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 dice(seed);
    const std::size_t capacity = std::size_t{1} << dice() % 5;
    Gate gate;
    Mailbox<TestProtocol> mailbox({.capacity = capacity, .overflow = GetParam()});
    Reference reference(capacity, GetParam());
    bool idle = true;
    bool control = false;
    std::uint64_t number = 0;
    const auto expect_wake = [&](bool woken, bool should) {
      EXPECT_EQ(woken, should && idle) << "seed " << seed;
      if (should) idle = false;
    };
    for (int step = 0; step < 400 && !::testing::Test::HasFailure(); ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + " step " + std::to_string(step));
      switch (dice() % 9) {
        case 0:
        case 1: {
          const Entry entry{Traits::index<Keyed>, dice() % 4, ++number};
          const Pushed pushed = mailbox.push(gate, Keyed{entry.key, entry.number});
          EXPECT_EQ(pushed.result, reference.push(entry));
          expect_wake(pushed.wake, taken(pushed.result) && pushed.result != SendResult::replaced);
          break;
        }
        case 2: {
          const Entry entry{Traits::index<Plain>, 0, ++number};
          const Pushed pushed = mailbox.push(gate, Plain{entry.number});
          EXPECT_EQ(pushed.result, reference.push(entry));
          expect_wake(pushed.wake, taken(pushed.result) && pushed.result != SendResult::replaced);
          break;
        }
        case 3: {
          const Pushed pushed = mailbox.push(gate, Request<Lookup>{});
          EXPECT_EQ(pushed.result, reference.push({Reference::request, 0, 0}));
          expect_wake(pushed.wake, taken(pushed.result));
          break;
        }
        case 4: {
          if (mailbox.is_guarded()) break;
          std::vector<Plain> burst;
          for (std::uint64_t left = 1 + dice() % 6; left > 0; --left) burst.push_back({++number});
          const auto sent = mailbox.push_n(gate, std::span(burst));
          std::size_t accepted = 0;
          SendResult last = SendResult::accepted;
          while (accepted < burst.size()) {
            last = reference.push({Traits::index<Plain>, 0, burst[accepted].number});
            if (!taken(last)) break;
            ++accepted;
          }
          EXPECT_EQ(sent.sent.accepted, accepted);
          EXPECT_EQ(sent.sent.result, last);
          expect_wake(sent.wake, accepted > 0);
          break;
        }
        case 5:
        case 6: {
          if (idle) break;  // nobody takes while the consumer rests
          const auto front = mailbox.front();
          EXPECT_EQ(static_cast<bool>(front), !reference.waiting.empty());
          if (!front || reference.waiting.empty()) break;
          EXPECT_EQ(entry_of(front), reference.waiting.front());
          reference.waiting.pop_front();
          mailbox.pop(front);
          break;
        }
        case 7:
          if (idle) break;
          if (dice() % 2 == 0) {
            EXPECT_EQ(gate.take_control(), std::exchange(control, false));
          }
          idle = reference.waiting.empty() && !control;
          EXPECT_EQ(mailbox.rest(gate), idle);
          break;
        default:
          if (dice() % 2 == 0) {
            EXPECT_EQ(gate.raise_control() == Gate::Raised::wake, idle);
            control = true;
            idle = false;
          } else if (dice() % 16 == 0 && !idle) {
            reference.closed = reference.closed || reference.waiting.empty();
            EXPECT_EQ(mailbox.close_if_empty(gate), reference.waiting.empty());
          }
      }
      EXPECT_EQ(mailbox.depth(gate), reference.waiting.size());
      EXPECT_EQ(mailbox.is_empty(gate), reference.waiting.empty());
    }
  }
}

}  // namespace

// --- laps ---

namespace late {

constexpr std::size_t small_capacity = 4;
/// Two rounds of the ring before its 32-bit laps start again at zero.
constexpr std::uint64_t near_the_end = small_capacity * ((std::uint64_t{1} << 31) - 2);

/// Makes gate and ring begin as if `near_the_end` messages had gone through.
template <class T>
class Atomic : public std::atomic<T> {
 public:
  Atomic(T value) : std::atomic<T>(late(value)) {}  // NOLINT(google-explicit-constructor)

 private:
  static constexpr T late(T value) noexcept {
    if constexpr (sizeof(T) == sizeof(std::uint32_t)) {
      return static_cast<T>(near_the_end / small_capacity * 2 + value);  // a free slot's lap
    } else if (value == Gate::idle) {
      return static_cast<T>(near_the_end << Gate::position_shift | Gate::idle);
    } else {
      return static_cast<T>(near_the_end + value);  // the head
    }
  }
};

}  // namespace late

namespace {

TEST(mailbox, goes_on_when_its_laps_start_again_at_zero) {
  using LateGate = BasicGate<late::Atomic>;
  LateGate gate;
  OpenRing<TestProtocol, LateGate> ring(late::small_capacity);
  ASSERT_EQ(LateGate::position(gate.load()), ring.head());
  std::deque<std::uint64_t> waiting;
  std::mt19937_64 dice(1);
  std::uint64_t number = 0;
  for (int step = 0; step < 1'000; ++step) {
    if (dice() % 2 == 0) {
      const auto pushed = ring.push(gate, Plain{++number});
      ASSERT_EQ(pushed.result,
                waiting.size() < late::small_capacity ? SendResult::accepted : SendResult::full);
      if (taken(pushed.result)) waiting.push_back(number);
    } else if (dice() % 3 == 0) {
      std::vector<Plain> burst{{number + 1}, {number + 2}, {number + 3}};
      number += 3;
      const auto sent = ring.push_n(gate, std::span(burst)).sent;
      ASSERT_EQ(sent.accepted, std::min<std::size_t>(3, late::small_capacity - waiting.size()));
      for (std::size_t i = 0; i < sent.accepted; ++i) waiting.push_back(burst[i].number);
    }
    for (std::uint64_t left = dice() % 3; left > 0; --left) {
      const Waiting front = ring.front();
      ASSERT_EQ(front.message != nullptr, !waiting.empty());
      if (waiting.empty()) break;
      ASSERT_EQ(static_cast<Plain*>(front.message)->number, waiting.front());
      waiting.pop_front();
      ring.pop(front);
    }
  }
  EXPECT_GT(ring.head(), late::near_the_end + 4 * late::small_capacity);
}

}  // namespace
}  // namespace hts::runtime::detail
