#include <cstdio>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "mistaken_gate.hpp"
#include "scenarios.hpp"

// The mailbox's own code in every order of its steps. HTS_INTERLEAVING=deep explores more senders,
// more messages and more old values; it takes minutes and gigabytes.
namespace hts::interleaving {
namespace {

bool is_deep() {
  const char* depth = std::getenv("HTS_INTERLEAVING");
  return depth != nullptr && std::string_view(depth) == "deep";
}

std::string tell(const Report& report) {
  std::string text = report.violation;
  for (const std::string& line : report.story) text += "\n    " + line;
  return text;
}

void print(const std::string& name, const Report& report) {
  std::printf("    %-44s %9lu executions %9lu states %10lu steps\n", name.c_str(),
              static_cast<unsigned long>(report.executions),
              static_cast<unsigned long>(report.states), static_cast<unsigned long>(report.steps));
}

struct Named {
  const char* name;
  Plot plot;
  Limits limits = {.executions = 500'000};
};

constexpr std::uint64_t most = 1'000'000;  // an end for what goes wrong
constexpr Limits normal{.executions = most};
constexpr Limits weak{.executions = most, .stale_reads = 1, .spurious_failures = 1};
constexpr Limits strong{.executions = most, .stale_reads = 0};

/// A fraction of a second each: mistakes are looked for in these.
std::vector<Named> small_plots() {
  return {
      {"one sender, capacity 1", {.letters = 3, .cell = {.capacity = 1}}, weak},
      {"one sender, capacity 2", {.letters = 3, .cell = {.capacity = 2}}, weak},
      {"one sender, capacity 4", {.letters = 3, .cell = {.capacity = 4}}, weak},
      {"two senders of one, capacity 1", {.senders = 2, .cell = {.capacity = 1}}, weak},
      {"two senders of one, capacity 2", {.senders = 2, .cell = {.capacity = 2}}, weak},
      {"turns of one message", {.senders = 2, .cell = {.capacity = 2, .batch = 1}}, weak},
      {"a burst", {.letters = 3, .bursts_of = 2, .cell = {.capacity = 2}}, weak},
      {"a burst and a sender",
       {.senders = 2, .letters = 2, .bursts_of = 2, .cell = {.capacity = 2}},
       normal},
      {"control beside data", {.letters = 2, .notices = 1, .cell = {.capacity = 2}}, weak},
      {"before the start", {.letters = 2, .cell = {.capacity = 2, .reserved = true}}, weak},
      {"waiting for room", {.letters = 3, .wait_for_room = true, .cell = {.capacity = 1}}, normal},
      {"a stop", {.letters = 2, .stop = true, .cell = {.capacity = 2}}, weak},
      {"a kill", {.letters = 2, .kill = true, .cell = {.capacity = 2}}, weak},
      {"a kill and control", {.notices = 1, .kill = true, .cell = {.capacity = 1}}, normal},
      {"a kill while one waits for room",
       {.letters = 2, .wait_for_room = true, .kill = true, .cell = {.capacity = 1}},
       normal},
  };
}

/// Seconds.
std::vector<Named> larger_plots() {
  return {
      {"two senders of two, capacity 1",
       {.senders = 2, .letters = 2, .cell = {.capacity = 1}},
       normal},
      {"two senders of two, capacity 2",
       {.senders = 2, .letters = 2, .cell = {.capacity = 2}},
       normal},
      {"two senders of two, capacity 4",
       {.senders = 2, .letters = 2, .cell = {.capacity = 4}},
       normal},
      {"three senders, capacity 2", {.senders = 3, .cell = {.capacity = 2}}, strong},
      {"two control nodes", {.notices = 2, .cell = {.capacity = 2}}, weak},
      {"two wait for room", {.senders = 2, .wait_for_room = true, .cell = {.capacity = 1}}, normal},
      {"a stop and two senders", {.senders = 2, .stop = true, .cell = {.capacity = 1}}, normal},
      {"a kill and two senders", {.senders = 2, .kill = true, .cell = {.capacity = 1}}, normal},
      {"a stop and a kill", {.stop = true, .kill = true, .cell = {.capacity = 1}}, normal},
  };
}

/// For HTS_INTERLEAVING=deep.
std::vector<Named> deep_plots() {
  const Limits weaker{.stale_reads = 2, .stale_depth = 4, .spurious_failures = 1};
  return {
      {"three senders of two, capacity 2",
       {.senders = 3, .letters = 2, .cell = {.capacity = 2}},
       {.stale_reads = 0}},
      {"two senders of three, capacity 2", {.senders = 2, .letters = 3, .cell = {.capacity = 2}}},
      {"three senders, weak memory", {.senders = 3, .cell = {.capacity = 2}}},
      {"two senders of two, weaker memory",
       {.senders = 2, .letters = 2, .cell = {.capacity = 2}},
       weaker},
      {"two bursts", {.senders = 2, .letters = 2, .bursts_of = 2, .cell = {.capacity = 4}}, weaker},
      {"two wait for room again and again",
       {.senders = 2, .letters = 2, .wait_for_room = true, .cell = {.capacity = 1}},
       {.stale_reads = 0}},
      {"a kill and two control nodes", {.notices = 2, .kill = true, .cell = {.capacity = 1}}},
      {"a kill, control and two senders",
       {.senders = 2, .notices = 1, .kill = true, .cell = {.capacity = 1}}},
  };
}

std::vector<Named> all_plots() {
  auto all = small_plots();
  for (const auto& more : {larger_plots(), is_deep() ? deep_plots() : std::vector<Named>{}}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

/// What a mistake in Gate, in the memory orders or around them leads to, in the first plot that
/// shows it.
template <class Cell = ModelCell<>>
std::string first_violation(const CellMistake mistake = CellMistake::none,
                            const std::optional<Weakening>& weakening = std::nullopt) {
  for (Named& named : small_plots()) {
    named.plot.cell.mistake = mistake;
    const Report report = explore<Cell>(named.plot, named.limits, weakening);
    if (!report.violation.empty()) return std::string(named.name) + ": " + report.violation;
  }
  return {};
}

TEST(interleaving, of_the_open_ring_loses_doubles_and_reorders_nothing) {
  for (const Named& named : all_plots()) {
    const Report report = explore(named.plot, named.limits);
    print(named.name, report);
    EXPECT_EQ(report.violation, "") << named.name << ": " << tell(report);
    EXPECT_TRUE(report.complete) << named.name;
  }
}

template <Overflow overflow>
void explore_guarded(const char* policy) {
  using Cell = ModelCell<ExploredGate, GuardedLane<ExploredGate, overflow>>;
  for (const Named& named : all_plots()) {
    if (named.plot.bursts_of > 0 || named.plot.wait_for_room) continue;
    const Report report = explore<Cell>(named.plot, named.limits);
    print(std::string(policy) + ": " + named.name, report);
    EXPECT_EQ(report.violation, "") << named.name << ": " << tell(report);
    EXPECT_TRUE(report.complete) << named.name;
  }
}

TEST(interleaving, of_the_ring_that_drops_the_oldest_accounts_for_every_message) {
  explore_guarded<Overflow::drop_oldest>("drop_oldest");
}
TEST(interleaving, of_the_ring_that_keeps_the_latest_accounts_for_every_message) {
  explore_guarded<Overflow::keep_latest>("keep_latest");
}

// --- the checks notice ---

template <GateMistake mistake>
void expect_gate_mistake_is_found(const char* name) {
  const std::string found = first_violation<ModelCell<MistakenGate<mistake>>>();
  std::printf("    %-28s %s\n", name, found.c_str());
  EXPECT_NE(found, "") << name;
}

TEST(interleaving, shows_mistakes_in_the_gate) {
  EXPECT_EQ(first_violation<ModelCell<MistakenGate<GateMistake::none>>>(), "");
#define EXPECT_FOUND(mistake) expect_gate_mistake_is_found<GateMistake::mistake>(#mistake)
  EXPECT_FOUND(rests_in_spite_of_control);
  EXPECT_FOUND(rests_in_spite_of_messages);
  EXPECT_FOUND(rests_without_comparing);
  EXPECT_FOUND(sets_idle_apart);
  EXPECT_FOUND(reserve_keeps_idle);
  EXPECT_FOUND(reserve_by_load_and_store);
  EXPECT_FOUND(control_keeps_idle);
  EXPECT_FOUND(control_without_wake);
  EXPECT_FOUND(control_by_store);
  EXPECT_FOUND(close_without_comparing);
  EXPECT_FOUND(park_in_spite_of_control);
#undef EXPECT_FOUND
}

TEST(interleaving, shows_mistakes_around_gate_and_ring) {
  const std::vector<std::pair<CellMistake, const char*>> mistakes{
      {CellMistake::forgets_to_wake, "forgets to wake"},
      {CellMistake::wakes_always, "wakes always"},
      {CellMistake::frees_before_it_reads, "frees a slot before it reads"},
      {CellMistake::looks_at_control_once, "looks at control once a turn"},
      {CellMistake::buries_with_reserved_slots, "buries with reserved slots"},
      {CellMistake::buries_without_last_look, "buries without a last look at control"},
      {CellMistake::forgets_room_waiters_at_end, "forgets who waits for room at the end"},
  };
  for (const auto& [mistake, name] : mistakes) {
    const std::string found = first_violation<>(mistake);
    std::printf("    %-38s %s\n", name, found.c_str());
    EXPECT_NE(found, "") << name;
  }
}

const char* name_of(std::memory_order order) {
  switch (order) {
    case std::memory_order_relaxed:
      return "relaxed";
    case std::memory_order_acquire:
      return "acquire";
    case std::memory_order_release:
      return "release";
    default:
      return "acq_rel";
  }
}

/// Every operation that is stronger than relaxed, made weaker. Those that these plots need are
/// named here; the checks must notice on any machine. The others are not needed by the plots (the
/// release half of a sender's read-modify-writes: what it did reaches the next turn through the
/// executor), or guard against reorderings that the explorer does not model. With
/// HTS_INTERLEAVING=deep all are tried and printed.
TEST(interleaving, shows_each_memory_order_that_is_too_weak) {
  std::set<std::string> needed{
      "gate.hpp reserve acq_rel -> relaxed",       "gate.hpp reserve acq_rel -> release",
      "gate.hpp raise_control acq_rel -> relaxed", "gate.hpp raise_control acq_rel -> release",
      "gate.hpp rest_at acq_rel -> relaxed",       "gate.hpp rest_at acq_rel -> acquire",
      "gate.hpp park acq_rel -> relaxed",          "gate.hpp park acq_rel -> acquire",
      "open_ring.hpp push acquire -> relaxed",     "open_ring.hpp is_free acquire -> relaxed",
      "open_ring.hpp front acquire -> relaxed",    "open_ring.hpp pop release -> relaxed",
      "open_ring.hpp fill release -> relaxed",     "control.hpp push release -> relaxed",
      "control.hpp take_all acquire -> relaxed",
  };
  std::set<OrderedSite> sites;
  for (const Named& named : small_plots()) {
    for (const OrderedSite& site : explore(named.plot, named.limits).ordered_sites) {
      if (site.file != "mailbox_model.hpp") sites.insert(site);
    }
  }
  for (const OrderedSite& site : sites) {
    std::vector<std::memory_order> weaker{std::memory_order_relaxed};
    if (site.order == std::memory_order_acq_rel) {
      weaker.push_back(std::memory_order_acquire);
      weaker.push_back(std::memory_order_release);
    }
    for (const std::memory_order order : weaker) {
      const std::string what =
          site.file + " " + site.function + " " + name_of(site.order) + " -> " + name_of(order);
      if (!needed.contains(what) && !is_deep()) continue;
      const std::string found = first_violation<>(CellMistake::none, Weakening{site, order});
      std::printf("    %-45s %s\n", what.c_str(), found.empty() ? "nothing" : found.c_str());
      if (!found.empty()) needed.erase(what);
    }
  }
  for (const std::string& missed : needed) ADD_FAILURE() << "nothing noticed " << missed;
}

}  // namespace
}  // namespace hts::interleaving
