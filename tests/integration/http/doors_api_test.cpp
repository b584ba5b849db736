#include <chrono>
#include <deque>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../../unit/screener/kept_candles.hpp"
#include "adapters/feed/upgrade.hpp"
#include "adapters/feed/websocket_frames.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/io_thread.hpp"
#include "adapters/http/market/market_routes.hpp"
#include "adapters/http/server.hpp"
#include "adapters/http/webhook/webhook_gate.hpp"
#include "adapters/http/webhook/webhook_routes.hpp"
#include "adapters/http/websocket/ticker_pulse.hpp"
#include "adapters/webhook/webhook_signature.hpp"
#include "engine/runtime/runtime.hpp"
#include "handover.hpp"
#include "live_stand_ins.hpp"
#include "loopback_client.hpp"

namespace hts::http_test {
namespace {

using boost::json::parse;
using boost::json::value;
using market::Timeframe;
using testing::HasSubstr;

const std::string secret = "a secret of the tests";
/// What the gate takes for now; the process of the tests began an hour before.
const time::Timestamp now = time::from_milliseconds(1'577'836'800'000) + std::chrono::hours{36};

class NotifierStandIn : public runtime::Actor<NotifierStandIn, actors::NotifierProtocol> {
 public:
  explicit NotifierStandIn(Handover<actors::Notice>& told) : told_(told) {}
  void on(const actors::Notice& notice) { told_.put(notice); }
  void on(const actors::AlertsCommitted&) {}

 private:
  Handover<actors::Notice>& told_;
};

class Doors : public testing::Test {
 protected:
  Doors() {
    fill_catalog();
    const auto positions = runtime_.spawn<BooksStandIn>(
        "position_manager", {},
        [this](runtime::Context&) { return std::make_unique<BooksStandIn>(books_); });
    const auto ingest = runtime_.spawn<MarketStandIn>(
        "ingest", {}, [](runtime::Context&) { return std::make_unique<MarketStandIn>(); });
    const auto notifier = runtime_.spawn<NotifierStandIn>(
        "notifier", {},
        [this](runtime::Context&) { return std::make_unique<NotifierStandIn>(told_); });
    http::ApiServices services{runtime_, {}, {}, ingest, "1"};
    services.positions = positions;
    services.notifier = notifier;
    services.feed = [] { return ports::FeedFigures{}; };
    http::add_webhook_routes(router_, services);
    http::add_market_routes(router_, services, {pages_, &tickers_, &session_events_});
    http::ServerOptions options;
    options.port = 0;
    auto server =
        http::Server::listen(sockets_.io(), options,
                             [this](const http::HttpRequest& request, http::Responder responder) {
                               if (const auto problem = gate_.refuse(request, now))
                                 return responder.fail(*problem);
                               router_.handle(request, std::move(responder));
                             });
    if (!server.ok()) throw std::runtime_error(server.error().message);
    server_ = std::move(server).value();
    if (!runtime_.start().ok()) throw std::runtime_error("the runtime did not start");
    pulse_.emplace(sockets_.io(), services, tickers_);
  }
  ~Doors() override {
    pulse_.reset();
    Handover<std::size_t> drained;
    server_->drain(std::chrono::milliseconds{500}, [&](std::size_t cut) { drained.put(cut); });
    drained.take();
    EXPECT_TRUE(pages_.stop(std::chrono::seconds{5}));
    runtime_.shutdown(std::chrono::seconds{5});
    sockets_.stop();
    server_.reset();
  }

  /// BTC_KRW rises by 10 % a day, ETH_KRW falls; SOL_USDT has one day.
  void fill_catalog() {
    const time::Timestamp midnight = now - std::chrono::hours{12};
    const auto days = [&](const std::string& name, const std::vector<double>& closes) {
      std::vector<market::Candle> candles;
      time::Timestamp open_time =
          midnight - std::chrono::hours{24} * static_cast<int>(closes.size() - 1);
      for (const double close : closes) {
        candles.push_back({open_time, close, close + 1, close - 1, close, 2});
        open_time += std::chrono::hours{24};
      }
      candles_.add(market::Symbol::parse(name).value(), Timeframe::day(), candles);
    };
    days("KRW-BTC", {100, 110, 121});
    days("KRW-ETH", {90, 80, 70});
    days("SOLUSDT", {10});
  }

