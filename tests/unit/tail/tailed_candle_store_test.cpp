#include "adapters/tail/tailed_candle_store.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/ingest.hpp"
#include "actors/tail_compaction.hpp"
#include "engine/market/candle_grid.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

namespace hts::tail {
namespace {

using market::Candle;
using market::CandleSeries;
using market::DayBoundary;
using market::Timeframe;
using std::chrono::minutes;

const market::Symbol btc = *market::Symbol::parse("BTC_KRW");
const time::Timestamp new_year = *time::parse_iso8601("2024-12-31T20:00:00Z");

class Shelf final : public ports::CandleStore {
 public:
  bool is_broken = false;
  std::uint64_t loads = 0;
  std::map<std::pair<market::Symbol, Timeframe>, std::map<time::Timestamp, Candle>> kept;

  result::Result<CandleSeries> load(const market::Symbol& symbol, Timeframe timeframe,
                                    time::TimeRange range, const std::atomic<bool>*) override {
    ++loads;
    CandleSeries series;
    for (const auto& [opens, candle] : kept[{symbol, timeframe}]) {
      if (range.contains(opens)) series.push_back(candle);
    }
    if (series.empty()) return result::make_error(result::ErrorCode::not_found, "Nothing there.");
    return series;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol& symbol,
                                                                  Timeframe timeframe) override {
    if (is_broken) return result::make_error(result::ErrorCode::storage, "The disk is full.");
    return {std::make_unique<Write>(kept[{symbol, timeframe}])};
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    std::vector<ports::CatalogFile> files;
    for (const auto& [key, candles] : kept) {
      if (candles.empty()) continue;
      files.push_back({key.first, key.second, time::utc_year(candles.begin()->first),
                       candles.size(), candles.begin()->first, candles.rbegin()->first, 100});
    }
    return files;
  }

 private:
  class Write final : public ports::CandleWrite {
   public:
    explicit Write(std::map<time::Timestamp, Candle>& to) : to_(to) {}
    result::Status stage(int, market::CandleView candles) override {
      for (std::size_t i = 0; i < candles.size(); ++i) staged_.push_back(candles[i]);
      return result::success();
    }
    result::Result<ports::WriteReport> commit() override {
      for (const Candle& candle : staged_) to_[candle.open_time] = candle;
      return ports::WriteReport{};
    }

   private:
    std::map<time::Timestamp, Candle>& to_;
    std::vector<Candle> staged_;
  };
};

class ShortTail final : public ports::CandleTail {
 public:
  std::function<void()> on_drop = [] {};
  std::map<market::Symbol, std::map<time::Timestamp, Candle>> kept;

  result::Status append(const std::vector<ports::TailBar>& bars) override {
    for (const auto& bar : bars) {
      for (const auto& [symbol, candle] : bar.candles) {
        kept[symbol].emplace(candle.open_time, candle);
      }
    }
    return result::success();
  }
  result::Result<CandleSeries> load(const market::Symbol& symbol, time::TimeRange range) override {
    CandleSeries series;
    for (const auto& [opens, candle] : kept[symbol]) {
      if (range.contains(opens)) series.push_back(candle);
    }
    return series;
  }
  result::Result<std::vector<Held>> held() override {
    std::vector<Held> list;
    for (const auto& [symbol, candles] : kept) {
      if (candles.empty()) continue;
      list.push_back({symbol, candles.size(), candles.begin()->first, candles.rbegin()->first});
    }
    return list;
  }
  result::Status drop(const market::Symbol& symbol, time::Timestamp before) override {
    on_drop();
    auto& candles = kept[symbol];
    candles.erase(candles.begin(), candles.lower_bound(before));
    return result::success();
  }
};

class TailedStoreTest : public ::testing::Test {
 protected:
  static Candle candle(int minute) {
    const double price = 100 + minute % 17;
    return {new_year + minutes{minute}, price, price + 2, price - 1, price + 1, 0.1 * (minute % 7)};
  }
  static CandleSeries series(int from, int to) {
    CandleSeries all;
    for (int i = from; i < to; ++i) all.push_back(candle(i));
    return all;
  }
  void keep(int from, int to) {
    for (int i = from; i < to; ++i)
      catalog_.kept[{btc, Timeframe::minute()}][candle(i).open_time] = candle(i);
  }
  void tail(int from, int to) {
    for (int i = from; i < to; ++i) tail_.kept[btc][candle(i).open_time] = candle(i);
  }
  CandleSeries streamed(Timeframe timeframe, time::TimeRange range) {
    CandleSeries all;
    EXPECT_TRUE(store_.stream(btc, timeframe, range, [&](market::CandleView block) {
      all.append(block);
      return result::success();
    }));
    return all;
  }

