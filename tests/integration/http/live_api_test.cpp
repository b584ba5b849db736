#include <stdexcept>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../unit/actors/memory_stores.hpp"
#include "actors/storage.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/readiness.hpp"
#include "adapters/http/server.hpp"
#include "engine/runtime/runtime.hpp"
#include "handover.hpp"
#include "live_stand_ins.hpp"
#include "loopback_client.hpp"

namespace hts::http_test {
namespace {

using boost::json::parse;
using boost::json::value;
using testing::HasSubstr;

class LiveApi : public testing::Test {
 protected:
  LiveApi() {
    const auto positions = runtime_.spawn<BooksStandIn>(
        "position_manager", {},
        [this](runtime::Context&) { return std::make_unique<BooksStandIn>(books_); });
    const auto ingest = runtime_.spawn<MarketStandIn>(
        "ingest", {}, [](runtime::Context&) { return std::make_unique<MarketStandIn>(); });
    const auto scheduler = runtime_.spawn<IdleScheduler>(
        "scheduler", {}, [](runtime::Context&) { return std::make_unique<IdleScheduler>(); });
    runtime::Lane& disk = runtime_.lane("disk", 1, 64);
    const auto storage =
        runtime_.spawn<actors::Storage>("storage", {}, [this, &disk](runtime::Context& context) {
          return std::make_unique<actors::Storage>(context, results_, artifacts_, disk, &presets_);
        });
    http::ApiServices services{runtime_, scheduler, storage, ingest, "1"};
    services.positions = positions;
    services.feed = [] {
      ports::FeedFigures feed;
      feed.name = "replay";
      feed.status.state = ports::FeedState::live;
      feed.trades = 77;
      return feed;
    };
    services.web_sockets = [] { return prometheus::WebSocketReadings{3, 0}; };
    http::add_status_routes(router_, services, metrics_);
    http::add_live_routes(router_, services);
    http::add_preset_routes(router_, services);
    http::ServerOptions options;
    options.port = 0;
    auto server =
        http::Server::listen(runtime_.io(), options,
                             [this](const http::HttpRequest& request, http::Responder responder) {
                               router_.handle(request, std::move(responder));
                             });
    if (!server.ok()) throw std::runtime_error(server.error().message);
    server_ = std::move(server).value();
    if (!runtime_.start().ok()) throw std::runtime_error("the runtime did not start");
  }
  ~LiveApi() override {
    Handover<std::size_t> drained;
    server_->drain(std::chrono::milliseconds{100}, [&](std::size_t cut) { drained.put(cut); });
    drained.take();
    server_.reset();
    runtime_.shutdown(std::chrono::seconds{5});
  }

  Answer get(std::string_view target) { return request(server_->port(), "GET", target); }
  Answer post(std::string_view target, std::string_view body = {}) {
    return request(server_->port(), "POST", target, body);
  }
  Answer patch(std::string_view target, std::string_view body) {
    return request(server_->port(), "PATCH", target, body);
  }
  Answer put(std::string_view target, std::string_view body) {
    return request(server_->port(), "PUT", target, body);
  }
  Answer remove(std::string_view target) { return request(server_->port(), "DELETE", target); }
  Answer start() {
    return post("/api/simulation/start",
                R"({"symbols":["KRW-BTC","KRW-ETH"],"strategies":{"KRW-BTC":[)"
                R"({"strategy_name":"sma_cross","params":{"fast":7},"timeframe":"5m"},)"
                R"({"strategy_name":"buy_and_hold","enabled":false}]},)"
                R"("portfolio":{"cash":5000},"manual_costs":{"fee_on_exit":false}})");
  }
  void expect_refused(const Answer& answer, int status, std::string_view field) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const value problem = parse(answer.body);
    ASSERT_TRUE(problem.as_object().contains("field")) << answer.body;
    EXPECT_EQ(problem.at("field").as_string(), field);
  }

