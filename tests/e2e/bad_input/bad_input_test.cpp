// What comes from outside and cannot be right, as a running daemon meets it: left out or refused,
// counted, told once; and the position stays what it was.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/daemon_client/daemon_client.hpp"
#include "adapters/webhook/webhook_signature.hpp"
#include "integration/feed/loopback_exchange.hpp"
#include "integration/http/loopback_client.hpp"
#include "integration/redis/redis_server.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using namespace std::chrono_literals;
using hts::testing::http_answer;
using hts::testing::LoopbackExchange;
using hts::testing::Peer;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::chrono::seconds patience{60};
constexpr std::int64_t minute = 60'000;

/// What the exchange is told to send, on the newest connection.
class Lines {
 public:
  void push(std::string text) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(text));
    changed_.notify_all();
  }
  void close() {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    changed_.notify_all();
  }
  void serve(Peer& peer) {
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_closed_ || !waiting_.empty(); });
      if (is_closed_) return;
      const std::string text = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      peer.send(text);
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::string> waiting_;
  bool is_closed_ = false;
};

std::int64_t now_milliseconds() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string trade(int number, std::int64_t at, const std::string& price = "100",
                  const std::string& symbol = "BTCUSDT") {
  const std::string time = std::to_string(at);
  return R"({"stream":"btcusdt@trade","data":{"e":"trade","E":)" + time + R"(,"s":")" + symbol +
         R"(","t":)" + std::to_string(number) + R"(,"p":")" + price + R"(","q":"2","T":)" + time +
         R"(,"m":true,"M":true}})";
}

std::string closed_candle(std::int64_t open_time, const std::string& price) {
  return R"({"stream":"btcusdt@kline_1m","data":{"e":"kline","E":)" + std::to_string(open_time) +
         R"(,"s":"BTCUSDT","k":{"t":)" + std::to_string(open_time) +
         R"(,"s":"BTCUSDT","i":"1m","o":")" + price + R"(","c":")" + price + R"(","h":")" + price +
         R"(","l":")" + price + R"(","v":"2","x":true}}})";
}

std::string ticker(std::int64_t at, const std::string& price) {
  return R"({"stream":"btcusdt@ticker","data":{"e":"24hrTicker","E":)" + std::to_string(at) +
         R"(,"s":"BTCUSDT","c":")" + price + R"(","P":"1","v":"1","q":"1"}})";
}

