#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "../counted_allocations.hpp"
#include "live_stage.hpp"

namespace hts::actors::testing {
namespace {

using Batch = std::shared_ptr<const ports::FeedBatch>;

class IngestAllocations : public IngestInVirtualTime {
 protected:
  static constexpr std::int64_t symbols = 3;

  /// So many trades of one minute from this second on, of all symbols in turn.
  Batch trades_of(int minute, int second, std::int64_t count) {
    auto batch = std::make_shared<ports::FeedBatch>();
    batch->subscription = subscription_;
    const time::Timestamp begin = noon + Minutes{minute} + Seconds{second};
    batch->received = begin;
    const time::Duration step = time::Duration{Seconds{10}} / count;
    for (std::int64_t i = 0; i < count; ++i) {
      batch->trades.push_back(
          {static_cast<paper::InstrumentId>(i % symbols),
           {begin + step * i, 100.0 + static_cast<double>(i % 7), 0.5, ++sequence_, i % 2 == 0}});
    }
    return batch;
  }
  /// Allocations of the whole program until the batch has been worked on.
  std::uint64_t allocations_for(const Batch& batch) {
    const std::uint64_t before = allocations.load();
    EXPECT_TRUE(runtime::taken(ingest_.tell(FeedArrived{batch})));
    executor_->run();
    return allocations.load() - before;
  }
};

TEST_F(IngestAllocations, none_for_a_trade) {
  constexpr std::int64_t many = 30'000;
  has_history_ = false;
  start();
  follow({btc, eth, *market::Symbol::parse("XRP_KRW")},
         {line(0, 0, "1m", noon - Minutes{1}), line(1, 1, "5m", noon - Minutes{1})});
  // A busy minute or two make room for the numbers that repetitions are known by.
  std::uint64_t at_first = 0;
  for (int minute = 0; minute < 4; ++minute) {
    until(noon + Minutes{minute} + Seconds{20});
    at_first += allocations_for(trades_of(minute, 0, many));
  }
  EXPECT_GT(at_first, 0U);
  until(noon + Minutes{4} + Seconds{20});
  (void)allocations_for(trades_of(4, 0, symbols));  // closes the minute before
  const Batch few = trades_of(4, 10, symbols);
  const Batch all = trades_of(4, 20, many);
  const std::uint64_t for_few = allocations_for(few);
  EXPECT_EQ(allocations_for(all), for_few);
  EXPECT_EQ(status()->trades, 4 * many + 2 * symbols + many);
  EXPECT_GE(heard_.bars.size(), 3U);
}

}  // namespace
}  // namespace hts::actors::testing
