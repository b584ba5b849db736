#include "config/simulation/world.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace hts::simulation {
namespace {

using std::chrono::minutes;

SimulationOptions options_of(std::uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  options.until = minutes{10};
  return options;
}

TEST(simulation, a_seed_goes_the_same_way_twice_in_every_line) {
  std::vector<std::string> first;
  std::vector<std::string> second;
  SimulationOptions options = options_of(7);
  options.trace = [&first](const std::string& line) { first.push_back(line); };
  const auto report = simulate(options);
  options.trace = [&second](const std::string& line) { second.push_back(line); };
  const auto again = simulate(options);
  EXPECT_FALSE(report.violation.has_value()) << report.violation->text;
  EXPECT_GT(first.size(), 50U);
  EXPECT_EQ(report.hash, again.hash);
  EXPECT_EQ(report.last_draw, again.last_draw);
  EXPECT_EQ(first.size(), second.size());
}

TEST(simulation, another_seed_goes_another_way) {
  EXPECT_NE(simulate(options_of(1)).hash, simulate(options_of(2)).hash);
}

TEST(simulation, tracing_changes_nothing) {
  SimulationOptions options = options_of(11);
  const auto quiet = simulate(options);
  options.trace = [](const std::string&) {};
  EXPECT_EQ(simulate(options).hash, quiet.hash);
}

TEST(simulation, without_faults_every_good_request_is_served_and_nothing_dies) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SimulationOptions options = options_of(seed);
    options.faults = FaultKinds::parse("none").value();
    const auto report = simulate(options);
    EXPECT_FALSE(report.violation.has_value()) << seed << ": " << report.violation->text;
    EXPECT_EQ(report.crashes, 0U);
    EXPECT_EQ(report.actor_failures, 0U);
    EXPECT_FALSE(report.answers.contains(500)) << seed;
    EXPECT_GT(report.candles, 0U);
  }
}

TEST(simulation, every_kind_of_fault_happens_in_some_seed) {
  std::uint64_t crashes = 0;
  std::uint64_t disk_faults = 0;
  std::uint64_t failures = 0;
  std::uint64_t refused = 0;
  const auto is_seen = [&] {
    return crashes > 0 && disk_faults > 0 && failures > 0 && refused > 0;
  };
  for (std::uint64_t seed = 1; seed <= 60 && !is_seen(); ++seed) {
    const auto report = simulate(options_of(seed));
    crashes += report.crashes;
    disk_faults += report.disk_faults;
    failures += report.actor_failures;
    for (const auto& [status, count] : report.answers) refused += status >= 400 ? count : 0;
  }
  EXPECT_GT(crashes, 0U);
  EXPECT_GT(disk_faults, 0U);
  EXPECT_GT(failures, 0U);
  EXPECT_GT(refused, 0U);
}

TEST(simulation, ends_when_it_is_told_to) {
  SimulationOptions options = options_of(3);
  options.until = std::chrono::hours{24 * 300};
  options.cancelled = [] { return true; };
  EXPECT_LT(simulate(options).steps, 100'000U);
}

TEST(simulation, unknown_faults_are_named) {
  const auto wrong = FaultKinds::parse("disk,gremlins");
  ASSERT_FALSE(wrong.ok());
  EXPECT_NE(wrong.error().message.find("'gremlins'"), std::string::npos);
  const auto some = FaultKinds::parse("crash,feed");
  ASSERT_TRUE(some.ok());
  EXPECT_TRUE(some->crash && some->feed);
  EXPECT_FALSE(some->disk || some->actors || some->clients);
}

}  // namespace
}  // namespace hts::simulation
