#include "adapters/redis_streams/redis_feed.hpp"

#include <string>

#include <gtest/gtest.h>

#include "../feed/collecting_listener.hpp"
#include "adapters/journal/msgpack_writer.hpp"
#include "adapters/redis/connection.hpp"
#include "adapters/redis_streams/market_message.hpp"
#include "adapters/redis_streams/market_publisher.hpp"
#include "redis_server.hpp"

namespace hts::redis_streams {
namespace {

using testing::CollectingListener;
using testing::RedisServer;
using Told = CollectingListener::Told;

const market::Symbol btc = *market::Symbol::parse("BTC_KRW");
const market::Symbol eth = *market::Symbol::parse("ETH_KRW");

market::Trade trade(std::uint64_t sequence) {
  return {time::from_milliseconds(1'730'336'862'047), 100473000, 0.5, sequence, true};
}

class redis_feed : public ::testing::Test {
 protected:
  [[nodiscard]] RedisFeedOptions options() const {
    RedisFeedOptions options;
    options.address = *redis::parse_address(server_.url());
    options.reconnect = {.first = std::chrono::milliseconds{10},
                         .longest = std::chrono::milliseconds{50},
                         .stable = std::chrono::seconds{60}};
    return options;
  }
  static ports::FeedSubscription both() {
    ports::FeedSubscription subscription;
    subscription.symbols = {eth, btc};
    return subscription;
  }
  void add(const std::string& data) {
    auto connection = redis::Connection::open(options().address, "", {});
    ASSERT_TRUE(connection.ok());
    ASSERT_TRUE(connection->run({"XADD", "hts:market", "*", "data", data}).ok());
  }
  static void wait_until_live(CollectingListener& listener) {
    (void)listener.wait_until([](const Told& told) {
      return !told.statuses.empty() && told.statuses.back().state == ports::FeedState::live;
    });
  }
  std::string pending() {
    auto connection = redis::Connection::open(options().address, "", {});
    auto reply = connection->run({"XPENDING", "hts:market", "hts"});
    return std::to_string(reply->view()[0].integer());
  }

