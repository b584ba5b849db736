#include "engine/runtime/topology.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stage.hpp"

namespace hts::runtime::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(topology, a_chain_and_a_diamond_have_no_cycle) {
  detail::Topology topology;
  topology.add("feed", "left");
  topology.add("feed", "right");
  topology.add("left", "store");
  topology.add("right", "store");
  EXPECT_TRUE(topology.find_cycle().empty());
}

TEST(topology, a_cycle_is_named_from_where_it_closes) {
  detail::Topology topology;
  topology.add("feed", "a");
  topology.add("a", "b");
  topology.add("b", "c");
  topology.add("c", "a");
  EXPECT_THAT(topology.find_cycle(), ElementsAre("a", "b", "c", "a"));
}

TEST(topology, an_actor_that_waits_for_itself_is_a_cycle) {
  detail::Topology topology;
  topology.add("a", "a");
  EXPECT_THAT(topology.find_cycle(), ElementsAre("a", "a"));
}

TEST(topology, a_runtime_whose_actors_could_wait_for_each_other_does_not_start) {
  Runtime runtime({.executor = std::make_unique<simulation::ManualExecutor>()});
  const ActorOptions waiting{.mailbox = {.overflow = Overflow::wait}};
  const auto a = runtime.reserve<ProbeProtocol>("a", waiting);
  const auto b = runtime.reserve<ProbeProtocol>("b", waiting);
  EXPECT_TRUE(runtime.declare_waiting(a, b).ok());
  EXPECT_TRUE(runtime.declare_waiting(b, a).ok());
  const auto started = runtime.start();
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, result::ErrorCode::conflict);
  EXPECT_THAT(started.error().message, HasSubstr("a -> b -> a"));
}

TEST(topology, a_mailbox_that_never_makes_its_senders_wait_breaks_the_cycle) {
  Runtime runtime({.executor = std::make_unique<simulation::ManualExecutor>()});
  const auto a = runtime.reserve<ProbeProtocol>("a", {.mailbox = {.overflow = Overflow::wait}});
  const auto b = runtime.reserve<ProbeProtocol>("b");
  EXPECT_TRUE(runtime.declare_waiting(a, b).ok());
  EXPECT_TRUE(runtime.declare_waiting(b, a).ok());
  EXPECT_TRUE(runtime.start().ok());
}

}  // namespace
}  // namespace hts::runtime::test
