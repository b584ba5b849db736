#include <algorithm>
#include <atomic>
#include <future>
#include <memory>

#include <gtest/gtest.h>

#include "engine/runtime/runtime.hpp"

// One worker, one flooded actor: how long do the others wait?
namespace hts::runtime {
namespace {

struct Work {};
struct Go {};

class Flooded : public Actor<Flooded, Protocol<Work>> {
 public:
  explicit Flooded(std::atomic<std::uint64_t>& handled) : handled_(handled) {}
  void on(Work) { handled_.fetch_add(1, std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t>& handled_;
};

/// Always has a message for itself; ends once the flood has been handled.
class Patient : public Actor<Patient, Protocol<Go>> {
 public:
  Patient(Context& context, const std::atomic<std::uint64_t>& handled, std::uint64_t flood,
          std::promise<std::uint64_t>& worst)
      : context_(context), handled_(handled), flood_(flood), done_(worst) {}

  void on(Go) {
    const std::uint64_t now = handled_.load(std::memory_order_relaxed);
    worst_ = std::max(worst_, now - before_);
    before_ = now;
    if (now == flood_) {
      done_.set_value(worst_);
    } else {
      EXPECT_TRUE(taken(context_.self<Protocol<Go>>().tell(Go{})));
    }
  }

 private:
  Context& context_;
  const std::atomic<std::uint64_t>& handled_;
  const std::uint64_t flood_;
  std::promise<std::uint64_t>& done_;
  std::uint64_t before_ = 0;
  std::uint64_t worst_ = 0;
};

TEST(fairness, a_flooded_actor_delays_another_by_one_batch_at_most) {
  constexpr std::uint64_t flood = 16'384;
  std::atomic<std::uint64_t> handled{0};
  std::promise<std::uint64_t> worst;
  Runtime runtime({.threads = 1});
  const auto flooded =
      runtime.spawn<Flooded>("flooded", {.mailbox = {.capacity = flood}},
                             [&](Context&) { return std::make_unique<Flooded>(handled); });
  const auto patient = runtime.spawn<Patient>("patient", {}, [&](Context& context) {
    return std::make_unique<Patient>(context, handled, flood, worst);
  });
  for (std::uint64_t i = 0; i < flood; ++i) ASSERT_TRUE(taken(flooded.tell(Work{})));
  ASSERT_TRUE(taken(patient.tell(Go{})));
  ASSERT_TRUE(runtime.start().ok());
  const std::uint64_t between_two_turns = worst.get_future().get();
  EXPECT_LE(between_two_turns, detail::Turn::batch_messages);
  EXPECT_GT(between_two_turns, 0U) << "the flood was there";
}

}  // namespace
}  // namespace hts::runtime
