#include "adapters/feed/stream_feed.hpp"

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/upbit/upbit_feed.hpp"
#include "integration/feed/collecting_listener.hpp"
#include "integration/feed/loopback_exchange.hpp"

namespace hts::feed {
namespace {

using namespace std::chrono_literals;
using ports::FeedState;
using testing::CollectingListener;
using testing::LoopbackExchange;
using testing::Peer;
using Told = CollectingListener::Told;

std::string trade(int number, const std::string& price = "100.5") {
  return R"({"stream":"btcusdt@trade","data":{"e":"trade","E":5,"s":"BTCUSDT","t":)" +
         std::to_string(number) + R"(,"p":")" + price + R"(","q":"1","T":)" +
         std::to_string(1000 + number) + R"(,"m":true,"M":true}})";
}

/// A server's frame, for what goes out in pieces.
std::string frame_of(const std::string& text, unsigned first = 0x81) {
  std::string bytes(1, static_cast<char>(first));
  bytes += static_cast<char>(126);
  bytes += static_cast<char>(text.size() >> 8U);
  bytes += static_cast<char>(text.size());
  return bytes + text;
}

StreamFeedOptions quick_options() {
  StreamFeedOptions options;
  options.reconnect = {.first = 4ms, .longest = 20ms, .stable = 60s};
  options.conditions.refused_batch = 1ms;
  options.between_connections = 0ms;
  return options;
}

ports::FeedSubscription subscription_of(std::vector<std::string> symbols) {
  ports::FeedSubscription subscription;
  subscription.number = 7;
  for (const auto& text : symbols) subscription.symbols.push_back(*market::Symbol::parse(text));
  return subscription;
}

std::unique_ptr<ports::MarketFeed> binance_feed(const LoopbackExchange& exchange,
                                                StreamFeedOptions options = quick_options()) {
  return make_stream_feed(binance::binance_stream(exchange.url()), std::move(options));
}

void expect_numbers(const Told& told, int count) {
  ASSERT_EQ(told.trades.size(), static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    ASSERT_EQ(told.trades[static_cast<std::size_t>(i)].trade.sequence,
              static_cast<std::uint64_t>(i + 1));
  }
}

TEST(stream_feed, names_its_streams_and_brings_every_trade_once_in_order) {
  std::string target;
  LoopbackExchange exchange({[&](Peer& peer) {
    target = peer.target();
    for (int i = 1; i <= 5000; ++i) peer.send(trade(i), i % 2 == 0);
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT", "ETHUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(5000);
  expect_numbers(told, 5000);
  EXPECT_EQ(told.trades.back().trade.price, 100.5);
  const auto figures = feed->figures();
  feed->stop();
  EXPECT_EQ(target,
            "/stream?streams=btcusdt@trade/btcusdt@kline_1m/btcusdt@ticker/"
            "ethusdt@trade/ethusdt@kline_1m/ethusdt@ticker");
  EXPECT_EQ(told.story[0], "connecting");
  EXPECT_EQ(told.story[1], "live");
  EXPECT_EQ(told.statuses[1].subscription, 7U);
  EXPECT_EQ(figures.name, "binance");
  EXPECT_EQ(figures.trades, 5000U);
  EXPECT_EQ(figures.connects, 1U);
  EXPECT_EQ(feed->figures().status.state, FeedState::stopped);
}

TEST(stream_feed, brings_the_best_offers_to_who_wants_them) {
  std::string target;
  LoopbackExchange exchange({[&](Peer& peer) {
    target = peer.target();
    peer.send(
        R"({"stream":"btcusdt@bookTicker","data":{"u":400900217,"s":"BTCUSDT","b":"25.35190000",)"
        R"("B":"31.21000000","a":"25.36520000","A":"40.66000000"}})");
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  auto wanted = subscription_of({"BTCUSDT"});
  wanted.wants_quotes = true;
  ASSERT_TRUE(feed->subscribe(wanted, listener).ok());
  const Told told = listener.wait_until([](const Told& all) { return !all.quotes.empty(); });
  feed->stop();
  EXPECT_EQ(target,
            "/stream?streams=btcusdt@trade/btcusdt@kline_1m/btcusdt@ticker/btcusdt@bookTicker");
  EXPECT_EQ(told.quotes.front(), (ports::FeedQuote{0, 25.3519, 31.21, 25.3652, 40.66}));
}

TEST(stream_feed, whom_a_visit_lets_go_on_may_subscribe_anew_and_stop) {
  const auto script = [](Peer& peer) {
    peer.send(trade(1));
    peer.wait_until_gone();
  };
  LoopbackExchange exchange({script, script});
  CollectingListener listener;
  std::promise<void> is_over;
  std::mutex one_at_a_time;  // as the calls of one actor
  std::size_t seen = 0;
  std::unique_ptr<ports::MarketFeed> feed;
  StreamFeedOptions options = quick_options();
  options.conditions.visit = [&](const std::function<void()>& take) {
    take();
    const std::lock_guard lock(one_at_a_time);
    const std::size_t trades = listener.wait_until([](const Told&) { return true; }).trades.size();
    if (trades == std::exchange(seen, trades)) return;
    if (trades == 1) {
      EXPECT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
    } else {
      feed->stop();
      is_over.set_value();
    }
  };
  {
    const std::lock_guard lock(one_at_a_time);
    feed = binance_feed(exchange, std::move(options));
    ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  }
  is_over.get_future().get();
  const std::lock_guard lock(one_at_a_time);
  EXPECT_EQ(feed->figures().status.state, FeedState::stopped);
  EXPECT_EQ(listener.wait_for_trades(2).trades.size(), 2U);
}

TEST(stream_feed, a_lost_connection_is_told_between_the_trades_before_and_after_it) {
  LoopbackExchange exchange({[](Peer& peer) {
                               for (int i = 1; i <= 10; ++i) peer.send(trade(i));
                             },
                             [](Peer& peer) {
                               for (int i = 11; i <= 20; ++i) peer.send(trade(i));
                               peer.close();
                             },
                             [](Peer& peer) {
                               for (int i = 21; i <= 30; ++i) peer.send(trade(i));
                               peer.wait_until_gone();
                             }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(30);
  expect_numbers(told, 30);
  std::string story;
  for (const auto& line : told.story) {
    if (line != "trades" || !story.ends_with("trades ")) story += line + " ";
  }
  EXPECT_EQ(story,
            "connecting live trades disconnected connecting live trades disconnected connecting "
            "live trades ");
  const auto figures = feed->figures();
  EXPECT_EQ(figures.connects, 3U);
  EXPECT_EQ(figures.disconnects, 2U);
}

TEST(stream_feed, bytes_that_come_one_by_one_and_messages_in_parts_are_put_together) {
  LoopbackExchange exchange({[](Peer& peer) {
    const std::string first = frame_of(trade(1));
    for (const char byte : first) peer.send_raw({&byte, 1});
    const std::string text = trade(2);
    peer.send_raw(frame_of(text.substr(0, 30), 0x01));
    peer.send_raw(frame_of("ping", 0x89).replace(1, 3, std::string(1, '\x04')));
    peer.send_raw(frame_of(text.substr(30), 0x80) + frame_of(trade(3)).substr(0, 50));
    peer.send_raw(frame_of(trade(3)).substr(50));
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  expect_numbers(listener.wait_for_trades(3), 3);
}

TEST(stream_feed, corrupt_messages_are_counted_and_the_rest_goes_on) {
  LoopbackExchange exchange({[](Peer& peer) {
    peer.send(trade(1));
    peer.send(trade(9).substr(0, 60));
    peer.send("\xff\xfe{", true);
    peer.send(trade(9, "0"));
    peer.send(
        R"({"stream":"x@trade","data":{"e":"trade","E":5,"s":"XRPUSDT","t":9,"p":"1","q":"1","T":1,"m":true,"M":true}})");
    peer.send(trade(2));
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  expect_numbers(listener.wait_for_trades(2), 2);
  const auto figures = feed->figures();
  EXPECT_EQ(figures.malformed, 2U);
  EXPECT_EQ(figures.refused, 1U);
  EXPECT_EQ(figures.unknown_symbols, 1U);
  EXPECT_EQ(figures.frames, 6U);
  EXPECT_EQ(figures.disconnects, 0U);
}

TEST(stream_feed, what_is_no_websocket_is_a_loss) {
  LoopbackExchange exchange({[](Peer& peer) {
                               peer.send(trade(1));
                               peer.send_raw("\xff\xff\xff");
                               peer.wait_until_gone();
                             },
                             [](Peer& peer) {
                               peer.send(trade(2));
                               peer.wait_until_gone();
                             }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(2);
  expect_numbers(told, 2);
  EXPECT_EQ(feed->figures().disconnects, 1U);
}

TEST(stream_feed, a_silent_server_is_stalled_and_then_left) {
  std::promise<void> is_left;
  LoopbackExchange exchange({[&](Peer& peer) {
                               peer.send(trade(1));
                               // Reads nothing meanwhile, so it answers no ping.
                               is_left.get_future().wait_for(30s);
                             },
                             [&](Peer& peer) {
                               is_left.set_value();
                               peer.send(trade(2));
                               peer.wait_until_gone();
                             }});
  CollectingListener listener;
  StreamFeedOptions options = quick_options();
  options.conditions.patience = {.keepalive = 20ms, .stalled = 60ms, .lost = 120ms};
  const auto feed = binance_feed(exchange, options);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(2);
  EXPECT_EQ(told.trades.size(), 2U);
  const auto has = [&](FeedState state) {
    return std::any_of(told.statuses.begin(), told.statuses.end(),
                       [&](const auto& status) { return status.state == state; });
  };
  EXPECT_TRUE(has(FeedState::stalled));
  EXPECT_TRUE(has(FeedState::disconnected));
}

TEST(stream_feed, a_batch_that_is_refused_is_offered_until_it_is_taken) {
  LoopbackExchange exchange({[](Peer& peer) {
    for (int i = 1; i <= 2000; ++i) peer.send(trade(i));
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  listener.refuse(25);
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(2000);
  expect_numbers(told, 2000);
  EXPECT_EQ(told.refused, 25U);
  EXPECT_EQ(feed->figures().dropped, 0U);
}

TEST(stream_feed, a_server_that_will_shut_down_is_left_without_a_gap) {
  LoopbackExchange exchange({[](Peer& peer) {
                               peer.send(trade(1));
                               peer.send(R"({"e":"serverShutdown","E":1})");
                               peer.wait_until_gone();
                             },
                             [](Peer& peer) {
                               peer.send(trade(2));
                               peer.wait_until_gone();
                             }});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(2);
  expect_numbers(told, 2);
  EXPECT_EQ(told.statuses.size(), 2U);
  EXPECT_EQ(feed->figures().disconnects, 0U);
}

TEST(stream_feed, refusals_are_told_with_their_reason_and_tried_again) {
  LoopbackExchange exchange({[](Peer& peer) {
                               peer.send(R"({"error":{"code":3,"msg":"No such stream"}})");
                               peer.wait_until_gone();
                             },
                             [](Peer& peer) {
                               peer.send(trade(1));
                               peer.wait_until_gone();
                             }});
  exchange.answer_requests_with({"HTTP/1.1 503 Busy\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n"});
  CollectingListener listener;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_trades(1);
  expect_numbers(told, 1);
  std::string reasons;
  for (const auto& status : told.statuses) {
    if (status.state == FeedState::disconnected) reasons += status.reason + "\n";
  }
  EXPECT_NE(reasons.find("answered 503 instead of a stream."), std::string::npos) << reasons;
  EXPECT_NE(reasons.find("does not speak HTTP there."), std::string::npos) << reasons;
  EXPECT_NE(reasons.find("refused the subscription: No such stream."), std::string::npos)
      << reasons;
}

TEST(stream_feed, a_server_that_is_away_is_no_error_of_the_subscription) {
  std::string url;
  {
    const LoopbackExchange gone({[](Peer&) {}});
    url = gone.url();
  }
  CollectingListener listener;
  const auto feed = make_stream_feed(binance::binance_stream(url), quick_options());
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), listener).ok());
  const Told told = listener.wait_for_reason("cannot be reached");
  ASSERT_FALSE(told.statuses.empty());
  EXPECT_EQ(feed->figures().connects, 0U);
  feed->stop();
  feed->stop();
}

TEST(stream_feed, what_can_never_work_is_an_error_at_once) {
  CollectingListener listener;
  const auto feed = make_stream_feed(binance::binance_stream("http://x"), quick_options());
  EXPECT_EQ(feed->subscribe(subscription_of({"BTCUSDT"}), listener).error().field, "feed.url");
  EXPECT_EQ(feed->subscribe(subscription_of({}), listener).error().field, "symbols");
  StreamFeedOptions options = quick_options();
  options.ca_file = "/nowhere/ca.pem";
  const auto without = make_stream_feed(binance::binance_stream("wss://x"), options);
  EXPECT_EQ(without->subscribe(subscription_of({"BTCUSDT"}), listener).error().field,
            "feed.ca_file");
}

TEST(stream_feed, another_subscription_takes_the_place_of_the_first) {
  LoopbackExchange exchange({[](Peer& peer) {
    peer.send(trade(1));
    peer.wait_until_gone();
  }});
  CollectingListener first;
  CollectingListener second;
  const auto feed = binance_feed(exchange);
  ASSERT_TRUE(feed->subscribe(subscription_of({"BTCUSDT"}), first).ok());
  EXPECT_EQ(first.wait_for_trades(1).trades.size(), 1U);
  auto other = subscription_of({"ETHUSDT", "BTCUSDT"});
  other.number = 8;
  ASSERT_TRUE(feed->subscribe(other, second).ok());
  const Told told = second.wait_for_trades(1);
  ASSERT_EQ(told.trades.size(), 1U);
  EXPECT_EQ(told.trades.front().instrument, 1U);
  EXPECT_EQ(told.statuses.back().subscription, 8U);
}

TEST(stream_feed, upbit_gets_one_subscription_a_connection_and_its_codes_are_shared_out) {
  std::mutex mutex;
  std::vector<std::string> asked;
  LoopbackExchange exchange({[&](Peer& peer) {
    const std::string text = peer.read();
    {
      const std::lock_guard lock(mutex);
      asked.push_back(text);
    }
    const bool is_first = text.find("KRW-BTC") != std::string::npos;
    peer.send(
        R"({"ty":"trade","cd":")" + std::string(is_first ? "KRW-BTC" : "KRW-XRP") +
            R"(","tms":5,"td":"2024-10-31","ttm":"01:07:42","ttms":4,"tp":1.16539E8,"tv":5.0E-4,)"
            R"("ab":"ASK","pcp":1,"c":"FALL","cp":1,"sid":17303368620470000,"st":"REALTIME"})",
        true);
    peer.wait_until_gone();
  }});
  CollectingListener listener;
  const auto feed = make_stream_feed(
      upbit::upbit_stream(exchange.url(), [] { return 0x2a; }, 2), quick_options());
  ASSERT_TRUE(feed->subscribe(subscription_of({"KRW-BTC", "KRW-ETH", "KRW-XRP"}), listener).ok());
  const Told told = listener.wait_for_trades(2);
  ASSERT_EQ(told.trades.size(), 2U);
  EXPECT_EQ(told.trades.front().trade.price, 116539000);
  EXPECT_TRUE(told.trades.front().trade.buyer_is_maker);
  feed->stop();
  std::sort(asked.begin(), asked.end());
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked.front(),
            R"([{"ticket":"hts-a200000000000000"},)"
            R"({"type":"trade","codes":["KRW-BTC","KRW-ETH"],"is_only_realtime":true},)"
            R"({"type":"candle.1m","codes":["KRW-BTC","KRW-ETH"],"is_only_realtime":true},)"
            R"({"type":"ticker","codes":["KRW-BTC","KRW-ETH"]},{"format":"SIMPLE"}])");
}

/// Threads that serve a feed among other things.
class Workers {
 public:
  Workers() {
    for (int i = 0; i < 2; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~Workers() {
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }

 private:
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{
      io_.get_executor()};
  std::vector<std::thread> threads_;
};

TEST(stream_feed, may_be_served_by_the_threads_of_others) {
  constexpr int count = 3000;
  const auto script = [](Peer& peer) {
    for (int i = 1; i <= count; ++i) peer.send(trade(i));
    peer.wait_until_gone();
  };
  LoopbackExchange exchange({script});
  Workers workers;
  StreamFeedOptions options = quick_options();
  options.io = [&] { return &workers.io(); };
  const auto feed = binance_feed(exchange, options);
  for (int turn = 0; turn < 3; ++turn) {
    CollectingListener listener;
    ASSERT_TRUE(feed->subscribe(subscription_of({"BTC_USDT"}), listener).ok());
    expect_numbers(listener.wait_until(
                       [](const Told& told) { return told.trades.size() >= std::size_t{count}; }),
                   count);
    feed->stop();
  }
  EXPECT_EQ(feed->figures().disconnects, 0U);
}

TEST(stream_feed, tells_nobody_after_its_end_whoever_serves_it) {
  LoopbackExchange exchange({[](Peer& peer) {
    for (int i = 1; i <= 100'000; ++i) peer.send(trade(i));
  }});
  Workers workers;
  StreamFeedOptions options = quick_options();
  options.io = [&] { return &workers.io(); };
  for (int turn = 0; turn < 5; ++turn) {
    const auto feed = binance_feed(exchange, options);
    auto listener = std::make_unique<CollectingListener>();
    ASSERT_TRUE(feed->subscribe(subscription_of({"BTC_USDT"}), *listener).ok());
    EXPECT_FALSE(
        listener->wait_until([](const Told& told) { return !told.trades.empty(); }).trades.empty());
    feed->stop();
    listener.reset();  // a call after this would be one into nothing
  }
}

}  // namespace
}  // namespace hts::feed