  Books books_;
  actors::testing::MemoryResultStore results_;
  actors::testing::MemoryArtifactStore artifacts_;
  actors::testing::MemoryPresetStore presets_;
  prometheus::Metrics metrics_;
  runtime::Runtime runtime_{{.threads = 2}};
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

TEST_F(LiveApi, starts_a_session_with_what_the_client_chose) {
  const Answer answer = start();
  ASSERT_EQ(answer.status, 200) << answer.body;
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("session_id").as_string(), "aaaaaaaa-0000-4000-8000-000000000001");
  EXPECT_TRUE(json.at("is_running").as_bool());
  EXPECT_EQ(json.at("market_data_status").as_string(), "connecting");
  EXPECT_EQ(json.at("strategy_runner_status").as_string(), "running");
  EXPECT_EQ(json.at("websocket_clients").to_number<int>(), 3);
  EXPECT_EQ(json.at("cash").to_number<double>(), 10'000.25);
  const paper::LivePlan& plan = books_.started->plan;
  ASSERT_EQ(plan.symbols.size(), 2U);
  ASSERT_EQ(plan.slots.size(), 2U);
  EXPECT_EQ(plan.slots[0].strategy, "sma_cross");
  EXPECT_EQ(plan.slots[0].timeframe.name(), "5m");
  EXPECT_EQ(plan.slots[0].parameters.integer("fast"), 7);
  EXPECT_TRUE(plan.slots[0].is_enabled);
  EXPECT_EQ(plan.slots[1].timeframe.name(), "1m");
  EXPECT_FALSE(plan.slots[1].is_enabled);
  EXPECT_EQ(plan.account.cash, 5000);
  EXPECT_FALSE(plan.manual.fee_on_exit);
}

TEST_F(LiveApi, tells_its_strategies_with_the_parameters_that_hold) {
  ASSERT_EQ(start().status, 200);
  const value json = parse(get("/api/simulation/strategies").body);
  EXPECT_EQ(json.at("count").to_number<int>(), 2);
  const value& first = json.at("strategies").at(0);
  EXPECT_EQ(first.at("symbol").as_string(), "BTC_KRW");
  EXPECT_EQ(first.at("strategy_name").as_string(), "sma_cross");
  EXPECT_EQ(first.at("params").at("fast").to_number<int>(), 7);
  EXPECT_TRUE(first.at("params").as_object().contains("slow"));
  EXPECT_TRUE(first.at("is_initialized").as_bool());
  EXPECT_EQ(first.at("signals").to_number<int>(), 3);
  EXPECT_FALSE(json.at("strategies").at(1).at("is_initialized").as_bool());
}

TEST_F(LiveApi, refuses_a_start_that_cannot_be_and_names_the_field) {
  const auto refused = [&](std::string_view body, int status, std::string_view field) {
    expect_refused(post("/api/simulation/start", body), status, field);
  };
  refused("", 400, "body");
  refused("{}", 422, "symbols");
  refused(R"({"symbols":["KRW-BTC","?"]})", 400, "symbols[1]");
  refused(R"({"symbols":["KRW-BTC","BTC_KRW"]})", 422, "symbols[1]");
  refused(R"({"symbols":["KRW-BTC"],"strategies":{"KRW-ETH":[]}})", 422, "strategies.KRW-ETH");
  refused(R"({"strategies":{"KRW-BTC":{}}})", 422, "strategies.KRW-BTC");
  refused(R"({"strategies":{"KRW-BTC":[{}]}})", 422, "strategies.KRW-BTC[0].strategy_name");
  refused(R"({"strategies":{"KRW-BTC":[{"strategy_name":"nope"}]}})", 422,
          "strategies.KRW-BTC[0].strategy_name");
  refused(R"({"strategies":{"KRW-BTC":[{"strategy_name":"sma_cross","params":{"fast":-1}}]}})", 422,
          "strategies.KRW-BTC[0].params.fast");
  refused(R"({"symbols":["KRW-BTC"],"portfolio":{"cash":-1}})", 422, "portfolio.cash");
  refused(R"({"symbols":["KRW-BTC"],"manual_costs":{"fee":2}})", 422, "manual_costs.fee");
  EXPECT_FALSE(books_.started);
}

TEST_F(LiveApi, says_that_a_session_runs_already_or_that_none_does) {
  EXPECT_EQ(post("/api/simulation/stop").status, 409);
  const value none = parse(get("/api/simulation/status").body);
  EXPECT_TRUE(none.at("session_id").is_null());
  EXPECT_FALSE(none.at("is_running").as_bool());
  ASSERT_EQ(start().status, 200);
  EXPECT_EQ(start().status, 409);
  EXPECT_EQ(post("/api/simulation/stop").status, 200);
}

TEST_F(LiveApi, tells_open_positions_in_plain_numbers) {
  const Answer answer = get("/api/simulation/positions");
  EXPECT_THAT(answer.body, HasSubstr("\"entry_price\":95000000.5,\"quantity\":0.1,"));
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("count").to_number<int>(), 1);
  EXPECT_EQ(json.at("total_unrealized_pnl").to_number<double>(), 99'999.95);
  const value& position = json.at("positions").at(0);
  EXPECT_EQ(position.at("position_id").as_string(), position_id);
  EXPECT_EQ(position.at("symbol").as_string(), "BTC_KRW");
  EXPECT_EQ(position.at("entry_time").as_string(), "2020-01-01T00:01:00Z");
  EXPECT_EQ(position.at("current_price").to_number<double>(), 96'000'000);
  EXPECT_EQ(position.at("fee_amount").to_number<double>(), 9'500.00005);
  EXPECT_EQ(parse(get("/api/positions/open").body), json);
}

TEST_F(LiveApi, tells_closed_positions_and_what_they_brought) {
  const value json = parse(get("/api/simulation/history?limit=1&offset=2").body);
  EXPECT_EQ(json.at("count").to_number<int>(), 1);
  EXPECT_EQ(json.at("total").to_number<int>(), 41);
  EXPECT_EQ(json.at("total_realized_pnl").to_number<double>(), 19.5);
  EXPECT_EQ(json.at("win_count").to_number<int>(), 3);
  EXPECT_EQ(json.at("lose_count").to_number<int>(), 1);
  EXPECT_EQ(json.at("win_rate").to_number<double>(), 0.75);
  const value& trade = json.at("trades").at(0);
  EXPECT_EQ(trade.at("hold_duration").to_number<double>(), 120);
  EXPECT_EQ(trade.at("slippage_amount").to_number<double>(), 0.1);
  EXPECT_EQ(trade.at("strategy_name").as_string(), "manual");
  expect_refused(get("/api/simulation/history?limit=0"), 422, "limit");
}

TEST_F(LiveApi, enters_with_the_very_digits_that_were_written) {
  const Answer answer =
      post("/api/positions/enter", R"({"symbol":"BTC-KRW","quantity":0.1,"entry_price":"123.45",)"
                                   R"("side":"sell"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(books_.entered->quantity.text(), "0.1");
  EXPECT_EQ(books_.entered->price.text(), "123.45");
  EXPECT_EQ(books_.entered->side, trading::Side::sell);
  EXPECT_EQ(parse(answer.body).at("position_id").as_string(), position_id);
}

TEST_F(LiveApi, refuses_entries_that_cannot_be_and_names_the_field) {
  const auto refused = [&](std::string_view body, int status, std::string_view field) {
    expect_refused(post("/api/positions/enter", body), status, field);
  };
  refused(R"({"quantity":1,"entry_price":1})", 422, "symbol");
  refused(R"({"symbol":"?","quantity":1,"entry_price":1})", 400, "symbol");
  refused(R"({"symbol":"KRW-BTC","quantity":0,"entry_price":1})", 422, "quantity");
  refused(R"({"symbol":"KRW-BTC","quantity":1e300,"entry_price":1})", 422, "quantity");
  refused(R"({"symbol":"KRW-BTC","quantity":1,"entry_price":-3})", 422, "entry_price");
  refused(R"({"symbol":"KRW-BTC","quantity":1,"entry_price":"much"})", 422, "entry_price");
  refused(R"({"symbol":"KRW-BTC","quantity":1,"entry_price":1,"side":"up"})", 422, "side");
  EXPECT_FALSE(books_.entered);
}

TEST_F(LiveApi, closes_at_the_markets_price_or_at_a_given_one) {
  const std::string id = "{\"position_id\":\"" + position_id + "\"";
  const Answer answer = post("/api/positions/close", id + "}");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(parse(answer.body).at("realized_pnl").to_number<double>(), 19.5);
  EXPECT_FALSE(books_.closed->price);
  ASSERT_EQ(post("/api/positions/close", id + ",\"exit_price\":110}").status, 200);
  EXPECT_EQ(books_.closed->price->text(), "110");
  expect_refused(post("/api/positions/close", R"({"position_id":"x"})"), 404, "position_id");
  expect_refused(post("/api/positions/close", "{}"), 422, "position_id");
}

TEST_F(LiveApi, halts_and_lets_go_on) {
  const value halted = parse(post("/api/simulation/halt", R"({"reason":"news"})").body);
  EXPECT_TRUE(halted.at("is_halted").as_bool());
  EXPECT_EQ(halted.at("halt_reason").as_string(), "news");
  EXPECT_FALSE(books_.halted->close_all);
  ASSERT_EQ(post("/api/simulation/halt").status, 200);
  EXPECT_TRUE(books_.halted->is_halted);
  EXPECT_FALSE(parse(post("/api/simulation/resume").body).at("is_halted").as_bool());
  EXPECT_FALSE(books_.halted->is_halted);
}

TEST_F(LiveApi, changes_a_slot) {
  ASSERT_EQ(start().status, 200);
  const Answer answer =
      patch("/api/simulation/strategies/1", R"({"params":{"fast":3},"enabled":true})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(books_.changed->slot, 1U);
  EXPECT_EQ(books_.changed->is_enabled, true);
  ASSERT_TRUE(books_.changed->parameters);
  EXPECT_EQ(books_.changed->parameters->integer("fast"), 3);
  expect_refused(patch("/api/simulation/strategies/x", "{\"enabled\":true}"), 422, "slot");
  expect_refused(patch("/api/simulation/strategies/0", "{}"), 422, "params");
}

TEST_F(LiveApi, tells_the_market_the_books_and_parity) {
  const value market = parse(get("/api/simulation/market-data").body);
  EXPECT_EQ(market.at("count").to_number<int>(), 2);
  EXPECT_EQ(market.at("status").as_string(), "running");
  EXPECT_TRUE(market.at("candles").at(0).at("is_closed").as_bool());
  EXPECT_FALSE(market.at("candles").at(1).at("is_closed").as_bool());
  EXPECT_EQ(market.at("candles").at(0).at("high").to_number<double>(), 3);
  const value summary = parse(get("/api/positions/summary").body);
  EXPECT_EQ(summary.at("open_positions").to_number<int>(), 1);
  EXPECT_EQ(summary.at("closed_positions").to_number<int>(), 41);
  EXPECT_EQ(summary.at("total_exposure").to_number<double>(), 9'600'000);
  EXPECT_EQ(summary.at("by_strategy").at("sma_cross").at("open_positions").to_number<int>(), 1);
  const value parity = parse(get("/api/simulation/parity").body);
  EXPECT_FALSE(parity.at("is_equal").as_bool());
  EXPECT_EQ(parity.at("differences").to_number<int>(), 1);
  EXPECT_EQ(parity.at("first_differences").at(0).as_string(), "Bar 3 has another fill.");
}

TEST_F(LiveApi, is_ready_until_its_session_is_halted) {
  EXPECT_EQ(get("/health/ready").status, 200);
  ASSERT_EQ(start().status, 200);
  const Answer ready = get("/health/ready");
  EXPECT_EQ(ready.status, 200) << ready.body;
  EXPECT_EQ(parse(ready.body).at("status").as_string(), "ready");
  {
    const std::lock_guard lock{books_.mutex};
    books_.session->is_halted = true;
    books_.session->halt_reason = "The day's loss is above its limit.";
  }
  const Answer halted = get("/health/ready");
  EXPECT_EQ(halted.status, 503);
  const value json = parse(halted.body);
  EXPECT_EQ(json.at("status").as_string(), "not_ready");
  EXPECT_EQ(json.at("reasons").as_array().size(), 1U);
  EXPECT_THAT(halted.body, HasSubstr("The day's loss is above its limit."));
}

TEST_F(LiveApi, shows_feed_market_and_books_to_prometheus) {
  ASSERT_EQ(start().status, 200);
  const std::string text = get("/metrics").body;
  EXPECT_THAT(text, HasSubstr("\nhts_feed_up{feed=\"replay\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_feed_trades_total{feed=\"replay\"} 77\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_ingest_bars_total 3\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_live_session_running 1\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_live_cash 10000.25\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_live_signals_total{strategy=\"sma_cross\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_live_open_positions{strategy=\"sma_cross\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nhts_live_open_positions{strategy=\"buy_and_hold\"} 0\n"));
  // As promtool takes them: other units than the base ones are no part of a name.
  for (const char* unit : {"_minutes", "_hours", "_milliseconds", "_percent"}) {
    EXPECT_THAT(text, testing::Not(HasSubstr(unit))) << unit;
  }
}

TEST(Readiness, names_what_keeps_a_session_from_trading) {
  http::ReadinessReadings readings;
  EXPECT_EQ(http::reasons_not_ready(readings).size(), 1U);  // nobody schedules
  readings.scheduler.emplace();
  EXPECT_TRUE(http::reasons_not_ready(readings).empty());
  readings.scheduler->store_error = "/secret/path is full";
  readings.problem = "The journal cannot be written.";
  actors::SessionStatus session;
  session.is_running = true;
  session.store_error = "/secret/path is full";
  readings.live.session = session;
  actors::MarketStatus market;
  market.feed.state = ports::FeedState::stalled;
  market.feed.reason = "Nothing came for 60 seconds.";
  readings.live.market = std::make_shared<const actors::MarketStatus>(market);
  const auto reasons = http::reasons_not_ready(readings);
  EXPECT_EQ(reasons.size(), 4U);
  EXPECT_THAT(reasons, testing::Contains(HasSubstr("Nothing came for 60 seconds.")));
  EXPECT_THAT(reasons, testing::Not(testing::Contains(HasSubstr("/secret"))));
  readings.live.session->feed_error = "/secret/recording cannot be read";
  const auto without_feed = http::reasons_not_ready(readings);
  EXPECT_THAT(without_feed, testing::Contains(HasSubstr("hears of no prices")));
  EXPECT_THAT(without_feed, testing::Not(testing::Contains(HasSubstr("/secret/rec"))));
}

TEST_F(LiveApi, keeps_presets_and_gives_them_back) {
  const Answer made = post("/api/strategies/presets",
                           R"({"name":"빠른 것","strategy_name":"sma_cross","params":{"fast":5},)"
                           R"("description":"quick"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(parse(made.body).at("created_at"), parse(made.body).at("updated_at"));
  const std::string path = "/api/strategies/presets/%EB%B9%A0%EB%A5%B8%20%EA%B2%83";
  const value shown = parse(get(path).body);
  EXPECT_EQ(shown, parse(made.body));
  EXPECT_EQ(shown.at("name").as_string(), "빠른 것");
  EXPECT_EQ(shown.at("strategy_name").as_string(), "sma_cross");
  EXPECT_EQ(boost::json::serialize(shown.at("params")), R"({"fast":5})");
  EXPECT_EQ(shown.at("description").as_string(), "quick");

  const Answer changed = put(path, R"({"strategy":"sma_cross","params":{"fast":6}})");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(parse(changed.body).at("created_at"), shown.at("created_at"));
  ASSERT_EQ(put("/api/strategies/presets/b", R"({"strategy":"macd"})").status, 200);
  const value page = parse(get("/api/strategies/presets?limit=1&offset=1").body);
  EXPECT_EQ(page.at("count").to_number<int>(), 1);
  EXPECT_EQ(page.at("total").to_number<int>(), 2);
  EXPECT_EQ(page.at("presets").at(0).at("params").at("fast").to_number<int>(), 6);

  EXPECT_EQ(remove(path).status, 200);
  EXPECT_EQ(get(path).status, 404);
  expect_refused(remove(path), 404, "name");
}

TEST_F(LiveApi, refuses_presets_that_nobody_could_use) {
  const auto refused = [&](std::string_view body, int status, std::string_view field) {
    expect_refused(post("/api/strategies/presets", body), status, field);
  };
  refused("[", 400, "body");
  refused(R"({"strategy_name":"macd"})", 422, "name");
  refused(R"({"name":"a/b","strategy_name":"macd"})", 422, "name");
  refused(R"({"name":"a\n","strategy_name":"macd"})", 422, "name");
  refused(R"({"name":")" + std::string(101, 'a') + R"(","strategy_name":"macd"})", 422, "name");
  refused(R"({"name":"a"})", 422, "strategy_name");
  refused(R"({"name":"a","strategy_name":"nope"})", 422, "strategy_name");
  refused(R"({"name":"a","strategy_name":"sma_cross","params":{"fast":-1}})", 422, "params.fast");
  refused(R"({"name":"a","strategy_name":"sma_cross","params":[]})", 422, "params");
  ASSERT_EQ(post("/api/strategies/presets", R"({"name":"a","strategy_name":"macd"})").status, 201);
  refused(R"({"name":"a","strategy_name":"macd"})", 409, "name");
  expect_refused(put("/api/strategies/presets/a", R"({"name":"b","strategy_name":"macd"})"), 422,
                 "name");
  expect_refused(get("/api/strategies/presets?limit=0"), 422, "limit");
}

TEST_F(LiveApi, a_session_takes_strategies_from_presets_and_its_own_parameters_go_over_theirs) {
  ASSERT_EQ(put("/api/strategies/presets/quick",
                R"({"strategy_name":"sma_cross","params":{"fast":5,"slow":17}})")
                .status,
            200);
  const Answer answer =
      post("/api/simulation/start",
           R"({"strategies":{"KRW-BTC":[{"preset":"quick"},{"preset":"quick","params":{"fast":6}},)"
           R"({"strategy_name":"buy_and_hold"}]}})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto& slots = books_.started->plan.slots;
  ASSERT_EQ(slots.size(), 3U);
  EXPECT_EQ(slots[0].strategy, "sma_cross");
  EXPECT_EQ(slots[0].parameters.integer("fast"), 5);
  EXPECT_EQ(slots[0].parameters.integer("slow"), 17);
  EXPECT_EQ(slots[1].parameters.integer("fast"), 6);
  EXPECT_EQ(slots[1].parameters.integer("slow"), 17);
  EXPECT_EQ(slots[2].strategy, "buy_and_hold");
}

TEST_F(LiveApi, refuses_a_start_with_a_preset_that_does_not_fit) {
  ASSERT_EQ(put("/api/strategies/presets/quick", R"({"strategy_name":"sma_cross"})").status, 200);
  const auto refused = [&](std::string_view body) {
    expect_refused(post("/api/simulation/start", body), 422, "strategies.KRW-BTC[0].preset");
  };
  refused(R"({"strategies":{"KRW-BTC":[{"preset":"none"}]}})");
  refused(R"({"strategies":{"KRW-BTC":[{"preset":"quick","strategy_name":"macd"}]}})");
  EXPECT_FALSE(books_.started);
}

TEST_F(LiveApi, a_strategy_that_runs_takes_the_parameters_of_a_preset_of_its_kind) {
  ASSERT_EQ(start().status, 200);
  ASSERT_EQ(put("/api/strategies/presets/quick",
                R"({"strategy_name":"sma_cross","params":{"fast":5,"slow":17}})")
                .status,
            200);
  const Answer answer =
      patch("/api/simulation/strategies/0", R"({"preset":"quick","params":{"slow":18}})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(books_.changed->parameters->integer("fast"), 5);
  EXPECT_EQ(books_.changed->parameters->integer("slow"), 18);
  expect_refused(patch("/api/simulation/strategies/1", R"({"preset":"quick"})"), 422, "preset");
  expect_refused(patch("/api/simulation/strategies/0", R"({"preset":"none"})"), 422, "preset");
}

TEST(Readiness, waits_for_the_books_and_for_the_market) {
  http::ReadinessReadings readings;
  readings.scheduler.emplace();
  readings.live.feed.emplace();
  EXPECT_EQ(http::reasons_not_ready(readings).size(), 1U);  // no answer of the books
  actors::SessionStatus session;
  session.is_known = false;
  readings.live.session = session;
  EXPECT_EQ(http::reasons_not_ready(readings).size(), 1U);
  session.is_known = true;
  readings.live.session = session;
  EXPECT_TRUE(http::reasons_not_ready(readings).empty());
  session.is_running = true;
  readings.live.session = session;
  EXPECT_EQ(http::reasons_not_ready(readings).size(), 1U);  // nobody follows the market yet
  actors::MarketStatus market;
  market.feed.state = ports::FeedState::live;
  readings.live.market = std::make_shared<const actors::MarketStatus>(market);
  EXPECT_TRUE(http::reasons_not_ready(readings).empty());
}

TEST(Readiness, a_stopped_session_and_the_end_of_a_recording_keep_nobody_from_being_ready) {
  http::ReadinessReadings readings;
  readings.scheduler.emplace();
  actors::SessionStatus session;
  session.is_halted = true;
  readings.live.session = session;
  EXPECT_TRUE(http::reasons_not_ready(readings).empty());
  readings.live.session->stands_still = true;
  EXPECT_EQ(http::reasons_not_ready(readings).size(), 1U);
  readings.live.session = actors::SessionStatus{};
  readings.live.session->is_running = true;
  actors::MarketStatus market;
  market.feed.reason = "The recording is over.";
  readings.live.market = std::make_shared<const actors::MarketStatus>(market);
  EXPECT_TRUE(http::reasons_not_ready(readings).empty());
}

}  // namespace
}  // namespace hts::http_test
