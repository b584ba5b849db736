// Live paper trading: what a message of an exchange costs. The median of five.
//
//   live           a readable table
//   live --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//   live PART      one part alone: parse, signals, recorded, market, sustained, crowd
//
// parse_binance_trade, parse_upbit_trade: one message of a trade as the exchange writes it, 4,096
// different ones in turn so that no branch is learnt by heart, from its text to a trade in a batch:
// parsed, its symbol found among 200, its numbers checked, counted.
//
// frame_to_signal_*: from the moment that the feed has read a frame off its socket to the signal of
// a strategy, at 1,000 messages a second of an exchange on the loopback interface: parsing, ingest,
// the runner, with SQLite and the books of positions at work behind them. Each message closes a
// minute of its symbol, so that each brings a signal. send_to_signal_p50: from the exchange's call
// of send on, which is mostly the operating system's. As the daemon does it by default, but for its
// journal; recorded_*: with that too. market_*: with the journal, and one message in ten closes a
// candle, as many (100 a second) as 6,000 markets have.
//
// sustained_trades: trades a second from the socket to closed candles and books, all threads but
// the exchange's on one processor; none is lost. sustained_growth: resident memory over the second
// half of six million trades.
//
// crowd_*: `hts serve` with 1,000 symbols and 5 strategies on each: resident memory after an hour
// of the market, which a recording brings in six seconds, and the time from its start after a `kill
// -9` until it is ready: its session goes on and it is subscribed to the exchange's streams. The
// larger memory of the two.

#include "live.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include <stdlib.h>

#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/upbit/upbit_frame.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::bench {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& sentence) {
  std::fprintf(stderr, "live: %s\n", sentence.c_str());
  std::_Exit(1);  // threads are at work
}

Place::Place() {
  std::string name = (fs::current_path() / "bench-live-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) fail("cannot make a folder in the working directory");
  path = name;
}

Place::~Place() {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

double resident_megabytes(const std::string& process) {
  std::ifstream status("/proc/" + process + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024 / 1e6;
  }
  fail("the memory of the process cannot be read");
}

std::int64_t monotonic_now() noexcept {
  return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
}

namespace {

using Clock = std::chrono::steady_clock;
using hts::feed::FrameReader;

constexpr int rounds = 5;
constexpr std::size_t messages = 4096;
constexpr std::size_t symbols = 200;
constexpr int turns = 256;

struct Exchange {
  hts::feed::ParseFrame parse;
  std::vector<std::string> codes;
  std::vector<std::string> texts;
};

std::string decimals(std::size_t seed, int whole_digits, int digits_behind) {
  std::uint64_t state = seed * 6364136223846793005ULL + 1442695040888963407ULL;
  std::string text;
  for (int i = 0; i < whole_digits + digits_behind; ++i) {
    if (i == whole_digits) text += '.';
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    text += static_cast<char>('0' + (state >> 33U) % (i == 0 ? 9 : 10) + (i == 0 ? 1 : 0));
  }
  return text;
}

Exchange make_binance() {
  Exchange exchange{&hts::binance::parse_frame, {}, {}};
  for (std::size_t i = 0; i < symbols; ++i)
    exchange.codes.push_back("S" + std::to_string(i) + "USDT");
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string& code = exchange.codes[i * 7 % symbols];
    const auto time = std::to_string(1723161255343 + i);
    exchange.texts.push_back(R"({"stream":"btcusdt@trade","data":{"e":"trade","E":)" + time +
                             R"(,"s":")" + code + R"(","t":)" + std::to_string(3735683259 + i) +
                             R"(,"p":")" + decimals(i, 5, 8) + R"(","q":"0)" +
                             decimals(i + 1, 0, 8) + R"(","T":)" + time + R"(,"m":)" +
                             (i * 31 % 7 < 3 ? "true" : "false") + R"(,"M":true}})");
  }
  return exchange;
}