  Shelf catalog_;
  ShortTail tail_;
  TailedCandleStore store_{catalog_, tail_};
};

TEST_F(TailedStoreTest, minutes_of_both_come_as_one_and_the_tails_win) {
  keep(0, 10);
  tail(8, 15);
  catalog_.kept[{btc, Timeframe::minute()}][candle(9).open_time].close = 1;
  const auto loaded = store_.load(btc, Timeframe::minute(), {});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(*loaded, series(0, 15));
  EXPECT_EQ(streamed(Timeframe::minute(), {}), series(0, 15));
  const time::TimeRange part{candle(3).open_time, candle(12).open_time};
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), part), series(3, 12));
  EXPECT_EQ(streamed(Timeframe::minute(), part), series(3, 12));
}

TEST_F(TailedStoreTest, without_a_tail_it_is_the_catalog) {
  keep(0, 10);
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), {}), series(0, 10));
  EXPECT_FALSE(store_.load(btc, *Timeframe::parse("3m"), {}));
  EXPECT_EQ(store_.inventory()->at(0).candles, 10U);
}

TEST_F(TailedStoreTest, the_tail_alone_is_enough) {
  tail(0, 5);
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), {}), series(0, 5));
  EXPECT_EQ(streamed(Timeframe::minute(), {}), series(0, 5));
  EXPECT_FALSE(store_.load(*market::Symbol::parse("ETH_KRW"), Timeframe::minute(), {}));
}

TEST_F(TailedStoreTest, the_catalog_is_not_asked_for_what_the_tail_has_without_a_hole) {
  keep(0, 10);
  tail(8, 20);
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), {candle(10).open_time, candle(20).open_time}),
            series(10, 20));
  EXPECT_EQ(catalog_.loads, 0U);
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), {candle(7).open_time, candle(20).open_time}),
            series(7, 20));
  EXPECT_EQ(catalog_.loads, 1U);
  tail_.kept[btc].erase(candle(9).open_time);
  EXPECT_EQ(*store_.load(btc, Timeframe::minute(), {candle(8).open_time, candle(11).open_time}),
            series(8, 11));
  EXPECT_EQ(catalog_.loads, 2U);
}

TEST_F(TailedStoreTest, longer_candles_go_on_from_those_of_the_catalog) {
  keep(0, 100);
  tail(100, 200);
  for (const char* name : {"3m", "15m", "1h"}) {
    const Timeframe timeframe = *Timeframe::parse(name);
    const CandleSeries old =
        market::resample(series(0, 100).view(), timeframe, DayBoundary::utc, candle(100).open_time);
    for (std::size_t i = 0; i < old.size(); ++i) {
      catalog_.kept[{btc, timeframe}][old.open_time[i]] = old[i];
    }
    const CandleSeries expected =
        market::resample(series(0, 200).view(), timeframe, DayBoundary::utc, candle(200).open_time);
    EXPECT_EQ(*store_.load(btc, timeframe, {}), expected) << name;
    EXPECT_EQ(streamed(timeframe, {}), expected) << name;
  }
}

TEST_F(TailedStoreTest, a_longer_candle_that_lacks_its_beginning_is_left_out) {
  tail(10, 100);
  const auto hours = store_.load(btc, *Timeframe::parse("15m"), {});
  ASSERT_TRUE(hours);
  EXPECT_EQ(hours->open_time.front(), candle(15).open_time);
  EXPECT_EQ(hours->size(), 5U);
  keep(0, 10);
  EXPECT_EQ(store_.load(btc, *Timeframe::parse("15m"), {})->open_time.front(), candle(0).open_time);
}

TEST_F(TailedStoreTest, the_inventory_counts_the_tail_with_its_year) {
  keep(0, 100);
  tail(90, 300);
  const auto files = store_.inventory();
  ASSERT_TRUE(files);
  ASSERT_EQ(files->size(), 2U);
  EXPECT_EQ((*files)[0].candles, 240U);
  EXPECT_EQ((*files)[0].last, candle(239).open_time);
  EXPECT_EQ((*files)[1].year, 2025);
  EXPECT_EQ((*files)[1].candles, 60U);
  EXPECT_EQ((*files)[1].first, candle(240).open_time);
}

