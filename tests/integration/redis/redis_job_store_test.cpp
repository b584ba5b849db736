#include "../job_store_suite.hpp"
#include "redis_store_setup.hpp"

namespace hts::testing {
namespace {

/// One server for a test, a queue of its own for each that is asked for.
class RedisQueue : public JobQueue {
 public:
  std::unique_ptr<ports::JobStore> open() override { return store_on(server(), options_); }

 private:
  static RedisServer& server() {
    static RedisServer only;
    return only;
  }
  static std::string next_name() {
    static int number = 0;
    return "queue " + std::to_string(++number);
  }

  redis::JobStoreOptions options_ = callers_clock(next_name());
};

INSTANTIATE_TEST_SUITE_P(Redis, JobStoreSuite,
                         ::testing::Values([] { return std::make_unique<RedisQueue>(); }));

TEST(RedisJobStore, two_handles_of_one_queue_are_equal_to_the_table) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    RedisQueue queue;
    const auto north = queue.open();
    const auto south = queue.open();
    simulation::TableJobStore model;
    JobScript script{seed};
    for (int step = 0; step < 120; ++step) {
      const auto any = [&]() -> ports::JobStore& { return script.below(2) == 0 ? *north : *south; };
      const auto batch = script.next();
      const auto wanted = taken(model.transact(batch));
      expect_equal(taken(any().transact(batch)), wanted);
      script.heed(wanted);
      if (script.below(2) == 0) do_anything(any(), model, script);
      if (step % 40 == 39) expect_equal_jobs(any(), model, script);
      ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace hts::testing
