#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "candle_samples.hpp"
#include "engine/ports/candle_store.hpp"

/// What every implementation of ports::CandleStore must do. A test program of an adapter includes
/// this and instantiates `CandleStoreSuite` with a function that makes an empty catalog.
namespace hts::testing {

/// One catalog; every store that it opens sees the same candles, as another process would.
class CandleCatalog {
 public:
  virtual ~CandleCatalog() = default;
  [[nodiscard]] virtual std::unique_ptr<ports::CandleStore> open() = 0;
};

class CandleStoreSuite
    : public ::testing::TestWithParam<std::function<std::unique_ptr<CandleCatalog>()>> {
 protected:
  static constexpr market::Timeframe minute = market::Timeframe::minute();

  ports::WriteReport write(ports::CandleStore& store, int year, const market::CandleSeries& candles,
                           const std::string& name = "BTC_KRW") {
    auto writing = store.begin_write(symbol(name), minute);
    if (!writing) {
      ADD_FAILURE() << writing.error().message;
      return {};
    }
    if (auto staged = (*writing)->stage(year, candles.view()); !staged) {
      ADD_FAILURE() << staged.error().message;
      return {};
    }
    auto report = (*writing)->commit();
    if (!report) {
      ADD_FAILURE() << report.error().message;
      return {};
    }
    return *report;
  }

  market::CandleSeries load(ports::CandleStore& store, time::TimeRange range = {}) {
    auto loaded = store.load(symbol("BTC_KRW"), minute, range);
    if (!loaded) {
      ADD_FAILURE() << loaded.error().message;
      return {};
    }
    return *std::move(loaded);
  }

  /// What a stream gives, with its blocks checked.
  market::CandleSeries stream(ports::CandleStore& store, time::TimeRange range = {}) {
    market::CandleSeries candles;
    auto streamed = store.stream(symbol("BTC_KRW"), minute, range, [&](market::CandleView block) {
      EXPECT_FALSE(block.empty());
      EXPECT_LE(block.size(), market::largest_block);
      candles.append(block);
      return result::success();
    });
    if (!streamed) ADD_FAILURE() << streamed.error().message;
    return candles;
  }

  std::unique_ptr<CandleCatalog> catalog = GetParam()();
  std::unique_ptr<ports::CandleStore> store = catalog->open();
};

TEST_P(CandleStoreSuite, stored_candles_are_loaded_bit_for_bit) {
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 5000);
  const auto report = write(*store, 2020, candles);
  EXPECT_EQ(report.added, 5000U);
  EXPECT_EQ(report.replaced, 0U);
  EXPECT_EQ(report.unchanged, 0U);
  EXPECT_EQ(report.files_written, 1U);
  EXPECT_EQ(load(*store), candles);
  EXPECT_EQ(load(*catalog->open()), candles);
}

TEST_P(CandleStoreSuite, a_range_is_half_open_and_spans_years) {
  const auto before = candles_from(at("2019-12-31T23:00:00Z"), 60);
  const auto after = candles_from(at("2020-01-01T00:00:00Z"), 60, 5);
  write(*store, 2019, before);
  write(*store, 2020, after);
  const auto loaded = load(*store, {at("2019-12-31T23:58:00Z"), at("2020-01-01T00:02:00Z")});
  market::CandleSeries expected;
  expected.append(before.view().slice(58, 2));
  expected.append(after.view().slice(0, 2));
  EXPECT_EQ(loaded, expected);
}

TEST_P(CandleStoreSuite, a_range_between_milliseconds_takes_no_candle_outside_of_it) {
  write(*store, 2020, candles_from(at("2020-01-01T00:00:00Z"), 3));
  const auto first = at("2020-01-01T00:00:00Z");
  const time::Duration tick{1};
  EXPECT_EQ(load(*store, {first + tick, first + std::chrono::minutes{2} + tick}).size(), 2U);
  EXPECT_EQ(load(*store, {first, first + std::chrono::minutes{2}}).size(), 2U);
}