using CompactorProtocol = runtime::Protocol<runtime::Request<actors::CompactTail>>;

class Compactor : public runtime::Actor<Compactor, CompactorProtocol> {
 public:
  Compactor(runtime::Context& context, ports::CandleStore& candles, ports::CandleTail& tail,
            runtime::Lane& lane)
      : compaction_(context, candles, tail, lane, DayBoundary::utc) {}
  void on(runtime::Request<actors::CompactTail>& request) {
    compaction_.start(std::move(request.reply));
  }

 private:
  actors::TailCompaction compaction_;
};

TEST_F(TailedStoreTest, compaction_changes_nothing_that_can_be_loaded) {
  keep(0, 100);
  tail(100, 400);
  std::map<Timeframe, CandleSeries> before;
  for (const Timeframe timeframe : Timeframe::all()) {
    const auto loaded = store_.load(btc, timeframe, {});
    if (loaded) before[timeframe] = *loaded;
  }
  EXPECT_GE(before.size(), 7U);

  auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
  auto& clock = *executor;
  runtime::RuntimeOptions options;
  options.executor = std::move(executor);
  runtime::Runtime runtime(std::move(options));
  runtime::Lane& lane = runtime.lane("disk", 1);
  const auto compactor = runtime.spawn<Compactor>("compactor", {}, [&](runtime::Context& context) {
    return std::make_unique<Compactor>(context, store_, tail_, lane);
  });
  ASSERT_TRUE(runtime.start().ok());
  std::vector<result::Result<actors::CompactReport>> reports;
  const auto compact = [&] {
    runtime.ask(compactor, actors::CompactTail{}, std::chrono::hours{1},
                [&](result::Result<actors::CompactReport> report) { reports.push_back(report); });
    clock.run();
  };
  catalog_.is_broken = true;
  compact();
  ASSERT_EQ(reports.size(), 1U);
  EXPECT_FALSE(reports[0]);
  EXPECT_EQ(tail_.kept[btc].size(), 300U) << "nothing is dropped that is not in the catalog";
  catalog_.is_broken = false;
  compact();
  ASSERT_EQ(reports.size(), 2U);
  ASSERT_TRUE(reports[1]);
  EXPECT_EQ(reports[1]->candles, 300U);
  EXPECT_TRUE(tail_.kept[btc].empty());
  for (const auto& [timeframe, series] : before) {
    EXPECT_EQ(*store_.load(btc, timeframe, {}), series) << timeframe.name();
  }
}

TEST_F(TailedStoreTest, a_stop_ends_a_compaction_after_the_symbol_under_way) {
  const market::Symbol eth = *market::Symbol::parse("ETH_KRW");
  tail(0, 100);
  tail_.kept[eth] = tail_.kept[btc];

  auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
  auto& clock = *executor;
  runtime::RuntimeOptions options;
  options.executor = std::move(executor);
  runtime::Runtime runtime(std::move(options));
  actors::IngestPorts ports{catalog_, runtime.lane("disk", 1), {}};
  ports.tail = &tail_;
  const auto ingest = runtime.spawn<actors::Ingest>("ingest", {}, [&](runtime::Context& context) {
    return std::make_unique<actors::Ingest>(context, ports);
  });
  ASSERT_TRUE(runtime.start().ok());
  std::optional<result::Result<actors::CompactReport>> report;
  runtime.ask(ingest, actors::CompactTail{}, std::chrono::hours{1},
              [&](result::Result<actors::CompactReport> answer) { report = std::move(answer); });
  tail_.on_drop = [&] { runtime.stop(ingest); };
  clock.run();
  ASSERT_TRUE(report);
  ASSERT_FALSE(*report);
  EXPECT_EQ(report->error().code, result::ErrorCode::unavailable);
  EXPECT_TRUE(tail_.kept[btc].empty());
  EXPECT_EQ(tail_.kept[eth].size(), 100U);
  EXPECT_EQ(catalog_.inventory()->front().candles, 100U);
}

}  // namespace
}  // namespace hts::tail
