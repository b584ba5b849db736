#include <filesystem>
#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include "actors/ingest.hpp"
#include "actors/notifier.hpp"
#include "actors/position_manager.hpp"
#include "actors/strategy_runner.hpp"
#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/recording/recording_file.hpp"
#include "adapters/simulation/table_ledger_store.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"
#include "live_stage.hpp"

namespace hts::actors::testing {
namespace {

using runtime::Context;

/// From an exchange's own messages to fills, in virtual time.
class RecordedSession : public ::testing::Test {
 protected:
  RecordedSession() {
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>();
    executor_ = executor.get();
    runtime::RuntimeOptions options;
    options.executor = std::move(executor);
    runtime_ = std::make_unique<runtime::Runtime>(std::move(options));
    runtime::ActorOptions waiting;
    waiting.mailbox.overflow = runtime::Overflow::wait;
    positions_ = runtime_->reserve<PositionManagerProtocol>("position_manager", waiting);
    const auto notifier = runtime_->spawn<Notifier>(
        "notifier", {}, [](Context& context) { return std::make_unique<Notifier>(context); });
    IngestPorts market{store_, runtime_->lane("disk", 1, 64)};
    market.options.is_recording = true;
    market.tail = &store_;
    market.live = &runtime_->lane("live", 1, 64);
    market.positions = positions_;
    market.notifier = notifier;
    ingest_ = runtime_->spawn<Ingest>("ingest", waiting, [market](Context& context) {
      return std::make_unique<Ingest>(context, market);
    });
    LivePorts ports;
    ports.ledger = &ledger_;
    ports.candles = &store_;
    ports.live = &runtime_->lane("live", 1, 64);
    ports.loads = &runtime_->lane("disk", 1, 64);
    ports.checks = &runtime_->lane("live_check", 1, 4);
    ports.ingest = ingest_;
    ports.is_recording = true;
    ports.subscribe = [this](const ports::FeedSubscription& wanted) {
      subscribed_ = wanted;
      return result::success();
    };
    ports.spawn_runner = [this](const RunnerStart& start) {
      return runtime_->spawn<StrategyRunner>(
          "runner_" + std::to_string(start.slot) + "_" + std::to_string(start.life), {},
          [start](Context& context) { return std::make_unique<StrategyRunner>(context, start); });
    };
    runtime_->start<PositionManager>(positions_, [ports](Context& context) {
      return std::make_unique<PositionManager>(context, ports);
    });
    EXPECT_TRUE(runtime_->start().ok());
    executor_->run();
  }

  template <class Query>
  typename Query::Reply answer(Query query) {
    auto given = std::make_shared<std::optional<result::Result<typename Query::Reply>>>();
    runtime_->ask(
        positions_, std::move(query), std::chrono::hours{24},
        [given](result::Result<typename Query::Reply> reply) { given->emplace(std::move(reply)); });
    executor_->run();
    if (!*given || !(*given)->ok()) throw std::runtime_error("no answer");
    return (**given).value();
  }

  void play(recording::RecordingFile& file) {
    feed::FrameReader reader(&binance::parse_frame, {"BTCUSDT"});
    ports::FeedStatus live;
    live.subscription = subscribed_.number;
    live.state = ports::FeedState::live;
    bool is_told = false;
    auto batch = std::make_shared<ports::FeedBatch>();
    const auto flush = [&] {
      batch->subscription = subscribed_.number;
      ASSERT_NE(ingest_.tell(FeedArrived{batch}), runtime::SendResult::full);
      executor_->run();
      batch = std::make_shared<ports::FeedBatch>();
    };
    for (std::size_t messages = 0;; ++messages) {
      const auto message = file.next();
      ASSERT_TRUE(message.ok());
      if (!*message) break;
      batch->received = *(*message)->received;
      if (!is_told) {
        is_told = true;
        live.since = batch->received;
        (void)ingest_.tell(FeedChanged{live});
      }
      (void)reader.read((*message)->text, *batch);
      if (messages % 64 == 63) flush();
    }
    flush();
  }

  MinuteStore store_;
  simulation::TableLedgerStore ledger_;
  ports::FeedSubscription subscribed_;
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  runtime::Address<PositionManagerProtocol> positions_;
  runtime::Address<IngestProtocol> ingest_;
};

TEST_F(RecordedSession, an_exchanges_messages_traded_live_are_a_backtest_over_their_candles) {
  const auto path = std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared" / "data" / "binance" /
                    "spot_btcusdt_20240808.stream.gz";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "The recording is not beside the checkout.";
  auto file = recording::RecordingFile::open(path.string());
  ASSERT_TRUE(file.ok());

  StartSession wanted;
  wanted.plan.symbols = {*market::Symbol::parse("BTCUSDT")};
  backtest::PortfolioPlan offline;
  offline.symbols = wanted.plan.symbols;
  const auto add = [&](const char* strategy, const std::vector<parameters::NamedValue>& given) {
    const auto* definition = *strategies::find_strategy(strategy);
    const auto parameters = *strategies::resolve_for(*definition, given);
    paper::LiveSlot& slot = wanted.plan.slots.emplace_back();
    slot.strategy = strategy;
    slot.parameters = parameters;
    offline.slots.push_back({0, definition, parameters});
  };
  add("buy_and_hold", {});
  add("sma_cross", {{"fast", std::int64_t{1}}, {"slow", std::int64_t{2}}});
  auto& account = wanted.plan.account;
  account.cash = 100'000;
  account.direction = backtest::Direction::both;
  account.sizing = {trading::Sizing::Rule::percent_of_equity, 30};
  account.fees.taker_rate = account.fees.maker_rate = 0.001;
  account.slippage = {trading::Slippage::Model::percent, 0.0002};
  offline.settings = account;

  const auto started = answer(wanted);
  ASSERT_EQ(subscribed_.symbols, wanted.plan.symbols);
  play(*file);
  executor_->advance(std::chrono::minutes{30});
  executor_->run();

  market::CandleSeries candles;
  for (const auto& candle : store_.all(wanted.plan.symbols[0])) candles.push_back(candle);
  ASSERT_GE(candles.size(), 4U);
  const auto session = answer(GetSession{});
  EXPECT_EQ(session.bars, candles.size());
  const std::vector<market::CandleView> views = {candles.view()};
  auto result = backtest::simulate(offline, views);
  ASSERT_TRUE(result.ok()) << result.error().message;
  std::erase_if(result->fills,
                [](const auto& fill) { return fill.reason == backtest::ExitReason::end_of_data; });
  auto fills = *ledger_.events(started.session_id, 1, 1'000);
  std::erase_if(fills, [](const auto& event) { return event.kind != paper::PaperEventKind::fill; });
  ASSERT_FALSE(fills.empty());
  ASSERT_EQ(fills.size(), result->fills.size());
  for (std::size_t i = 0; i < fills.size(); ++i) {
    const backtest::Fill& expected = result->fills[i];
    EXPECT_EQ(fills[i].time, expected.time);
    EXPECT_EQ(fills[i].slot, expected.slot);
    EXPECT_EQ(fills[i].side, expected.side);
    EXPECT_EQ(fills[i].price, trading::Price::nearest(expected.price).value());
    EXPECT_EQ(fills[i].fee, trading::Money::nearest(expected.commission).value());
    EXPECT_NEAR(fills[i].quantity.approximate(), expected.quantity, 1e-12);
  }
  const auto parity = answer(CheckParity{});
  EXPECT_EQ(parity.differences, 0U);
  EXPECT_EQ(parity.bars, session.bars);
}

}  // namespace
}  // namespace hts::actors::testing
