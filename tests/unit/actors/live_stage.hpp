#pragma once

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/ingest.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"

/// `ingest` alone in virtual time, between a feed, stores in memory and those who listen.
namespace hts::actors::testing {

/// Candles of one minute; a tail and the catalog below it in one.
class MinuteStore final : public ports::CandleStore, public ports::CandleTail {
 public:
  bool is_full = false;  ///< appends fail
  bool is_unreadable = false;
  std::uint64_t appends = 0;
  std::vector<ports::Alert> alerts;  ///< durable
  std::function<void()> on_append;   ///< before it is durable

  void put(const market::Symbol& symbol, const market::Candle& candle) {
    candles_[symbol][candle.open_time] = candle;
  }
  std::vector<market::Candle> all(const market::Symbol& symbol) {
    std::vector<market::Candle> list;
    for (const auto& [time, candle] : candles_[symbol]) list.push_back(candle);
    return list;
  }

  result::Result<market::CandleSeries> load(const market::Symbol& symbol, market::Timeframe,
                                            time::TimeRange range,
                                            const std::atomic<bool>*) override {
    if (is_unreadable) {
      return result::make_error(result::ErrorCode::storage, "The disk does not answer.");
    }
    auto series = load(symbol, range);
    if (series->empty()) return result::make_error(result::ErrorCode::not_found, "Nothing there.");
    return series;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::storage, "This store takes no writes.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }

  result::Status append(const std::vector<ports::TailBar>& bars) override {
    ++appends;
    if (on_append) on_append();
    if (is_full) return result::make_error(result::ErrorCode::storage, "The disk is full.");
    for (const ports::TailBar& bar : bars) {
      alerts.insert(alerts.end(), bar.alerts.begin(), bar.alerts.end());
      for (const auto& [symbol, candle] : bar.candles) {
        candles_[symbol].emplace(candle.open_time, candle);
      }
    }
    return result::success();
  }
  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            time::TimeRange range) override {
    market::CandleSeries series;
    for (const auto& [time, candle] : candles_[symbol]) {
      if (range.contains(time)) series.push_back(candle);
    }
    return series;
  }
  result::Result<std::vector<Held>> held() override { return std::vector<Held>{}; }
  result::Status drop(const market::Symbol&, time::Timestamp) override { return result::success(); }

 private:
  std::map<market::Symbol, std::map<time::Timestamp, market::Candle>> candles_;
};

class MinuteHistory final : public ports::MarketHistory {
 public:
  bool is_away = false;
  std::vector<time::TimeRange> asked;
  std::map<market::Symbol, std::vector<market::Candle>> candles_of;

  result::Result<market::CandleSeries> candles(const market::Symbol& symbol, market::Timeframe,
                                               time::TimeRange range) override {
    asked.push_back(range);
    if (is_away) {
      return result::make_error(result::ErrorCode::unavailable, "The exchange is away: wait.");
    }
    market::CandleSeries series;
    for (const market::Candle& candle : candles_of[symbol]) {
      if (range.contains(candle.open_time)) series.push_back(candle);
    }
    return series;
  }
};

struct Heard {
  std::vector<CandleClosed> candles;
  std::vector<LiveBar> bars;
  std::vector<Notice> notices;
  std::size_t commits_of_alerts = 0;
};

class ListeningRunner : public runtime::Actor<ListeningRunner, StrategyRunnerProtocol> {
 public:
  explicit ListeningRunner(Heard& heard) : heard_(heard) {}
  void on(const CandleClosed& candle) { heard_.candles.push_back(candle); }
  void on(runtime::Request<ChangeSlot>&) {}
  void on(runtime::Request<GetRunnerStatus>&) {}

 private:
  Heard& heard_;
};

class ListeningManager : public runtime::Actor<ListeningManager, PositionManagerProtocol> {
 public:
  explicit ListeningManager(Heard& heard) : heard_(heard) {}
  void on(const BarClosed& bar) { heard_.bars.push_back(*bar.bar); }
  template <class Other>
    requires(!std::same_as<Other, BarClosed>)
  void on(Other&) {}

 private:
  Heard& heard_;
};

class ListeningNotifier : public runtime::Actor<ListeningNotifier, NotifierProtocol> {
 public:
  explicit ListeningNotifier(Heard& heard) : heard_(heard) {}
  void on(const Notice& notice) { heard_.notices.push_back(notice); }
  void on(const AlertsCommitted&) { ++heard_.commits_of_alerts; }

 private:
  Heard& heard_;
};

class IngestInVirtualTime : public ::testing::Test {
 protected:
  using Seconds = std::chrono::seconds;
  using Minutes = std::chrono::minutes;

  static constexpr time::Timestamp noon{std::chrono::sys_days{std::chrono::year{2024} / 8 / 8} +
                                        std::chrono::hours{12}};
  const market::Symbol btc = *market::Symbol::parse("BTC_KRW");
  const market::Symbol eth = *market::Symbol::parse("ETH_KRW");

  IngestOptions options_;
  bool has_history_ = true;
  std::size_t runner_mailbox_ = 16;

