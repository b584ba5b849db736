#include "explorer.hpp"

#include <optional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "explored.hpp"

// What the explorer takes C++'s memory for, by the small programs everybody knows.
namespace hts::interleaving {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;
constexpr auto release = std::memory_order_release;
constexpr auto acq_rel = std::memory_order_acq_rel;

/// Two variables, a piece of plain data, and what two threads read.
struct Shared {
  explored::Atomic<int> x{0};
  explored::Atomic<int> y{0};
  explored::Mutex mutex;
  int plain = 0;
  int a = -1;
  int b = -1;

  void write_plain() { Explorer::current().note_write(&plain); }
  void read_plain() { Explorer::current().note_read(&plain); }
};

using Body = std::function<void(Shared&)>;

class Litmus final : public Scenario {
 public:
  Litmus(const std::vector<Body>& bodies, std::set<std::string>& outcomes)
      : bodies_(bodies), outcomes_(outcomes) {}
  void begin() override {
    for (const Body& body : bodies_) {
      Explorer::current().spawn("thread", [this, &body] { body(shared_); });
    }
  }
  void finish() override {
    outcomes_.insert(std::to_string(shared_.a) + " " + std::to_string(shared_.b));
  }
  std::uint64_t hash() const override {
    return mix(static_cast<std::uint64_t>(shared_.a), static_cast<std::uint64_t>(shared_.b));
  }

 private:
  const std::vector<Body>& bodies_;
  std::set<std::string>& outcomes_;
  Shared shared_;
};

struct Result {
  Report report;
  std::set<std::string> outcomes;  ///< "a b"
};

Result run(const std::vector<Body>& bodies, const Limits& limits = {.stale_reads = 2}) {
  Result result;
  Explorer explorer(limits);
  std::optional<Litmus> litmus;
  result.report =
      explorer.explore([&]() -> Scenario& { return litmus.emplace(bodies, result.outcomes); });
  return result;
}

TEST(explorer, finds_every_order_of_two_changes) {
  const auto add = [](int Shared::* seen) {
    return [seen](Shared& s) { s.*seen = s.x.fetch_or(seen == &Shared::a ? 1 : 2, relaxed); };
  };
  const Result result = run({add(&Shared::a), add(&Shared::b)});
  EXPECT_THAT(result.outcomes, UnorderedElementsAre("0 1", "2 0"));
  EXPECT_TRUE(result.report.complete);
}

TEST(explorer, lets_both_threads_miss_the_others_store) {
  const Result result = run({[](Shared& s) {
                               s.x.store(1, release);
                               s.a = s.y.load(acquire);
                             },
                             [](Shared& s) {
                               s.y.store(1, release);
                               s.b = s.x.load(acquire);
                             }});
  EXPECT_THAT(result.outcomes, UnorderedElementsAre("0 0", "0 1", "1 0", "1 1"));
}

TEST(explorer, passes_a_message_by_release_and_acquire_only) {
  const auto outcomes = [](std::memory_order store, std::memory_order load) {
    return run({[=](Shared& s) {
                  s.x.store(1, relaxed);
                  s.y.store(1, store);
                },
                [=](Shared& s) {
                  s.a = s.y.load(load);
                  s.b = s.x.load(relaxed);
                }})
        .outcomes;
  };
  EXPECT_THAT(outcomes(release, acquire), UnorderedElementsAre("0 0", "0 1", "1 1"));
  EXPECT_THAT(outcomes(relaxed, acquire), UnorderedElementsAre("0 0", "0 1", "1 1", "1 0"));
  EXPECT_THAT(outcomes(release, relaxed), UnorderedElementsAre("0 0", "0 1", "1 1", "1 0"));
}

TEST(explorer, never_reads_a_variable_backwards) {
  const Result result = run({[](Shared& s) { s.x.store(1, relaxed); },
                             [](Shared& s) {
                               s.a = s.x.load(relaxed);
                               s.b = s.x.load(relaxed);
                             }});
  EXPECT_THAT(result.outcomes, UnorderedElementsAre("0 0", "0 1", "1 1"));
}

TEST(explorer, reports_plain_data_that_nothing_orders_as_a_race) {
  const auto report = [](std::memory_order store, std::memory_order load) {
    return run({[=](Shared& s) {
                  s.write_plain();
                  s.x.store(1, store);
                },
                [=](Shared& s) {
                  if (s.x.load(load) == 1) s.read_plain();
                }})
        .report.violation;
  };
  EXPECT_EQ(report(release, acquire), "");
  EXPECT_THAT(report(relaxed, acquire), HasSubstr("data race"));
  EXPECT_THAT(report(release, relaxed), HasSubstr("data race"));
}

TEST(explorer, lets_a_change_by_another_thread_carry_a_release_on) {
  const Result result = run({[](Shared& s) {
                               s.write_plain();
                               s.x.store(1, release);
                             },
                             [](Shared& s) { s.x.fetch_or(2, relaxed); },
                             [](Shared& s) {
                               if (s.x.load(acquire) == 3) s.read_plain();
                             }});
  EXPECT_EQ(result.report.violation, "");
}

TEST(explorer, lets_a_weak_exchange_fail_for_no_reason) {
  const auto change = [](Shared& s) {
    int expected = 0;
    s.a = s.x.compare_exchange_weak(expected, 1, acq_rel, relaxed) ? 1 : 0;
  };
  EXPECT_THAT(run({change}).outcomes, UnorderedElementsAre("1 -1"));
  // A variable that one thread alone uses is a choice all the same.
  EXPECT_THAT(run({change}, {.spurious_failures = 1}).outcomes,
              UnorderedElementsAre("1 -1", "0 -1"));
}

TEST(explorer, lets_one_thread_at_a_time_hold_a_mutex) {
  const auto guarded = [](Shared& s) {
    s.mutex.lock();
    s.write_plain();
    s.mutex.unlock();
  };
  EXPECT_EQ(run({guarded, guarded, guarded}).report.violation, "");
}

TEST(explorer, names_who_waits_for_ever) {
  const Result result = run({[](Shared& s) {
    while (s.x.load(relaxed) == 0) {
      Explorer::current().begin_look();
      (void)s.x.load(relaxed);
      Explorer::current().await_change();
    }
  }});
  EXPECT_EQ(result.report.violation, "wait for ever: thread");
}

TEST(explorer, wakes_who_waits_for_a_change) {
  const Result result = run({[](Shared& s) { s.x.store(1, release); },
                             [](Shared& s) {
                               for (;;) {
                                 Explorer::current().begin_look();
                                 if ((s.a = s.x.load(acquire)) == 1) return;
                                 Explorer::current().await_change();
                               }
                             }});
  EXPECT_EQ(result.report.violation, "");
  EXPECT_THAT(result.outcomes, UnorderedElementsAre("1 -1"));
}

}  // namespace
}  // namespace hts::interleaving