std::size_t times_in(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// The value of a metric with these labels, -1 without one.
double metric(const RunningDaemon& daemon, const std::string& name) {
  const auto answer = daemon_client::get(daemon.url() + "/metrics", patience);
  if (!answer) return -1;
  const auto at = answer->body.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(answer->body.substr(at + name.size() + 2));
}

template <class Holds>
bool in_time(Holds holds) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

bool log_has(const RunningDaemon& daemon, const std::string& text) {
  return in_time([&] {
    (void)daemon_client::get(daemon.url() + "/health", patience);
    return daemon.log().find(text) != std::string::npos;
  });
}

std::uint16_t port_of(const RunningDaemon& daemon) {
  const std::string& url = daemon.url();
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

http_test::Answer post(const RunningDaemon& daemon, const std::string& path,
                       const std::string& body) {
  return http_test::request(port_of(daemon), "POST", path, body);
}

boost::json::value page(const RunningDaemon& daemon, const std::string& path) {
  return boost::json::parse(http_test::request(port_of(daemon), "GET", path).body);
}

constexpr const char* follow_bitcoin = R"({"symbols":["BTCUSDT"],"timeframe":"1m","strategies":)"
                                       R"({"BTCUSDT":[{"strategy_name":"sma_cross"}]}})";

/// The books are read first.
void begin_session(const RunningDaemon& daemon) {
  http_test::Answer answer;
  (void)in_time([&] {
    answer = post(daemon, "/api/simulation/start", follow_bitcoin);
    return answer.status != 503;
  });
  ASSERT_EQ(answer.status, 200) << answer.body;
}

const std::vector<std::string> quick_to_tell = {"--health.check_seconds", "1",
                                                "--health.patience_seconds", "0"};

std::vector<std::string> with(std::vector<std::string> words) {
  words.insert(words.end(), quick_to_tell.begin(), quick_to_tell.end());
  return words;
}

class BadInput : public ::testing::Test {
 protected:
  BadInput() {
    past_.answer_requests_with(std::vector<std::string>(50, http_answer("200 OK", "[]")));
  }
  ~BadInput() override { lines_.close(); }
  [[nodiscard]] std::vector<std::string> on_the_exchange() const {
    return with({"--feed.source", "binance", "--feed.url", exchange_.url(), "--feed.history_url",
                 "http" + past_.url().substr(2)});
  }
  void bring(const RunningDaemon& daemon, const std::string& text) {
    const double before = metric(daemon, R"(hts_feed_frames_total{feed="binance"})");
    lines_.push(text);
    EXPECT_TRUE(in_time([&] {
      return metric(daemon, R"(hts_feed_frames_total{feed="binance"})") > before;
    })) << text;
  }

  TemporaryDirectory place_;
  Lines lines_;
  LoopbackExchange exchange_{{[this](Peer& peer) { lines_.serve(peer); }}};
  LoopbackExchange past_{{[](Peer&) {}}};
};

TEST_F(BadInput, of_an_exchange_is_left_out_counted_and_told_once_and_no_position_moves) {
  RunningDaemon daemon(place_.path(), on_the_exchange());
  begin_session(daemon);
  // Up to five minutes ahead of this machine's clock are believed: nobody has to wait for minutes.
  const std::int64_t first = now_milliseconds() / minute * minute + minute;
  bring(daemon, trade(1, first - 500));
  bring(daemon, trade(2, first + 2500));  // now the exchange is asked for what was before
  ASSERT_TRUE(in_time([&] {
    return !past_.requests().empty() && metric(daemon, "hts_ingest_open_gaps") == 0;
  })) << daemon.log();
  bring(daemon, closed_candle(first, "100"));
  bring(daemon, closed_candle(first + minute, "100"));
  ASSERT_TRUE(in_time([&] { return metric(daemon, "hts_live_bars_total") == 2; })) << daemon.log();
  const auto entered =
      post(daemon, "/api/positions/enter",
           R"({"symbol":"BTCUSDT","side":"buy","quantity":0.5,"entry_price":100})");
  ASSERT_EQ(entered.status, 200) << entered.body;
  const auto before = page(daemon, "/api/positions/open");

  const std::int64_t present = first + 2 * minute + 1;
  const std::int64_t year = std::int64_t{365} * 1440 * minute;
  bring(daemon, trade(11, present, "0"));
  bring(daemon, trade(12, present, "1000000000000000000"));
  bring(daemon, trade(13, present, "1e18"));
  bring(daemon, ticker(present, "0"));
  bring(daemon, trade(14, present, "7", "NOPEUSDT"));
  bring(daemon, R"({"stream":"btcusdt@trade","data":{"e":"trade","s":)");
  for (int i = 0; i < 3; ++i) bring(daemon, trade(21 + i, first + year + i, "5"));  // they agree
  bring(daemon, ticker(first + year, "5"));
  bring(daemon, closed_candle(first + minute, "99"));
  bring(daemon, closed_candle(first + minute, "98"));
  bring(daemon, closed_candle(first + 2 * minute, "1e18"));

  EXPECT_EQ(metric(daemon, R"(hts_feed_refused_total{feed="binance"})") +
                metric(daemon, R"(hts_feed_malformed_total{feed="binance"})"),
            6);
  EXPECT_EQ(metric(daemon, R"(hts_feed_unknown_symbols_total{feed="binance"})"), 1);
  EXPECT_TRUE(in_time([&] { return metric(daemon, "hts_ingest_rejected_total") == 4; }));
  EXPECT_TRUE(in_time([&] { return metric(daemon, "hts_ingest_conflicting_candles_total") == 2; }));

  EXPECT_TRUE(log_has(daemon, "The feed brings what cannot be used"));
  EXPECT_TRUE(log_has(daemon, "candle_conflict"));
  // The market goes on where it was, and the position is worth what it was worth.
  bring(daemon, closed_candle(first + 2 * minute, "100"));
  EXPECT_TRUE(in_time([&] { return metric(daemon, "hts_live_bars_total") == 3; }));
  EXPECT_EQ(page(daemon, "/api/positions/open").at("positions").at(0).at("current_price"),
            before.at("positions").at(0).at("current_price"));
  EXPECT_EQ(page(daemon, "/api/simulation/market-data").at("symbols").at(0).at("price"), 100.0);
  EXPECT_EQ(page(daemon, "/api/simulation/parity").at("is_equal"), true);
  EXPECT_EQ(metric(daemon, R"(hts_feed_disconnects_total{feed="binance"})"), 0);
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  EXPECT_EQ(times_in(daemon.log(), "The feed brings what cannot be used"), 1U) << daemon.log();
  EXPECT_EQ(times_in(daemon.log(), "candle_conflict"), 1U) << daemon.log();
}

TEST_F(BadInput, a_symbol_that_the_exchange_does_not_know_is_told_with_its_words) {
  LoopbackExchange refusing({[](Peer& peer) {
    (void)peer.read();
    peer.send(R"({"error":{"name":"INVALID_PARAM","message":"codes"}})", true);
    peer.wait_until_gone();
  }});
  RunningDaemon daemon(place_.path(), with({"--feed.source", "upbit", "--feed.url", refusing.url(),
                                            "--feed.history_url", "http://127.0.0.1:9"}));
  http_test::Answer answer;
  (void)in_time([&] {
    answer = post(daemon, "/api/simulation/start",
                  R"({"symbols":["KRW-NOPE"],"timeframe":"1m",)"
                  R"("strategies":{"KRW-NOPE":[{"strategy_name":"sma_cross"}]}})");
    return answer.status != 503;
  });
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_TRUE(log_has(daemon, "The daemon is not ready")) << daemon.log();
  EXPECT_EQ(http_test::request(port_of(daemon), "GET", "/health/ready").status, 503);
  EXPECT_TRUE(in_time([&] { return refusing.connections() >= 3; }));
  EXPECT_EQ(metric(daemon, R"(hts_feed_up{feed="upbit"})"), 0);
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  // In the log when it is refused first, and to people once it has lasted.
  EXPECT_EQ(times_in(daemon.log(), "INVALID_PARAM"), 2U) << daemon.log();
  EXPECT_EQ(times_in(daemon.log(), "The feed does not deliver"), 1U) << daemon.log();
}

TEST_F(BadInput, a_redis_that_does_not_take_the_password_is_told_without_it) {
  testing::RedisServer server({"--requirepass", "the-right-one-of-the-server"});
  const std::string file = place_.write("password", "a-wrong-one-that-nobody-may-see\n");
  RunningDaemon daemon(place_.path(),
                       with({"--feed.source", server.url(), "--feed.password_file", file}));
  begin_session(daemon);
  EXPECT_TRUE(log_has(daemon, "The daemon is not ready")) << daemon.log();
  EXPECT_THAT(daemon.log(), HasSubstr("password"));
  EXPECT_EQ(http_test::request(port_of(daemon), "GET", "/health/ready").status, 503);
  EXPECT_EQ(metric(daemon, R"(hts_feed_up{feed="redis"})"), 0);
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  EXPECT_THAT(daemon.log(), Not(HasSubstr("a-wrong-one")));
  EXPECT_EQ(times_in(daemon.log(), "The daemon is not ready"), 1U) << daemon.log();
}

TEST_F(BadInput, webhooks_that_are_not_signed_or_old_or_repeated_are_counted_and_told_once_each) {
  const std::string secret = "0123456789abcdef-of-a-test";
  const std::string body = R"({"symbol":"KRW-BTC","action":"buy"})";
  const std::string file = place_.write("tv.secret", secret + "\n");
  RunningDaemon daemon(place_.path(), with({"--webhooks.in", "tv=" + file}));
  const auto send = [&](std::int64_t seconds_ago, const std::string& text, bool is_signed = true) {
    const std::string at = std::to_string(now_milliseconds() / 1000 - seconds_ago);
    const std::string proof = is_signed ? webhook::signature_of(at, text, secret) : "";
    return http_test::request(port_of(daemon), "POST", "/api/webhooks/tv", text,
                              "Content-Type: application/json\r\nX-Hts-Timestamp: " + at +
                                  "\r\nX-Hts-Signature: " + proof + "\r\n")
        .status;
  };
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(send(0, body, false), 401);
    EXPECT_EQ(send(3600, body), 401);
  }
  const auto count = [&](const std::string& outcome) {
    return metric(daemon, "hts_webhook_requests_total{webhook=\"tv\",outcome=\"" + outcome + "\"}");
  };
  EXPECT_EQ(count("unsigned"), 3);
  EXPECT_EQ(count("stale"), 3);
  EXPECT_EQ(count("accepted"), 0);
  EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  EXPECT_EQ(times_in(daemon.log(), "A request to the webhook 'tv' was refused"), 2U)
      << daemon.log();
}

}  // namespace
}  // namespace hts::e2e