  Answer get(std::string_view target) { return request(server_->port(), "GET", target); }
  Answer post(std::string_view target, std::string_view body) {
    return request(server_->port(), "POST", target, body);
  }
  Answer signal(const std::string& body, const std::string& key = secret,
                std::chrono::seconds ago = {}) {
    const auto at = std::chrono::floor<std::chrono::seconds>(now) - ago;
    const std::string timestamp = std::to_string(at.time_since_epoch().count());
    return request(server_->port(), "POST", "/api/webhooks/tv", body,
                   "Content-Type: application/json\r\nX-Hts-Timestamp: " + timestamp +
                       "\r\nX-Hts-Signature: " + webhook::signature_of(timestamp, body, key) +
                       "\r\n");
  }
  void expect_refused(const Answer& answer, int status, std::string_view field) {
    EXPECT_EQ(answer.status, status) << answer.body;
    const value problem = parse(answer.body);
    ASSERT_TRUE(problem.as_object().contains("field")) << answer.body;
    EXPECT_EQ(problem.at("field").as_string(), field);
  }

  Books books_;
  Handover<actors::Notice> told_;
  screener::testing::KeptCandles candles_;
  http::WebhookGate gate_{
      {{{"tv", secret}}, std::chrono::minutes{5}, now - std::chrono::hours{1}, {}}};
  http::MessageHub tickers_{{.kept_messages = 4, .most_listeners = 2}};
  http::MessageHub session_events_;
  http::IoThread sockets_;
  http::MarketPages pages_{{candles_, market::DayBoundary::utc, [] { return now; }}};
  http::Router router_;
  runtime::Runtime runtime_{{.threads = 2}};
  std::optional<http::TickerPulse> pulse_;
  std::unique_ptr<http::Server> server_;
};

/// A client of a WebSocket.
class Socket {
 public:
  Socket(std::uint16_t port, const std::string& target, const std::string& fields = {})
      : client_(port) {
    client_.send("GET " + target +
                 " HTTP/1.1\r\nHost: t\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
                 fields + "\r\n");
    head_ = client_.receive_until("\r\n\r\n");
  }
  [[nodiscard]] const std::string& head() const { return head_; }
  LoopbackClient& client() { return client_; }
  void send(feed::Opcode opcode, std::string_view payload) {
    std::string bytes;
    feed::append_client_frame(bytes, opcode, payload, {1, 2, 3, 4});
    client_.send(bytes);
  }
  /// Up to `mark`, which ends a frame.
  [[nodiscard]] std::string next(std::string_view mark) { return client_.receive_until(mark); }

