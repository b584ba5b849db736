#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "actors/ingest.hpp"
#include "actors/position_manager.hpp"
#include "actors/strategy_runner.hpp"
#include "adapters/simulation/table_ledger_store.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/simulation/manual_executor.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// The position manager and its runners in virtual time, between a market that closes minutes when
/// the test says so and a ledger in memory.
namespace hts::actors::testing {

inline constexpr time::Duration one_candle = market::Timeframe::minute().length();

/// What has been traded, and the part of it that is stored.
class PlayedCandles final : public ports::CandleStore {
 public:
  std::map<market::Symbol, std::map<time::Timestamp, market::Candle>> stored;
  time::Timestamp earliest_asked = time::Timestamp::max();

  result::Result<market::CandleSeries> load(const market::Symbol& symbol, market::Timeframe,
                                            time::TimeRange range,
                                            const std::atomic<bool>*) override {
    market::CandleSeries series;
    earliest_asked = std::min(earliest_asked, range.begin);
    for (const auto& [time, candle] : stored[symbol]) {
      if (range.contains(time)) series.push_back(candle);
    }
    if (series.empty()) return result::make_error(result::ErrorCode::not_found, "Nothing there.");
    return series;
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::storage, "This store takes no writes.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    return std::vector<ports::CatalogFile>{};
  }
};

/// `ingest` as the position manager knows it: bars first from what is stored, then those that the
/// test plays.
class PlayedMarket : public runtime::Actor<PlayedMarket, IngestProtocol> {
 public:
  struct State {
    PlayedCandles* candles = nullptr;
    runtime::Address<PositionManagerProtocol> positions;
    bool is_followed = false;
    FollowMarket wanted;
    std::vector<market::TimeframeBuilder> builders;
    std::uint64_t bars = 0;
    time::Timestamp done{};
    bool loses_runners = false;                    ///< their candles go nowhere
    std::map<market::Symbol, double> prices = {};  ///< what the feed said last
  };
  explicit PlayedMarket(State& state) : state_(state) {}

  void on(runtime::Request<FollowMarket>& request) {
    state_.wanted = request.query;
    state_.is_followed = !request.query.symbols.empty();
    state_.bars = 0;
    state_.done = request.query.after;
    state_.builders.clear();
    for (const RunnerLine& line : state_.wanted.runners)
      state_.builders.push_back(builder_of(line));
    request.reply(result::Nothing{});
  }
  void on(runtime::Request<AddRunner>& request) {
    const RunnerLine& line = request.query.line;
    RunnerLine& known = state_.wanted.runners.at(line.slot);
    known = line;
    market::TimeframeBuilder builder = builder_of(line);
    for (const auto& [time, minute] : state_.candles->stored[symbol_of(line)]) {
      if (time <= line.warmed_up_to || time > state_.done) continue;
      if (builder.add(minute)) ADD_FAILURE();
      if (const auto closed = builder.close_minute(time)) {
        (void)line.runner.tell(CandleClosed{line.slot, 0, time, closed->candle, 0});
      }
    }
    state_.builders.at(line.slot) = builder;
    request.reply(result::Nothing{});
  }
  void on(runtime::Request<GetMarketStatus>& request) {
    auto status = std::make_shared<MarketStatus>();
    status->feed.state = ports::FeedState::live;
    for (const auto& [symbol, price] : state_.prices) {
      status->instruments.emplace_back(InstrumentStatus{symbol}).price = price;
    }
    request.reply(std::shared_ptr<const MarketStatus>{std::move(status)});
  }
  template <class Other>
  void on(Other&) {}

  /// The minute with candles of these symbols has closed.
  static void close(State& state, time::Timestamp minute) {
    LiveBar bar;
    bar.open_time = minute;
    const auto& [subscription, symbols, runners, after] = state.wanted;
    std::vector<CandleClosed> closed;
    for (std::uint32_t i = 0; i < symbols.size(); ++i) {
      const auto& stored = state.candles->stored[symbols[i]];
      const auto found = stored.find(minute);
      if (found != stored.end()) bar.candles.push_back({i, found->second});
    }
    for (std::size_t i = 0; i < runners.size(); ++i) {
      for (const BarCandle& candle : bar.candles) {
        if (candle.instrument == runners[i].instrument) state.builders[i].add(candle.candle);
      }
      if (const auto done = state.builders[i].close_minute(minute)) {
        closed.push_back({runners[i].slot, state.bars + 1, minute, done->candle, 0});
      }
    }
    state.done = minute;
    if (bar.candles.empty() && closed.empty()) return;
    bar.number = ++state.bars;
    bar.decisions = static_cast<std::uint32_t>(closed.size());
    for (const CandleClosed& candle : closed) {
      if (!state.loses_runners) (void)runners[candle.slot].runner.tell(CandleClosed{candle});
    }
    (void)state.positions.tell(BarClosed{std::make_shared<const LiveBar>(std::move(bar))});
  }

