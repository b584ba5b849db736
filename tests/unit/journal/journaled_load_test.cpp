// A load that is cancelled is recorded as one, and is one in the replay.

#include <atomic>
#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "adapters/journal/journaled_stores.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/runtime/port_calls.hpp"

namespace hts::journal {
namespace {

using runtime::PortCalls;

/// Gives its candles, and sets a flag once it has.
class FlaggingStore final : public ports::CandleStore {
 public:
  std::atomic<bool>* flag = nullptr;
  std::size_t loads = 0;
  market::CandleSeries candles = market::make_synthetic_candles(
      {}, time::from_milliseconds(1'577'836'800'000), market::Timeframe::minute(), 100, 1);

  result::Result<market::CandleSeries> load(const market::Symbol&, market::Timeframe,
                                            time::TimeRange,
                                            const std::atomic<bool>* cancel) override {
    ++loads;
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    if (flag != nullptr) *flag = true;
    return candles;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::internal, "Nothing is written here.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
};

result::Result<market::CandleSeries> load(JournaledCandleStore& store, PortCalls& calls,
                                          const std::atomic<bool>* cancel) {
  const PortCalls::Scope scope(calls);
  return store.load(market::Symbol::parse("BTC_KRW").value(), market::Timeframe::minute(), {},
                    cancel);
}

/// Expects a cancelled load, whose record gives the same again without a store.
void expect_cancelled_twice(FlaggingStore& below, const std::atomic<bool>& cancel) {
  JournaledCandleStore store(below);
  PortCalls recorded;
  recorded.begin_recording();
  const auto first = load(store, recorded, &cancel);
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().code, result::ErrorCode::cancelled);
  ASSERT_EQ(recorded.calls().size(), 1U);

  const std::size_t loads = below.loads;
  PortCalls replayed;
  replayed.begin_replay(recorded.calls());
  const std::atomic<bool> unset{false};
  const auto again = load(store, replayed, &unset);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, result::ErrorCode::cancelled);
  EXPECT_EQ(again.error().message, first.error().message);
  EXPECT_EQ(below.loads, loads);
  EXPECT_FALSE(replayed.difference());
}

TEST(JournaledLoad, that_was_cancelled_before_is_cancelled_in_the_replay) {
  FlaggingStore below;
  const std::atomic<bool> cancel{true};
  expect_cancelled_twice(below, cancel);
}

TEST(JournaledLoad, that_is_cancelled_while_it_is_noted_is_cancelled_in_the_replay) {
  FlaggingStore below;
  std::atomic<bool> cancel{false};
  below.flag = &cancel;
  expect_cancelled_twice(below, cancel);
}

TEST(JournaledLoad, that_was_whole_is_whole_in_the_replay_whatever_its_flag_says) {
  FlaggingStore below;
  JournaledCandleStore store(below);
  PortCalls recorded;
  recorded.begin_recording();
  std::atomic<bool> cancel{false};
  ASSERT_TRUE(load(store, recorded, &cancel));
  PortCalls replayed;
  replayed.begin_replay(recorded.calls());
  cancel = true;
  const auto again = load(store, replayed, &cancel);
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, below.candles);
  EXPECT_FALSE(replayed.difference());
}

}  // namespace
}  // namespace hts::journal
