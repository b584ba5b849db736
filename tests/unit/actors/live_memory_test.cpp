#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "../counted_allocations.hpp"
#include "actors/ingest.hpp"
#include "actors/position_manager.hpp"
#include "actors/strategy_runner.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::actors::testing {
namespace {

using runtime::Context;

/// Stores that take everything and keep nothing, so that what is held is the actors'.
class NoCandles final : public ports::CandleStore, public ports::CandleTail {
 public:
  result::Result<market::CandleSeries> load(const market::Symbol&, market::Timeframe,
                                            time::TimeRange, const std::atomic<bool>*) override {
    return result::make_error(result::ErrorCode::not_found, "Nothing there.");
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::storage, "This store takes no writes.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
  result::Status append(const std::vector<ports::TailBar>&) override { return result::success(); }
  result::Result<market::CandleSeries> load(const market::Symbol&, time::TimeRange) override {
    return market::CandleSeries{};
  }
  result::Result<std::vector<Held>> held() override { return std::vector<Held>{}; }
  result::Status drop(const market::Symbol&, time::Timestamp) override { return result::success(); }
};

class NoLedger final : public ports::LedgerStore {
 public:
  result::Status put_session(const ports::SessionRecord&) override { return result::success(); }
  result::Result<std::optional<ports::SessionRecord>> newest_session() override {
    return std::optional<ports::SessionRecord>{};
  }
  result::Result<ports::SessionRecord> find_session(const std::string&) override {
    return result::make_error(result::ErrorCode::not_found, "There is no session.");
  }
  result::Status commit(const std::vector<ports::LedgerCommit>&) override {
    return result::success();
  }
  result::Result<std::vector<paper::PaperEvent>> events(const std::string&, std::uint64_t,
                                                        std::uint64_t) override {
    return std::vector<paper::PaperEvent>{};
  }
  result::Result<std::vector<ports::SlotSnapshot>> snapshots(const std::string&) override {
    return std::vector<ports::SlotSnapshot>{};
  }
};

/// A market, its strategies and their books in virtual time: from trades to fills.
class LiveMemory : public ::testing::Test {
 protected:
  static constexpr paper::InstrumentId symbols = 10;
  static constexpr time::Timestamp noon{std::chrono::sys_days{std::chrono::year{2024} / 8 / 8} +
                                        std::chrono::hours{12}};

  LiveMemory() {
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>(std::nullopt, noon);
    executor_ = executor.get();
    runtime::RuntimeOptions options;
    options.executor = std::move(executor);
    runtime_ = std::make_unique<runtime::Runtime>(std::move(options));
    runtime::ActorOptions waiting;
    waiting.mailbox = {64, runtime::Overflow::wait};
    positions_ = runtime_->reserve<PositionManagerProtocol>("position_manager", waiting);
    IngestPorts market{candles_, runtime_->lane("disk", 1, 64), {}};
    market.tail = &candles_;
    market.live = &runtime_->lane("live", 1, 64);
    market.positions = positions_;
    ingest_ = runtime_->spawn<Ingest>("ingest", waiting, [market](Context& context) {
      return std::make_unique<Ingest>(context, market);
    });
    LivePorts ports;
    ports.ledger = &ledger_;
    ports.candles = &candles_;
    ports.live = &runtime_->lane("live", 1, 64);
    ports.loads = &runtime_->lane("disk", 1, 64);
    ports.checks = &runtime_->lane("live_check", 1, 4);
    ports.ingest = ingest_;
    ports.kept_trades = 100;
    ports.subscribe = [this](const ports::FeedSubscription& wanted) {
      subscription_ = wanted.number;
      return result::success();
    };
    ports.spawn_runner = [this, waiting](const RunnerStart& start) {
      return runtime_->spawn<StrategyRunner>(
          "runner_" + std::to_string(start.slot), waiting,
          [start](Context& context) { return std::make_unique<StrategyRunner>(context, start); });
    };
    runtime_->start<PositionManager>(positions_, [ports](Context& context) {
      return std::make_unique<PositionManager>(context, ports);
    });
    EXPECT_TRUE(runtime_->start().ok());
    executor_->run();
  }

  static paper::LivePlan plan() {
    paper::LivePlan plan;
    for (paper::InstrumentId i = 0; i < symbols; ++i) {
      plan.symbols.push_back(*market::Symbol::parse("M" + std::to_string(i) + "_KRW"));
      for (const auto& [strategy, timeframe, given] :
           {Planned{"sma_cross", "1m", {{"fast", std::int64_t{1}}, {"slow", std::int64_t{2}}}},
            Planned{"rsi_reversal", "3m", {}}}) {
        paper::LiveSlot& slot = plan.slots.emplace_back();
        slot.instrument = i;
        slot.timeframe = *market::Timeframe::parse(timeframe);
        slot.strategy = strategy;
        slot.parameters = *strategies::resolve_for(**strategies::find_strategy(strategy), given);
      }
    }
    plan.account.sizing = {trading::Sizing::Rule::percent_of_equity, 5};
    return plan;
  }

  template <class Query>
  typename Query::Reply answer(Query query) {
    std::optional<result::Result<typename Query::Reply>> given;
    runtime_->ask(
        positions_, std::move(query), std::chrono::hours{1},
        [&given](result::Result<typename Query::Reply> reply) { given.emplace(std::move(reply)); });
    executor_->run();
    EXPECT_TRUE(given && given->ok());
    return given->value();
  }

  /// Minutes with two trades of each symbol; the most that was held at their ends.
  std::int64_t most_held_in(int minutes) {
    std::int64_t most = 0;
    for (int i = 0; i < minutes; ++i) {
      for (int half = 0; half < 2; ++half) {
        executor_->advance(std::chrono::seconds{30});
        trade_all();
      }
      most = std::max(most, held_bytes.load());
    }
    return most;
  }
  void trade_all() {
    auto batch = std::make_shared<ports::FeedBatch>();
    batch->subscription = subscription_;
    batch->received = executor_->now();
    for (paper::InstrumentId i = 0; i < symbols; ++i) {
      ++sequence_;
      const double price = 100 + static_cast<double>(sequence_ * 7'919 % 23);
      batch->trades.push_back({i, {batch->received, price, 0.5, sequence_, false}});
    }
    EXPECT_TRUE(runtime::taken(ingest_.tell(FeedArrived{std::move(batch)})));
    executor_->run();
  }

  struct Planned {
    const char* strategy;
    const char* timeframe;
    std::vector<parameters::NamedValue> given;
  };

  NoCandles candles_;
  NoLedger ledger_;
  std::uint64_t subscription_ = 0;
  std::uint64_t sequence_ = 0;
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  runtime::Address<PositionManagerProtocol> positions_;
  runtime::Address<IngestProtocol> ingest_;
};

TEST_F(LiveMemory, a_day_of_trading_holds_no_more_than_its_first_hours) {
  (void)answer(StartSession{plan()});
  (void)most_held_in(300);
  const SessionStatus early = answer(GetSession{});
  const std::int64_t held_early = most_held_in(300);
  (void)most_held_in(600);
  const std::int64_t held_late = most_held_in(300);
  const SessionStatus late = answer(GetSession{});
  EXPECT_EQ(late.bars, early.bars + 1'200);
  EXPECT_GT(late.fills, early.fills + 1'000) << "more than what the session keeps";
  EXPECT_LE(held_late, held_early + 1'024);
}

}  // namespace
}  // namespace hts::actors::testing