Exchange make_upbit() {
  Exchange exchange{&hts::upbit::parse_frame, {}, {}};
  for (std::size_t i = 0; i < symbols; ++i) exchange.codes.push_back("KRW-S" + std::to_string(i));
  for (std::size_t i = 0; i < messages; ++i) {
    const std::string& code = exchange.codes[i * 7 % symbols];
    const auto time = std::to_string(1730336862082 + i);
    exchange.texts.push_back(
        R"({"type":"trade","code":")" + code + R"(","timestamp":)" + time +
        R"(,"trade_date":"2024-10-31","trade_time":"01:07:42","trade_timestamp":)" + time +
        R"(,"trade_price":)" + decimals(i, 8, 8).substr(0, 10) + R"(,"trade_volume":0)" +
        decimals(i + 1, 0, 8) + R"(,"ask_bid":")" + (i * 31 % 7 < 3 ? "ASK" : "BID") +
        R"(","prev_closing_price":100571000.00000000,"change":"FALL","change_price":98000.00000000,)" +
        R"("sequential_id":)" + std::to_string(17303368620470000 + i) +
        R"(,"best_ask_price":100473000,"best_ask_size":0.43139478,"best_bid_price":100465000,)" +
        R"("best_bid_size":0.01990656,"stream_type":"REALTIME"})");
  }
  return exchange;
}

/// Nanoseconds a message.
double parse_all(const Exchange& exchange) {
  FrameReader reader(exchange.parse, exchange.codes);
  hts::ports::FeedBatch batch;
  batch.trades.reserve(messages);
  const auto began = Clock::now();
  for (int turn = 0; turn < turns; ++turn) {
    batch.trades.clear();
    for (const std::string& text : exchange.texts) (void)reader.read(text, batch);
  }
  const auto took = std::chrono::duration<double, std::nano>(Clock::now() - began).count();
  if (reader.tally().trades != messages * turns) {
    fail("a message was not read");
  }
  return took / (messages * turns);
}

double median_of(const Exchange& exchange) {
  std::array<double, rounds> figures{};
  for (double& figure : figures) figure = parse_all(exchange);
  std::ranges::sort(figures);
  return figures[rounds / 2];
}

void tell(bool lines, const char* figure, double value, const char* unit, const char* bar) {
  if (lines) {
    std::printf("%s\t%.6g\t%s\n", figure, value, unit);
  } else {
    std::printf("%-26s %12.6g %-9s %s\n", figure, value, unit, bar);
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace hts::bench

int main(int argc, char** argv) {
  using namespace hts::bench;
  const bool lines = argc > 1 && std::strcmp(argv[1], "--lines") == 0;
  // One part alone, by its name.
  const char* const only = argc > 1 && !lines ? argv[1] : nullptr;
  const auto wants = [&](const char* part) {
    return only == nullptr || std::strcmp(only, part) == 0;
  };
  if (wants("parse")) {
    tell(lines, "parse_binance_trade", median_of(make_binance()), "ns", "(bar 300)");
    tell(lines, "parse_upbit_trade", median_of(make_upbit()), "ns", "(bar 500)");
  }
  if (wants("signals")) {
    const SignalLatency latency = measure_signals(false, 1);
    tell(lines, "frame_to_signal_p50", latency.p50_microseconds, "us", "(bar 15)");
    tell(lines, "frame_to_signal_p99", latency.p99_microseconds, "us", "(bar 60)");
    tell(lines, "send_to_signal_p50", latency.from_send_microseconds, "us", "");
  }
  if (wants("recorded")) {
    const SignalLatency latency = measure_signals(true, 1);
    tell(lines, "recorded_frame_to_signal_p50", latency.p50_microseconds, "us", "");
    tell(lines, "recorded_frame_to_signal_p99", latency.p99_microseconds, "us", "");
  }
  if (wants("market")) {
    const SignalLatency latency = measure_signals(true, 10);
    tell(lines, "market_frame_to_signal_p50", latency.p50_microseconds, "us", "(bar 15)");
    tell(lines, "market_frame_to_signal_p99", latency.p99_microseconds, "us", "(bar 60)");
  }
  if (wants("sustained")) {
    const Throughput throughput = measure_throughput();
    tell(lines, "sustained_trades", throughput.trades_a_second, "trades/s", "(bar 300,000)");
    tell(lines, "sustained_trades_cpu", throughput.trades_a_cpu_second, "trades/s", "");
    tell(lines, "sustained_growth", throughput.megabytes_grown, "MB", "(bar 0)");
  }
  if (wants("crowd")) {
    const Crowd crowd = measure_crowd();
    tell(lines, "crowd_rss", crowd.resident_megabytes, "MB", "(bar 150)");
    tell(lines, "crowd_restart", crowd.restart_seconds, "s", "(bar 2)");
  }
  return 0;
}