  RedisServer server_;
};

TEST_F(redis_feed, trades_and_candles_come_as_json_and_as_msgpack) {
  CollectingListener listener;
  const auto feed = make_redis_feed(options());
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  wait_until_live(listener);
  const market::Candle candle{time::from_milliseconds(1'730'336'820'000), 1, 4, 1, 2, 3.5};
  add(trade_message(btc, trade(1), Form::json));
  add(candle_message(eth, market::Timeframe::minute(), candle, Form::json));
  add("{\"type\":\"tra");
  add(candle_message(btc, market::Timeframe::minute(), candle, Form::msgpack));
  add(trade_message(*market::Symbol::parse("XRP_KRW"), trade(1), Form::json));
  add(trade_message(btc, trade(2), Form::msgpack));
  const Told told = listener.wait_for_trades(2);
  ASSERT_EQ(told.trades.size(), 2U);
  EXPECT_EQ(told.trades[0].trade, trade(1));
  EXPECT_EQ(told.trades[1].trade, trade(2));
  EXPECT_EQ(told.trades[1].instrument, 1U);
  ASSERT_EQ(told.candles.size(), 2U);
  EXPECT_EQ(told.candles[0].candle, candle);
  EXPECT_EQ(told.candles[1].candle, candle);
  EXPECT_TRUE(told.candles[0].is_closed);
  const auto figures = feed->figures();
  EXPECT_EQ(figures.malformed, 1U);
  EXPECT_EQ(figures.unknown_symbols, 1U);
}

TEST_F(redis_feed, what_was_not_acknowledged_comes_again_after_a_restart) {
  {
    CollectingListener listener;
    const auto feed = make_redis_feed(options());
    ASSERT_TRUE(feed->subscribe(both(), listener).ok());
    wait_until_live(listener);
    add(trade_message(btc, trade(1), Form::json));
    EXPECT_EQ(listener.wait_for_trades(1).trades.size(), 1U);
  }
  add(trade_message(btc, trade(2), Form::json));
  EXPECT_EQ(pending(), "1");
  CollectingListener listener;
  auto at_once = options();
  at_once.acknowledge_after = std::chrono::milliseconds{0};
  const auto feed = make_redis_feed(at_once);
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  const Told told = listener.wait_for_trades(2);
  ASSERT_EQ(told.trades.size(), 2U);
  EXPECT_EQ(told.trades[0].trade.sequence, 1U);
  EXPECT_EQ(told.trades[1].trade.sequence, 2U);
}

TEST_F(redis_feed, a_server_that_was_killed_is_a_gap_and_the_feed_goes_on) {
  CollectingListener listener;
  const auto feed = make_redis_feed(options());
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  wait_until_live(listener);
  server_.kill();
  const Told lost = listener.wait_for_reason("Redis at");
  ASSERT_FALSE(lost.statuses.empty());
  server_.start();
  wait_until_live(listener);
  add(trade_message(btc, trade(1), Form::json));
  EXPECT_EQ(listener.wait_for_trades(1).trades.size(), 1U);
  EXPECT_GE(feed->figures().connects, 2U);
}

TEST_F(redis_feed, what_is_published_can_be_followed) {
  auto following = options();
  following.stream = "hts:candles";
  CollectingListener listener;
  const auto feed = make_redis_feed(following);
  ASSERT_TRUE(feed->subscribe(both(), listener).ok());
  wait_until_live(listener);
  MarketPublisher::Options publishing;
  publishing.address = options().address;
  MarketPublisher publisher(publishing);
  const market::Candle candle{time::from_milliseconds(1'730'336'820'000), 1, 4, 1, 2, 3.5};
  ASSERT_TRUE(publisher.publish({{btc, market::Timeframe::minute(), candle}}).ok());
  ASSERT_TRUE(publisher.publish_signals({"{}"}).ok());
  const Told told = listener.wait_until([](const Told& now) { return !now.candles.empty(); });
  ASSERT_EQ(told.candles.size(), 1U);
  EXPECT_EQ(told.candles.front().candle, candle);
  server_.kill();
  const auto refused = publisher.publish_signals({"{}"});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, result::ErrorCode::unavailable);
}

TEST(market_message, msgpack_of_other_languages_may_write_whole_numbers_as_integers) {
  std::string bytes;
  journal::MsgpackWriter writer(bytes);
  writer.array(7);
  writer.text("trade");
  writer.text("BTC_KRW");
  writer.integer(1'730'336'862'047);
  writer.integer(100473000);
  writer.real(0.5);
  writer.unsigned_integer(9);
  writer.boolean(true);
  feed::Frame frame;
  ASSERT_TRUE(parse_message(bytes, frame));
  EXPECT_EQ(frame.trade, trade(9));
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(parse_message(bytes.substr(0, cut), frame)) << cut;
  }
  EXPECT_FALSE(parse_message(bytes + "x", frame));
}

TEST(market_message, json_may_leave_out_what_has_a_default_and_nothing_else) {
  feed::Frame frame;
  ASSERT_TRUE(parse_message(
      R"({"price":1,"quantity":2,"time":3,"note":[1],"symbol":"BTC_KRW","type":"trade"})", frame));
  EXPECT_EQ(frame.kind, feed::Frame::Kind::trade);
  EXPECT_EQ(frame.trade.sequence, 0U);
  ASSERT_TRUE(parse_message(R"({"type":"signal"})", frame));
  EXPECT_EQ(frame.kind, feed::Frame::Kind::other);
  for (
      const char* text :
      {"{}", R"({"type":"trade","price":1,"quantity":2,"symbol":"BTC_KRW"})",
       R"({"type":"trade","price":1,"price":1,"quantity":2,"time":3,"symbol":"BTC_KRW"})",
       R"({"type":"trade","price":1,"quantity":2,"time":-3,"symbol":"BTC_KRW"})",
       R"({"type":"candle","symbol":"BTC_KRW","timeframe":"7m","open_time":3,"open":1,"high":1,"low":1,"close":1,"volume":1,"is_closed":true})"}) {
    EXPECT_FALSE(parse_message(text, frame)) << text;
  }
}

}  // namespace
}  // namespace hts::redis_streams