TEST_P(CandleStoreSuite, a_stream_gives_what_a_load_gives) {
  write(*store, 2018, candles_from(at("2018-03-01T00:00:00Z"), 70'000));
  write(*store, 2019, candles_from(at("2019-12-31T22:00:00Z"), 120));
  write(*store, 2020, candles_from(at("2020-01-01T00:00:00Z"), 100, 5));
  EXPECT_EQ(stream(*store), load(*store));
  for (const time::TimeRange range :
       {time::TimeRange{at("2019-12-31T23:58:00Z"), at("2020-01-01T00:02:00Z")},
        time::TimeRange{at("2018-03-05T00:00:30Z"), at("2018-04-15T00:00:00Z")},
        time::TimeRange{at("2018-04-18T00:00:00Z"), time::Timestamp::max()}}) {
    EXPECT_EQ(stream(*store, range), load(*store, range));
  }
}

TEST_P(CandleStoreSuite, a_stream_ends_with_the_first_error_of_its_taker) {
  write(*store, 2019, candles_from(at("2019-05-01T00:00:00Z"), 10));
  write(*store, 2020, candles_from(at("2020-05-01T00:00:00Z"), 10));
  int taken = 0;
  const auto streamed =
      store->stream(symbol("BTC_KRW"), minute, {}, [&](market::CandleView) -> result::Status {
        ++taken;
        return result::make_error(result::ErrorCode::cancelled, "Enough.");
      });
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().message, "Enough.");
  EXPECT_EQ(taken, 1);
}

TEST_P(CandleStoreSuite, a_stream_of_nothing_is_the_error_of_a_load) {
  const auto refuse = [](market::CandleView) {
    ADD_FAILURE() << "there is nothing to take";
    return result::success();
  };
  const auto unknown = store->stream(symbol("BTC_KRW"), minute, {}, refuse);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, store->load(symbol("BTC_KRW"), minute, {}).error().message);
  write(*store, 2020, candles_from(at("2020-02-20T08:00:00Z"), 10));
  const time::TimeRange day{at("2019-01-01T00:00:00Z"), at("2019-01-02T00:00:00Z")};
  const auto missing = store->stream(symbol("BTC_KRW"), minute, day, refuse);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, store->load(symbol("BTC_KRW"), minute, day).error().message);
}

TEST_P(CandleStoreSuite, a_load_that_was_cancelled_before_gives_nothing) {
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 10);
  write(*store, 2020, candles);
  std::atomic<bool> cancel{false};
  const auto wanted = store->load(symbol("BTC_KRW"), minute, {}, &cancel);
  ASSERT_TRUE(wanted) << wanted.error().message;
  EXPECT_EQ(*wanted, candles);
  cancel = true;
  for (const char* name : {"BTC_KRW", "NOBODY_KRW"}) {
    const auto cancelled = store->load(symbol(name), minute, {}, &cancel);
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code, result::ErrorCode::cancelled);
    EXPECT_EQ(cancelled.error().message, ports::cancelled_load().message);
  }
}

TEST_P(CandleStoreSuite, new_values_win_and_the_rest_stays) {
  const auto first = at("2020-01-01T00:00:00Z");
  const auto stored = candles_from(first, 10);
  write(*store, 2020, stored);
  auto fresh = candles_from(first + std::chrono::minutes{5}, 10);
  for (std::size_t i = 0; i < 2; ++i) {  // two equal to what is there, three different, five new
    fresh.open[i] = stored.open[i + 5];
    fresh.high[i] = stored.high[i + 5];
    fresh.low[i] = stored.low[i + 5];
    fresh.close[i] = stored.close[i + 5];
    fresh.volume[i] = stored.volume[i + 5];
  }
  const auto report = write(*store, 2020, fresh);
  EXPECT_EQ(report.unchanged, 2U);
  EXPECT_EQ(report.replaced, 3U);
  EXPECT_EQ(report.added, 5U);
  market::CandleSeries expected;
  expected.append(stored.view().slice(0, 5));
  expected.append(fresh.view());
  EXPECT_EQ(load(*store), expected);
}

TEST_P(CandleStoreSuite, older_candles_are_merged_before_newer_ones) {
  const auto late = candles_from(at("2020-06-01T00:00:00Z"), 10);
  const auto early = candles_from(at("2020-03-01T00:00:00Z"), 10, 3);
  write(*store, 2020, late);
  write(*store, 2020, early);
  market::CandleSeries expected = early;
  expected.append(late.view());
  EXPECT_EQ(load(*store), expected);
}

TEST_P(CandleStoreSuite, storing_the_same_candles_again_writes_nothing) {
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 100);
  write(*store, 2020, candles);
  const auto report = write(*store, 2020, candles);
  EXPECT_EQ(report.unchanged, 100U);
  EXPECT_EQ(report.added + report.replaced + report.files_written, 0U);
}

TEST_P(CandleStoreSuite, several_years_become_visible_together) {
  auto writing = store->begin_write(symbol("BTC_KRW"), minute);
  ASSERT_TRUE(writing) << writing.error().message;
  ASSERT_TRUE((*writing)->stage(2019, candles_from(at("2019-05-01T00:00:00Z"), 7).view()));
  ASSERT_TRUE((*writing)->stage(2020, candles_from(at("2020-05-01T00:00:00Z"), 8).view()));
  EXPECT_FALSE(store->load(symbol("BTC_KRW"), minute, {}));
  const auto report = (*writing)->commit();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->added, 15U);
  EXPECT_EQ(report->files_written, 2U);
  EXPECT_EQ(load(*store).size(), 15U);
}

TEST_P(CandleStoreSuite, a_write_that_is_given_up_leaves_the_catalog_as_it_was) {
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 100);
  write(*store, 2020, candles);
  {
    auto writing = store->begin_write(symbol("BTC_KRW"), minute);
    ASSERT_TRUE(writing);
    ASSERT_TRUE((*writing)->stage(2020, candles_from(at("2020-02-20T08:00:00Z"), 100, 9).view()));
  }
  EXPECT_EQ(load(*store), candles);
}

