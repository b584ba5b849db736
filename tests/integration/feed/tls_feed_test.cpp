#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "adapters/binance/binance_feed.hpp"
#include "adapters/feed/stream_feed.hpp"
#include "integration/feed/collecting_listener.hpp"
#include "integration/feed/loopback_exchange.hpp"
#include "integration/temporary_folder.hpp"

namespace hts::feed {
namespace {

using testing::Certificate;
using testing::CollectingListener;
using testing::LoopbackExchange;
using testing::make_certificate;
using testing::Peer;

constexpr std::string_view trade_text =
    R"({"e":"trade","E":5,"s":"BTCUSDT","t":1,"p":"1","q":"1","T":1,"m":true,"M":true})";

class tls_feed : public ::testing::Test {
 protected:
  static void greet(Peer& peer) {
    peer.send(trade_text);
    peer.wait_until_gone();
  }

  /// What a feed that trusts `ca` hears of a server with `certificate`.
  CollectingListener::Told told_of(const Certificate& certificate, const Certificate& ca,
                                   const std::string& host) {
    const std::string path = folder_.path() / "ca.pem";
    std::ofstream(path) << ca.certificate;
    LoopbackExchange exchange({greet}, &certificate);
    CollectingListener listener;
    StreamFeedOptions options;
    options.ca_file = path;
    options.reconnect = {.first = std::chrono::milliseconds{50},
                         .longest = std::chrono::milliseconds{50},
                         .stable = std::chrono::seconds{60}};
    const auto feed =
        make_stream_feed(binance::binance_stream(exchange.url_of(host)), std::move(options));
    ports::FeedSubscription subscription;
    subscription.symbols.push_back(*market::Symbol::parse("BTCUSDT"));
    EXPECT_TRUE(feed->subscribe(subscription, listener).ok());
    return listener.wait_until([](const CollectingListener::Told& told) {
      return !told.trades.empty() || (!told.statuses.empty() &&
                                      told.statuses.back().state == ports::FeedState::disconnected);
    });
  }

  testing::TemporaryFolder folder_;
  const Certificate ca_ = make_certificate("Test CA", -1, 10);
};

TEST_F(tls_feed, a_server_with_a_certificate_of_the_trusted_authority_is_heard) {
  const auto told = told_of(make_certificate("localhost", -1, 10, &ca_), ca_, "localhost");
  EXPECT_EQ(told.trades.size(), 1U);
  const auto by_address = told_of(make_certificate("127.0.0.1", -1, 10, &ca_), ca_, "127.0.0.1");
  EXPECT_EQ(by_address.trades.size(), 1U);
}

TEST_F(tls_feed, a_certificate_of_another_host_is_refused) {
  const auto told = told_of(make_certificate("stream.example", -1, 10, &ca_), ca_, "localhost");
  EXPECT_TRUE(told.trades.empty());
  ASSERT_FALSE(told.statuses.empty());
  EXPECT_NE(told.statuses.back().reason.find("certificate is refused"), std::string::npos)
      << told.statuses.back().reason;
}

TEST_F(tls_feed, an_expired_certificate_is_refused) {
  const auto told = told_of(make_certificate("localhost", -10, -1, &ca_), ca_, "localhost");
  EXPECT_TRUE(told.trades.empty());
  ASSERT_FALSE(told.statuses.empty());
  EXPECT_NE(told.statuses.back().reason.find("expired"), std::string::npos)
      << told.statuses.back().reason;
}

TEST_F(tls_feed, a_certificate_that_signed_itself_is_refused) {
  const auto told = told_of(make_certificate("localhost", -1, 10), ca_, "localhost");
  EXPECT_TRUE(told.trades.empty());
  ASSERT_FALSE(told.statuses.empty());
  EXPECT_NE(told.statuses.back().reason.find("certificate is refused"), std::string::npos)
      << told.statuses.back().reason;
}

}  // namespace
}  // namespace hts::feed