 private:
  [[nodiscard]] const market::Symbol& symbol_of(const RunnerLine& line) const {
    return state_.wanted.symbols.at(line.instrument);
  }
  /// With the minutes of the candle that is open after those that the runner has seen.
  market::TimeframeBuilder builder_of(const RunnerLine& line) {
    market::TimeframeBuilder builder{line.timeframe};
    const auto open = market::bucket_open_at(line.warmed_up_to + one_candle, line.timeframe,
                                             market::DayBoundary::utc);
    for (const auto& [time, minute] : state_.candles->stored[symbol_of(line)]) {
      if (time >= open && time <= line.warmed_up_to) builder.add(minute);
    }
    return builder;
  }

  State& state_;
};

class LiveDesk : public ::testing::Test {
 protected:
  static constexpr std::int64_t first_minute = 26'297'280;  // 2020-01-01T00:00Z

  LiveDesk() {
    market::SyntheticMarket market;
    market.start_price = 100;
    market.tick = 0.01;
    market.volatility = 0.004;
    for (std::uint64_t i = 0; i < names_.size(); ++i) {
      auto symbol = *market::Symbol::parse(names_.at(i));
      symbols_.push_back(symbol);
      const auto made = market::make_synthetic_candles(market, minute(0),
                                                       market::Timeframe::minute(), 4'000, 11 + i);
      std::mt19937 random(static_cast<unsigned>(i));
      for (std::size_t k = 0; k < made.size(); ++k) {
        const market::Candle candle = made[k];
        if (i == 1 && random() % 3 == 0) continue;  // a market with holes
        all_[symbol][candle.open_time] = candle;
      }
    }
    store_until(minute(1'000));
  }
  ~LiveDesk() override { die(); }

  static time::Timestamp minute(std::int64_t number) {
    return time::from_milliseconds((first_minute + number) * 60'000);
  }
  void store_until(time::Timestamp end) {
    for (const auto& [symbol, candles] : all_) {
      for (auto at = candles.lower_bound(stored_until_); at != candles.end() && at->first < end;
           ++at) {
        candles_.stored[symbol].insert(*at);
      }
    }
    stored_until_ = end;
  }

  /// A process over what is stored; its clock stands where the market does.
  void live() {
    using runtime::Context;
    auto executor = std::make_unique<runtime::simulation::ManualExecutor>(
        std::nullopt, stored_until_ + std::chrono::seconds{1});
    executor_ = executor.get();
    runtime::RuntimeOptions options;
    options.executor = std::move(executor);
    runtime_ = std::make_unique<runtime::Runtime>(std::move(options));
    runtime::ActorOptions waiting;
    waiting.mailbox.capacity = 64;
    waiting.mailbox.overflow = runtime::Overflow::wait;
    positions_ = runtime_->reserve<PositionManagerProtocol>("position_manager", waiting);
    market_ = {&candles_, positions_, false, {}, {}, 0, {}, false};
    const auto ingest = runtime_->spawn<PlayedMarket>(
        "ingest", {}, [this](Context&) { return std::make_unique<PlayedMarket>(market_); });
    LivePorts ports;
    ports.ledger = ledger_.get();
    ports.candles = &candles_;
    ports.live = &runtime_->lane("live", 1, 64);
    ports.loads = &runtime_->lane("disk", 1, 64);
    ports.checks = &runtime_->lane("live_check", 1, 4);
    ports.ingest = ingest;
    ports.kept_trades = kept_trades_;
    ports.snapshot_candles = snapshot_candles_;
    ports.subscribe = [this](const ports::FeedSubscription& wanted) {
      if (wanted.symbols.empty()) return result::success();
      known_until_ = wanted.after;
      return subscribed_;
    };
    ports.announce = [this](const paper::LivePlan& plan,
                            const std::vector<paper::PaperEvent>& events) {
      announced_session_ = plan.session_id;
      announced_.insert(announced_.end(), events.begin(), events.end());
    };
    ports.spawn_runner = [this](const RunnerStart& start) {
      runtime::ActorOptions small;
      small.mailbox.capacity = 16;
      return runtime_->spawn<StrategyRunner>(
          "runner_" + std::to_string(start.slot) + "_" + std::to_string(start.life), small,
          [start](Context& context) { return std::make_unique<StrategyRunner>(context, start); });
    };
    runtime_->start<PositionManager>(positions_, [ports](Context& context) {
      return std::make_unique<PositionManager>(context, ports);
    });
    ASSERT_TRUE(runtime_->start().ok());
    executor_->run();
  }
  void die() {
    positions_ = {};
    runtime_.reset();
    market_.positions = {};
    market_.wanted = {};
    announced_.clear();
  }

  /// Minutes close one after the other up to `end`, which is not among them.
  void play(time::Timestamp end) {
    close_stored();
    while (stored_until_ < end) {
      store_until(stored_until_ + one_candle);
      advance(one_candle);
      close_stored();
    }
  }
  /// Whoever follows the market anew gets what is stored after where it stands.
  void close_stored() {
    while (market_.is_followed && market_.done + one_candle < stored_until_) {
      close(market_.done + one_candle);
    }
  }
  void close(time::Timestamp at) {
    PlayedMarket::close(market_, at);
    executor_->run();
  }
  void advance(time::Duration time) {
    executor_->advance(time);
    executor_->run();
  }

  template <class T>
  using Answer = std::shared_ptr<std::optional<result::Result<T>>>;

  template <class Query>
  Answer<typename Query::Reply> ask(Query query) {
    auto answer = std::make_shared<std::optional<result::Result<typename Query::Reply>>>();
    runtime_->ask(positions_, std::move(query), std::chrono::hours{24 * 30},
                  [answer](result::Result<typename Query::Reply> reply) {
                    answer->emplace(std::move(reply));
                  });
    executor_->run();
    return answer;
  }
  template <class Query>
  typename Query::Reply answer(Query query) {
    const auto given = ask(std::move(query));
    if (*given && (*given)->ok()) return (**given).value();
    throw std::runtime_error(*given ? (*given)->error().message : "no answer");
  }
  template <class Query>
  result::Error refusal(Query query) {
    const auto given = ask(std::move(query));
    if (*given && !(*given)->ok()) return (**given).error();
    ADD_FAILURE() << "no refusal";
    return {};
  }

  static paper::LiveSlot slot(paper::InstrumentId instrument, const char* timeframe,
                              const char* strategy,
                              const std::vector<parameters::NamedValue>& given = {}) {
    paper::LiveSlot made;
    made.instrument = instrument;
    made.timeframe = *market::Timeframe::parse(timeframe);
    made.strategy = strategy;
    made.parameters = *strategies::resolve_for(**strategies::find_strategy(strategy), given);
    return made;
  }
  static std::vector<parameters::NamedValue> windows(std::int64_t fast, std::int64_t slow) {
    return {{"fast", fast}, {"slow", slow}};
  }
  /// Several strategies on two symbols, one of longer candles.
  StartSession some_session() const {
    StartSession query;
    query.plan.symbols = symbols_;
    query.plan.slots = {
        slot(0, "1m", "sma_cross", windows(3, 8)), slot(1, "1m", "sma_cross", windows(2, 5)),
        slot(0, "5m", "sma_cross", windows(2, 4)), slot(1, "5m", "ema_cross", windows(2, 6))};
    auto& account = query.plan.account;
    account.fees.taker_rate = account.fees.maker_rate = 0.0005;
    account.slippage = {trading::Slippage::Model::percent, 0.0002};
    account.sizing = {trading::Sizing::Rule::percent_of_equity, 20};
    account.protection.stop_loss = 0.02;
    account.protection.trailing_stop = 0.03;
    return query;
  }
  std::vector<paper::PaperEvent> stored_events() {
    const auto session = ledger_->newest_session();
    return *ledger_->events((*session)->session_id, 1, 1'000'000);
  }
  std::uint64_t parity_differences() {
    const auto report = answer(CheckParity{});
    for (const auto& sentence : report.first) ADD_FAILURE() << sentence;
    return report.differences;
  }

  const std::array<const char*, 2> names_ = {"BTC_KRW", "ETH_KRW"};
  std::vector<market::Symbol> symbols_;
  std::map<market::Symbol, std::map<time::Timestamp, market::Candle>> all_;
  time::Timestamp stored_until_{};
  std::size_t kept_trades_ = 10'000;
  std::uint32_t snapshot_candles_ = 64;
  time::Timestamp known_until_{};                  ///< as the feed was told last
  result::Status subscribed_ = result::success();  ///< what the feed says of a subscription
  PlayedCandles candles_;
  std::unique_ptr<simulation::TableLedgerStore> ledger_ =
      std::make_unique<simulation::TableLedgerStore>();
  PlayedMarket::State market_;
  std::vector<paper::PaperEvent> announced_;
  std::string announced_session_;  ///< of the newest
  std::unique_ptr<runtime::Runtime> runtime_;
  runtime::simulation::ManualExecutor* executor_ = nullptr;
  runtime::Address<PositionManagerProtocol> positions_;
};

}  // namespace hts::actors::testing