 private:
  LoopbackClient client_;
  std::string head_;
};

TEST_F(Doors, a_signed_webhook_enters_a_position_and_tells_people) {
  const Answer answer = signal(
      R"({"ticker":"KRW-BTC","action":"BUY","price":"95000000.5","quantity":0.1,"strategy":"tv","comment":"up"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("status").as_string(), "entered");
  EXPECT_EQ(json.at("webhook").as_string(), "tv");
  EXPECT_EQ(json.at("positions").at(0).at("position_id").as_string(), position_id);
  const actors::Notice notice = told_.take();
  EXPECT_EQ(notice.kind, "signal");
  EXPECT_EQ(notice.subject, "tv: buy BTC_KRW (tv)");
  EXPECT_THAT(notice.text, HasSubstr("up"));
  const std::lock_guard lock{books_.mutex};
  EXPECT_EQ(books_.entered->price, *trading::Price::parse("95000000.5"));
  EXPECT_EQ(books_.entered->quantity, *trading::CoinAmount::parse("0.1"));
  EXPECT_EQ(books_.entered->side, trading::Side::buy);
}

TEST_F(Doors, a_webhook_without_a_price_enters_at_that_of_the_market) {
  ASSERT_EQ(signal(R"({"symbol":"KRW-BTC","action":"sell","quantity":3})").status, 200);
  EXPECT_EQ(books_.entered->price, *trading::Price::parse("2"));
  EXPECT_EQ(books_.entered->side, trading::Side::sell);
  expect_refused(signal(R"({"symbol":"KRW-ETH","action":"buy","quantity":3})"), 409, "price");
}

TEST_F(Doors, a_webhook_without_a_quantity_is_only_told) {
  const Answer answer = signal(R"({"symbol":"KRW-BTC","action":"buy"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(parse(answer.body).at("status").as_string(), "told");
  EXPECT_EQ(told_.take().subject, "tv: buy BTC_KRW");
  EXPECT_FALSE(books_.entered);
}

TEST_F(Doors, a_webhook_closes_what_was_entered_by_hand_and_leaves_strategies_theirs) {
  const Answer answer = signal(R"({"symbol":"KRW-BTC","action":"close"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(parse(answer.body).at("status").as_string(), "closed");
  EXPECT_TRUE(parse(answer.body).at("trades").as_array().empty());
  EXPECT_FALSE(books_.closed);
}

TEST_F(Doors, webhooks_that_are_unsigned_stale_or_repeated_change_nothing) {
  const std::string body = R"({"symbol":"KRW-BTC","action":"buy","quantity":1,"price":5})";
  expect_refused(post("/api/webhooks/tv", body), 401, "signature");
  expect_refused(signal(body, "another secret"), 401, "signature");
  expect_refused(signal(body, secret, std::chrono::minutes{6}), 401, "timestamp");
  expect_refused(post("/api/webhooks/other", body), 404, "name");
  EXPECT_FALSE(books_.entered);
  ASSERT_EQ(signal(body).status, 200);
  books_.entered.reset();
  expect_refused(signal(body), 409, "signature");
  EXPECT_FALSE(books_.entered);
}

TEST_F(Doors, lists_markets_by_quote_and_page_by_page) {
  const value all = parse(get("/api/markets").body);
  EXPECT_EQ(all.at("total").to_number<int>(), 3);
  const value krw = parse(get("/api/markets/krw?limit=1&offset=1").body);
  EXPECT_EQ(krw.at("quote").as_string(), "KRW");
  EXPECT_EQ(krw.at("count").to_number<int>(), 1);
  EXPECT_EQ(krw.at("total").to_number<int>(), 2);
  const value& eth = krw.at("markets").at(0);
  EXPECT_EQ(eth.at("symbol").as_string(), "ETH_KRW");
  EXPECT_EQ(eth.at("market").as_string(), "KRW-ETH");
  EXPECT_EQ(eth.at("timeframes").at(0).as_string(), "1d");
  const value screened = parse(get("/api/screener/symbols").body);
  EXPECT_EQ(screened.at("total").to_number<int>(), 3);
  EXPECT_EQ(screened.at("symbols").at(0).at("symbol").as_string(), "BTC_KRW");
  EXPECT_EQ(parse(get("/api/markets/none").body).at("total").to_number<int>(), 0);
  expect_refused(get("/api/markets?limit=0"), 422, "limit");
}

TEST_F(Doors, tickers_have_live_prices_over_stored_days) {
  const value json = parse(get("/api/markets/KRW/tickers").body);
  ASSERT_EQ(json.at("count").to_number<int>(), 2);
  const value& btc = json.at("tickers").at(0);
  EXPECT_TRUE(btc.at("is_live").as_bool());
  EXPECT_EQ(btc.at("price").to_number<double>(), 2);
  EXPECT_EQ(btc.at("low").to_number<double>(), 2);
  EXPECT_EQ(btc.at("bid").to_number<double>(), 1.5);
  EXPECT_EQ(btc.at("bid_quantity").to_number<double>(), 4);
  EXPECT_TRUE(btc.at("ask").is_null());
  const value& eth = json.at("tickers").at(1);
  EXPECT_FALSE(eth.at("is_live").as_bool());
  EXPECT_EQ(eth.at("price").to_number<double>(), 70);
  EXPECT_DOUBLE_EQ(eth.at("change_rate").to_number<double>(), -12.5);
  EXPECT_EQ(eth.at("volume").to_number<double>(), 2);
  const value usdt = parse(get("/api/markets/USDT/tickers").body);
  EXPECT_TRUE(usdt.at("tickers").at(0).at("change_rate").is_null());
}

TEST_F(Doors, a_market_whose_candles_end_long_ago_has_its_last_days) {
  std::vector<market::Candle> candles;
  for (int day = 0; day < 3; ++day) {
    const auto open_time = now - std::chrono::hours{24} * (2'000 - day) - std::chrono::hours{12};
    candles.push_back({open_time, 1, 2, 1, 1.0 + day, 5});
  }
  candles_.add(market::Symbol::parse("KRW-OLD").value(), Timeframe::day(), candles);
  const value json = parse(get("/api/markets/KRW/tickers?offset=2").body);
  const value& old = json.at("tickers").at(0);
  EXPECT_EQ(old.at("symbol").as_string(), "OLD_KRW");
  EXPECT_EQ(old.at("price").to_number<double>(), 3);
  EXPECT_EQ(old.at("change_rate").to_number<double>(), 50);
  EXPECT_THAT(std::string{old.at("timestamp").as_string()}, testing::StartsWith("2014-"));
}

TEST_F(Doors, the_screener_finds_markets_for_which_conditions_hold) {
  const Answer answer = post(
      "/api/screener/filter",
      R"({"conditions":[{"type":"change_rate","operator":">","value":5,"period":"1D"},)"
      R"({"type":"ma_alignment","operator":"==","value":1,"ma_periods":[2,3]}],"logic":"AND"})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const value json = parse(answer.body);
  EXPECT_EQ(json.at("total_count").to_number<int>(), 1);
  EXPECT_EQ(json.at("conditions_applied").to_number<int>(), 2);
  EXPECT_EQ(json.at("timestamp").as_string(), "2020-01-02T12:00:00Z");
  const value& btc = json.at("matched_markets").at(0);
  EXPECT_EQ(btc.at("symbol").as_string(), "BTC_KRW");
  EXPECT_NEAR(btc.at("figures").at(0).at("value").to_number<double>(), 10, 1e-9);
  EXPECT_EQ(btc.at("figures").at(1).at("value").to_number<double>(), 1);
}

TEST_F(Doors, the_screener_joins_with_or_and_reads_days_once_a_minute) {
  const std::string body =
      R"({"conditions":[{"type":"change_rate","operator":"<","value":-5},)"
      R"({"type":"volume","operator":">=","value":1000}],"logic":"OR","quote":"krw"})";
  const value first = parse(post("/api/screener/filter", body).body);
  EXPECT_EQ(first.at("total_count").to_number<int>(), 1);
  EXPECT_EQ(first.at("markets").to_number<int>(), 2);
  EXPECT_FALSE(first.at("cached").as_bool());
  const int loads = candles_.loads();
  const value second = parse(post("/api/screener/filter", body).body);
  EXPECT_TRUE(second.at("cached").as_bool());
  EXPECT_EQ(second.at("matched_markets"), first.at("matched_markets"));
  EXPECT_EQ(candles_.loads(), loads);
}

TEST_F(Doors, the_screener_refuses_what_makes_no_sense_and_names_the_field) {
  const auto refused = [&](const std::string& body, int status, std::string_view field) {
    expect_refused(post("/api/screener/filter", body), status, field);
  };
  const auto with = [](const std::string& condition) {
    return R"({"conditions":[)" + condition + "]}";
  };
  refused("[", 400, "body");
  refused("{}", 422, "conditions");
  refused(R"({"conditions":[]})", 422, "conditions");
  refused(with("1,1,1,1,1,1"), 422, "conditions");
  refused(with("1"), 422, "conditions[0]");
  refused(with(R"({"type":"price","operator":">","value":1})"), 422, "conditions[0].type");
  refused(with(R"({"type":"volume","operator":"!=","value":1})"), 422, "conditions[0].operator");
  refused(with(R"({"type":"volume","operator":">"})"), 422, "conditions[0].value");
  refused(with(R"({"type":"volume","operator":">","value":"much"})"), 422, "conditions[0].value");
  refused(with(R"({"type":"volume","operator":">","value":1,"period":"1Y"})"), 422,
          "conditions[0].period");
  refused(with(R"({"type":"ma_divergence","operator":">","value":1,"ma_periods":[500]})"), 422,
          "conditions[0].ma_periods");
  refused(with(R"({"type":"ma_alignment","operator":">","value":1,"ma_periods":[5,5]})"), 422,
          "conditions[0].ma_periods");
  refused(R"({"logic":"XOR","conditions":[{"type":"volume","operator":">","value":1}]})", 422,
          "logic");
}

TEST_F(Doors, a_web_socket_tells_of_the_session_and_of_its_quote_alone) {
  Socket session{server_->port(), "/api/simulation/ws"};
  EXPECT_THAT(session.head(), HasSubstr("HTTP/1.1 101 Switching Protocols\r\n"));
  EXPECT_THAT(session.head(), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
  session_events_.announce({}, R"({"type":"fill"})");
  EXPECT_EQ(session.next("}"), "\x81\x0f{\"type\":\"fill\"}");

  Socket krw{server_->port(), "/api/markets/KRW/tickers/ws"};
  const std::string text = krw.next("}");
  EXPECT_THAT(text, HasSubstr(R"("symbol":"BTC_KRW","market":"KRW-BTC","price":2.0)"));
}

TEST_F(Doors, a_web_socket_answers_pings_and_ends_when_its_client_wants) {
  Socket session{server_->port(), "/api/simulation/ws"};
  session.send(feed::Opcode::text, "nobody reads this");
  session.send(feed::Opcode::ping, "are you there?");
  EXPECT_EQ(session.next("?"),
            "\x8a\x0e"
            "are you there?");
  session.send(feed::Opcode::close, "\x03\xe8");
  EXPECT_EQ(session.client().receive_all(), "\x88\x02\x03\xe8");
}

TEST_F(Doors, a_web_socket_that_breaks_the_rules_is_closed) {
  Socket session{server_->port(), "/api/simulation/ws"};
  session.client().send("\x81\x01x");  // not masked
  EXPECT_THAT(session.client().receive_all(), HasSubstr("\x03\xea"));
}

TEST_F(Doors, other_sites_and_requests_that_are_no_handshake_get_no_web_socket) {
  Socket foreign{server_->port(), "/api/simulation/ws", "Origin: http://evil.example\r\n"};
  EXPECT_THAT(foreign.head(), HasSubstr("HTTP/1.1 403"));
  Socket own{server_->port(), "/api/simulation/ws", "Origin: http://t\r\n"};
  EXPECT_THAT(own.head(), HasSubstr("HTTP/1.1 101"));
  EXPECT_EQ(get("/api/simulation/ws").status, 400);
}

TEST_F(Doors, further_clients_than_there_may_be_are_told_to_come_back) {
  Socket first{server_->port(), "/api/tickers/ws"};
  Socket second{server_->port(), "/api/tickers/ws"};
  Socket third{server_->port(), "/api/tickers/ws"};
  EXPECT_THAT(second.head(), HasSubstr("HTTP/1.1 101"));
  EXPECT_THAT(third.head(), HasSubstr("HTTP/1.1 503"));
}

TEST(MessageHub, a_client_that_reads_too_slowly_is_closed_and_counted) {
  http::MessageHub hub{{.kept_messages = 2, .most_listeners = 1}};
  class Client final : public http::ResponseSink {
   public:
    Client() {
      request_.headers = fields_;
      request_.request_id = "id";
    }
    const http::HttpRequest& request() const noexcept override { return request_; }
    void respond(http::Response response, std::string_view) noexcept override {
      stream = response.stream;
    }
    std::shared_ptr<http::ResponseStream> stream;

   private:
    std::vector<http::HeaderField> fields_{{"Upgrade", "websocket"},
                                           {"Connection", "upgrade"},
                                           {"Sec-WebSocket-Key", "a"},
                                           {"Sec-WebSocket-Version", "13"}};
    http::HttpRequest request_;
  };
  const auto client = std::make_shared<Client>();
  hub.serve(http::Responder{client}, {});
  ASSERT_TRUE(client->stream);
  client->stream->listen([] {});
  std::string out;
  for (const char* text : {"1", "2", "3"}) hub.announce({}, text);
  EXPECT_FALSE(client->stream->read(out));
  EXPECT_THAT(out, HasSubstr("too slowly"));
  EXPECT_EQ(hub.cut_off(), 1U);
  client->stream.reset();
  EXPECT_EQ(hub.listeners(), 0U);
}

}  // namespace
}  // namespace hts::http_test
