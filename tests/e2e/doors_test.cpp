// The ways into a daemon beside backtests, as their users meet them: presets, the screener, signed
// webhooks, and what a journal keeps of them.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "adapters/webhook/webhook_signature.hpp"
#include "integration/http/loopback_client.hpp"
#include "process.hpp"

namespace hts::e2e {
namespace {

using boost::json::parse;
using http_test::Answer;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string secret = "0123456789abcdef-of-a-test";
const std::string signal_body = R"({"symbol":"KRW-BTC","action":"buy","comment":"breakout"})";

std::uint16_t port_of(const RunningDaemon& daemon) {
  const std::string& url = daemon.url();
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

struct Signed {
  std::string timestamp;
  std::string signature;
};

Signed sign(const std::string& body) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const std::string timestamp = std::to_string(now.time_since_epoch().count());
  return {timestamp, webhook::signature_of(timestamp, body, secret)};
}

Answer send(const RunningDaemon& daemon, const Signed& proof) {
  return http_test::request(
      port_of(daemon), "POST", "/api/webhooks/tv", signal_body,
      "Content-Type: application/json\r\nX-Hts-Timestamp: " + proof.timestamp +
          "\r\nX-Hts-Signature: " + proof.signature + "\r\n");
}

std::string all_files_below(const std::filesystem::path& folder) {
  std::string bytes;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file{entry.path(), std::ios::binary};
    bytes.append(std::istreambuf_iterator<char>{file}, {});
  }
  return bytes;
}

TEST(DaemonDoors, a_webhook_is_taken_once_and_no_secret_of_it_is_kept) {
  const TemporaryDirectory place;
  const std::string file = place.write("tv.secret", secret + "\n");
  Signed proof;
  {
    RunningDaemon daemon(place.path(), {"--webhooks.in", "tv=" + file});
    Answer answer;
    do {
      // A daemon that has just started cannot tell whether the one before it had this request.
      proof = sign(signal_body);
      answer = send(daemon, proof);
    } while (answer.status == 503);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(parse(answer.body).at("status").as_string(), "told");
    EXPECT_EQ(send(daemon, proof).status, 409);
    EXPECT_EQ(send(daemon, {proof.timestamp, "sha256=00"}).status, 401);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
    EXPECT_THAT(daemon.log(), HasSubstr("says buy BTC_KRW. breakout"));
    EXPECT_THAT(daemon.log(), Not(HasSubstr(secret)));
  }
  {
    // The same bytes again, sent to the process that follows.
    RunningDaemon daemon(place.path(), {"--webhooks.in", "tv=" + file});
    EXPECT_EQ(send(daemon, proof).status, 503);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const std::string kept = all_files_below(place.path() / "state");
  EXPECT_THAT(kept, HasSubstr("breakout"));
  EXPECT_THAT(kept, Not(HasSubstr(secret)));
  EXPECT_THAT(kept, Not(HasSubstr(proof.signature)));
  const auto replayed = run_hts({"replay", "state/journal"}, place.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST(DaemonDoors, presets_survive_the_daemon_and_the_screener_sees_the_catalog) {
  const TemporaryDirectory place;
  const auto made = run_hts(
      {"data", "synthetic", "--timeframe", "1d", "--from", "2023-01-01", "--to", "2024-12-31"},
      place.path());
  ASSERT_EQ(made.status, 0) << made.err;
  const std::string preset = R"({"strategy_name":"sma_cross","params":{"fast":5}})";
  {
    RunningDaemon daemon(place.path());
    const std::uint16_t port = port_of(daemon);
    EXPECT_EQ(http_test::request(port, "PUT", "/api/strategies/presets/quick", preset).status, 200);
    const Answer found = http_test::request(
        port, "POST", "/api/screener/filter",
        R"({"conditions":[{"type":"trade_amount","operator":">","value":0,"period":"1M"}]})");
    ASSERT_EQ(found.status, 200) << found.body;
    EXPECT_EQ(parse(found.body).at("total_count").to_number<int>(), 1) << found.body;
    EXPECT_THAT(http_test::request(port, "GET", "/api/markets/KRW/tickers").body,
                HasSubstr("SYNTHETIC_KRW"));
    EXPECT_EQ(http_test::request(port, "POST", "/api/data/refresh").status, 503);
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  {
    RunningDaemon daemon(place.path());
    const Answer shown =
        http_test::request(port_of(daemon), "GET", "/api/strategies/presets/quick");
    EXPECT_EQ(shown.status, 200);
    EXPECT_THAT(shown.body, HasSubstr(R"("params":{"fast":5})"));
    EXPECT_EQ(daemon.end_with(SIGTERM), 0);
  }
  const auto replayed = run_hts({"replay", "state/journal"}, place.path());
  EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
}

TEST(DaemonDoors, a_webhook_without_a_sound_secret_is_refused_at_the_start) {
  const TemporaryDirectory place;
  const std::string file = place.write("short.secret", "short\n");
  const auto started = run_hts({"serve", "--webhooks.in", "tv=" + file}, place.path());
  EXPECT_NE(started.status, 0) << started.out;
  EXPECT_THAT(started.err, HasSubstr("fewer than 16 bytes"));
}

}  // namespace
}  // namespace hts::e2e