TEST_P(CandleStoreSuite, a_year_cannot_be_staged_twice_or_with_candles_of_another) {
  auto writing = store->begin_write(symbol("BTC_KRW"), minute);
  ASSERT_TRUE(writing);
  const auto candles = candles_from(at("2020-02-20T08:00:00Z"), 3);
  EXPECT_FALSE((*writing)->stage(2019, candles.view()));
  EXPECT_TRUE((*writing)->stage(2020, candles.view()));
  EXPECT_FALSE((*writing)->stage(2020, candles.view()));
}

TEST_P(CandleStoreSuite, disordered_candles_are_refused) {
  auto writing = store->begin_write(symbol("BTC_KRW"), minute);
  ASSERT_TRUE(writing);
  auto candles = candles_from(at("2020-02-20T08:00:00Z"), 3);
  candles.open_time[2] = candles.open_time[1];
  EXPECT_FALSE((*writing)->stage(2020, candles.view()));
}

TEST_P(CandleStoreSuite, an_unknown_symbol_is_told_apart_from_a_missing_range) {
  auto nothing = store->load(symbol("BTC_KRW"), minute, {});
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().code, result::ErrorCode::unknown_symbol);
  EXPECT_EQ(nothing.error().field, "symbol");

  write(*store, 2020, candles_from(at("2020-02-20T08:00:00Z"), 10));
  auto other = store->load(symbol("ETH_KRW"), minute, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, result::ErrorCode::unknown_symbol);
  EXPECT_THAT(other.error().message, ::testing::HasSubstr("BTC_KRW"));

  auto early = store->load(symbol("BTC_KRW"), minute,
                           {at("2019-01-01T00:00:00Z"), at("2019-01-02T00:00:00Z")});
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, result::ErrorCode::not_found);
  EXPECT_THAT(early.error().message,
              ::testing::HasSubstr("1m from 2020-02-20 08:00 to 2020-02-20 08:09"));

  auto coarse = store->load(symbol("BTC_KRW"), market::Timeframe::day(), {});
  ASSERT_FALSE(coarse);
  EXPECT_EQ(coarse.error().code, result::ErrorCode::not_found);
  EXPECT_EQ(coarse.error().field, "timeframe");
}

TEST_P(CandleStoreSuite, the_inventory_lists_every_year_in_order) {
  EXPECT_TRUE(store->inventory()->empty());
  write(*store, 2021, candles_from(at("2021-01-01T00:00:00Z"), 4), "ETH_KRW");
  write(*store, 2021, candles_from(at("2021-03-01T00:00:00Z"), 5));
  write(*store, 2020, candles_from(at("2020-03-01T00:00:00Z"), 6));
  const auto files = store->inventory();
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 3U);
  EXPECT_EQ((*files)[0].symbol.text(), "BTC_KRW");
  EXPECT_EQ((*files)[0].year, 2020);
  EXPECT_EQ((*files)[0].candles, 6U);
  EXPECT_EQ((*files)[0].first, at("2020-03-01T00:00:00Z"));
  EXPECT_EQ((*files)[0].last, at("2020-03-01T00:05:00Z"));
  EXPECT_GT((*files)[0].bytes, 0U);
  EXPECT_EQ((*files)[1].year, 2021);
  EXPECT_EQ((*files)[2].symbol.text(), "ETH_KRW");
}

TEST_P(CandleStoreSuite, threads_that_write_the_same_year_lose_no_candle) {
  constexpr std::size_t writers = 4;
  static constexpr std::size_t count = 50;
  std::vector<std::thread> threads;
  threads.reserve(writers);
  for (std::size_t w = 0; w < writers; ++w) {
    threads.emplace_back([this, w] {
      auto own = catalog->open();
      const auto first = at("2020-01-01T00:00:00Z") + std::chrono::minutes{w * count};
      EXPECT_EQ(write(*own, 2020, candles_from(first, count)).added, count);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(load(*store).size(), writers * count);
}

TEST_P(CandleStoreSuite, threads_that_write_different_years_lose_no_candle) {
  std::vector<std::thread> threads;
  for (int year = 2018; year < 2022; ++year) {
    threads.emplace_back(
        [this, year] { write(*store, year, candles_from(time::utc_year_begin(year), 50)); });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(load(*store).size(), 200U);
}

TEST_P(CandleStoreSuite, a_reader_sees_a_year_before_or_after_a_write) {
  const auto first = at("2020-01-01T00:00:00Z");
  write(*store, 2020, candles_from(first, 100));
  std::thread writer{[this, first] {
    for (int round = 1; round <= 10; ++round) {
      write(*store, 2020, candles_from(first, 100 + static_cast<std::size_t>(round), round));
    }
  }};
  for (int i = 0; i < 30; ++i) {
    const auto candles = load(*store);
    ASSERT_GE(candles.size(), 100U);
    const auto shift = static_cast<double>(candles.size() - 100);
    EXPECT_EQ(candles, candles_from(first, candles.size(), shift));
  }
  writer.join();
}

}  // namespace hts::testing
