#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "engine/ports/collection_status_store.hpp"
#include "side_samples.hpp"

/// What every implementation of ports::CollectionStatusStore must do. A test program of an adapter
/// includes this and instantiates `CollectionStatusSuite` with a function that makes an empty
/// store.
namespace hts::testing {

/// One set of statuses; every store that it opens sees the same, as another process would.
class CollectionStatusPlace {
 public:
  virtual ~CollectionStatusPlace() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::CollectionStatusStore> open() = 0;
};

class CollectionStatusSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<CollectionStatusPlace>()>> {
 protected:
  std::unique_ptr<CollectionStatusPlace> place = GetParam()();
  std::unique_ptr<ports::CollectionStatusStore> store = place->open();
};

TEST_P(CollectionStatusSuite, a_status_is_found_with_every_field) {
  auto none_yet = sample_status("ETH_KRW", "1d");
  none_yet.last_candle.reset();
  none_yet.error.clear();
  const auto put = store->put({sample_status("BTC_KRW", "1m"), none_yet});
  ASSERT_TRUE(put) << put.error().message;
  const auto other = place->open();
  EXPECT_EQ(*other->find(none_yet.symbol, none_yet.timeframe), none_yet);
  EXPECT_EQ(*other->find(market::Symbol::parse("BTC_KRW").value(), market::Timeframe::minute()),
            sample_status("BTC_KRW", "1m"));
}

TEST_P(CollectionStatusSuite, a_later_status_takes_the_place_of_the_first) {
  auto status = sample_status("BTC_KRW", "1m");
  ASSERT_TRUE(store->put({status}));
  status.error.clear();
  status.updated_at += std::chrono::minutes{1};
  ASSERT_TRUE(store->put({sample_status("BTC_KRW", "1m"), status}));
  EXPECT_EQ(*store->list(), (std::vector{status}));
}

TEST_P(CollectionStatusSuite, all_are_listed_by_symbol_and_length_of_their_candles) {
  EXPECT_TRUE(store->list()->empty());
  EXPECT_TRUE(store->put({}));
  const std::vector sorted = {sample_status("BTC_KRW", "3m"), sample_status("BTC_KRW", "10m"),
                              sample_status("BTC_KRW", "1d"), sample_status("ETH_KRW", "1m")};
  ASSERT_TRUE(store->put({sorted[3], sorted[1], sorted[0], sorted[2]}));
  const auto listed = store->list();
  ASSERT_TRUE(listed) << listed.error().message;
  EXPECT_EQ(*listed, sorted);
}

TEST_P(CollectionStatusSuite, what_is_not_there_is_not_found) {
  ASSERT_TRUE(store->put({sample_status("BTC_KRW", "1m")}));
  const auto missing =
      store->find(market::Symbol::parse("BTC_KRW").value(), market::Timeframe::day());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(missing.error().field, "symbol");
}

}  // namespace hts::testing