  void start(time::Timestamp now = noon) {
    using runtime::Context;
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>(std::nullopt, now);
    executor_ = executor.get();
    runtime::RuntimeOptions runtime_options;
    runtime_options.executor = std::move(executor);
    runtime_options.wall_clock = [this] { return executor_->now() + wall_jump_; };
    runtime_ = std::make_unique<runtime::Runtime>(std::move(runtime_options));
    IngestPorts ports{store_, runtime_->lane("disk", 1), options_};
    ports.tail = &store_;
    ports.live = &runtime_->lane("live", 1);
    if (has_history_) ports.history = &history_;
    ports.rest = &runtime_->lane("rest", 1);
    ports.gate = gate_;
    ports.positions = runtime_->spawn<ListeningManager>("positions", waiting(16), [this](Context&) {
      return std::make_unique<ListeningManager>(heard_);
    });
    ports.notifier = runtime_->spawn<ListeningNotifier>(
        "notifier", {}, [this](Context&) { return std::make_unique<ListeningNotifier>(heard_); });
    ingest_ = runtime_->spawn<Ingest>("ingest", {}, [ports](Context& context) {
      return std::make_unique<Ingest>(context, ports);
    });
    ASSERT_TRUE(runtime_->start().ok());
    executor_->run();
  }

  static runtime::ActorOptions waiting(std::size_t capacity) {
    runtime::ActorOptions options;
    options.mailbox = {capacity, runtime::Overflow::wait};
    return options;
  }

  RunnerLine line(paper::SlotId slot, paper::InstrumentId instrument, std::string_view timeframe,
                  time::Timestamp warmed_up_to) {
    const auto runner = runtime_->spawn<ListeningRunner>(
        "runner_" + std::to_string(runners_++), waiting(runner_mailbox_),
        [this](runtime::Context&) { return std::make_unique<ListeningRunner>(heard_); });
    return {slot, instrument, *market::Timeframe::parse(timeframe), runner, warmed_up_to};
  }

  template <class Query>
  std::optional<result::Result<typename Query::Reply>> ask(Query query) {
    auto answer = std::make_shared<std::optional<result::Result<typename Query::Reply>>>();
    runtime_->ask(ingest_, std::move(query), std::chrono::hours{1},
                  [answer](result::Result<typename Query::Reply> reply) {
                    answer->emplace(std::move(reply));
                  });
    executor_->run();
    return *answer;
  }
  void follow(std::vector<market::Symbol> symbols, std::vector<RunnerLine> runners,
              time::Timestamp after = noon - Minutes{1}) {
    const auto answer =
        ask(FollowMarket{++subscription_, std::move(symbols), std::move(runners), after});
    ASSERT_TRUE(answer && answer->ok());
  }
  std::shared_ptr<const MarketStatus> status() { return ask(GetMarketStatus{})->value(); }

  void feed(ports::FeedBatch batch) {
    batch.subscription = subscription_;
    batch.received = executor_->now() + wall_jump_;
    EXPECT_TRUE(runtime::taken(
        ingest_.tell(FeedArrived{std::make_shared<const ports::FeedBatch>(std::move(batch))})));
    executor_->run();
  }
  /// At its time, unless that is far from now.
  void trade(paper::InstrumentId instrument, time::Timestamp when, double price,
             double quantity = 1) {
    if (when > executor_->now() && when < executor_->now() + Minutes{20}) until(when);
    ports::FeedBatch batch;
    batch.trades.push_back({instrument, {when, price, quantity, ++sequence_, false}});
    feed(std::move(batch));
  }
  void ticker(paper::InstrumentId instrument, time::Timestamp when, double price) {
    ports::FeedBatch batch;
    batch.tickers.push_back({.instrument = instrument, .time = when, .price = price});
    feed(std::move(batch));
  }
  void candle(paper::InstrumentId instrument, const market::Candle& closed) {
    ports::FeedBatch batch;
    batch.candles.push_back({instrument, market::Timeframe::minute(), closed, true});
    feed(std::move(batch));
  }
  void feed_is(ports::FeedState state) {
    EXPECT_TRUE(runtime::taken(
        ingest_.tell(FeedChanged{{subscription_, state, executor_->now(), "because"}})));
    executor_->run();
  }
  /// Time passes, for the machine as for the exchange.
  void until(time::Timestamp when) {
    executor_->advance(when - executor_->now());
    executor_->run();
  }
  static market::Candle flat(time::Timestamp opens, double price, double volume = 1) {
    return {opens, price, price, price, price, volume};
  }
  std::vector<time::Timestamp> bar_times() const {
    std::vector<time::Timestamp> times;
    for (const LiveBar& bar : heard_.bars) times.push_back(bar.open_time);
    return times;
  }

  MinuteStore store_;
  MinuteHistory history_;
  Heard heard_;
  std::shared_ptr<FeedGate> gate_ = std::make_shared<FeedGate>();
  time::Duration wall_jump_{};
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::Address<IngestProtocol> ingest_;
  std::uint64_t subscription_ = 0;
  std::uint64_t sequence_ = 0;
  int runners_ = 0;
};

}  // namespace hts::actors::testing
