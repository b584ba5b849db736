#include "adapters/cli/interruptible_load.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "engine/market/synthetic_candles.hpp"

namespace hts::cli {
namespace {

/// A catalog of one series, which it gives whole.
class OneSeries final : public ports::CandleStore {
 public:
  market::CandleSeries candles = market::make_synthetic_candles(
      {}, time::from_milliseconds(1'577'836'800'000), market::Timeframe::minute(), 500, 1);

  result::Result<market::CandleSeries> load(const market::Symbol&, market::Timeframe,
                                            time::TimeRange range) override {
    market::CandleSeries within;
    within.append(candles.view().within(range));
    return within;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::internal, "Nothing is written here.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
};

result::Result<market::CandleSeries> load_with(std::function<bool()> interrupted) {
  std::ostringstream nowhere;
  const CommandEnvironment environment{nowhere, nowhere, false, "", {}, {}, std::move(interrupted)};
  OneSeries store;
  return load_unless_interrupted(store, market::Symbol::parse("KRW-BTC").value(),
                                 market::Timeframe::minute(), {}, environment);
}

TEST(InterruptibleLoad, gives_what_the_store_holds_whatever_the_range) {
  const auto loaded = load_with({});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(*loaded, OneSeries{}.candles);
}

TEST(InterruptibleLoad, ends_when_the_user_interrupts) {
  const auto loaded = load_with([] { return true; });
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, result::ErrorCode::cancelled);
}

}  // namespace
}  // namespace hts::cli
