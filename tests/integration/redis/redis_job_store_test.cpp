#include "adapters/redis/redis_job_store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/simulation/table_job_store.hpp"
#include "job_store_crowd.hpp"
#include "redis_server.hpp"

namespace hts::redis {
namespace {

std::unique_ptr<ports::JobStore> store_on(const testing::RedisServer& server,
                                          const std::string& queue = "jobs") {
  JobStoreOptions options;
  options.queue = queue;
  options.use_callers_clock = true;
  auto opened = open_job_store(server.url(), options);
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

TEST(RedisJobStore, says_and_keeps_what_the_table_of_the_machine_does) {
  testing::RedisServer server;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const std::string queue = "seed " + std::to_string(seed);
    const auto north = store_on(server, queue);
    const auto south = store_on(server, queue);
    simulation::TableJobStore model;
    testing::JobStoreCrowd crowd(seed, model, {north.get(), south.get()});
    for (int step = 0; step < 400; ++step) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", step " + std::to_string(step));
      crowd.step();
      if (step % 100 == 99) crowd.compare_everything();
      if (::testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace hts::redis
