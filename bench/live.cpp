// Live paper trading: what a message of an exchange costs. The median of five.
//
//   live           a readable table
//   live --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//
// parse_binance_trade, parse_upbit_trade: one message of a trade as the exchange writes it, 4,096
// different ones in turn so that no branch is learnt by heart, from its text to a trade in a batch:
// parsed, its symbol found among 200, its numbers checked, counted.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "adapters/binance/binance_frame.hpp"
#include "adapters/feed/frame_reader.hpp"
#include "adapters/upbit/upbit_frame.hpp"
#include "engine/ports/market_feed.hpp"

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
    std::fprintf(stderr, "live: a message was not read\n");
    return -1;
  }
  return took / (messages * turns);
}

double median_of(const Exchange& exchange) {
  std::array<double, rounds> figures{};
  for (double& figure : figures) figure = parse_all(exchange);
  std::ranges::sort(figures);
  return figures[rounds / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const bool lines = argc == 2 && std::strcmp(argv[1], "--lines") == 0;
  if (argc > 1 && !lines) {
    std::fprintf(stderr, "usage: %s [--lines]\n", argv[0]);
    return 2;
  }
  const double binance = median_of(make_binance());
  const double upbit = median_of(make_upbit());
  const char* const form = lines ? "%s\t%.1f\t%s\n" : "%-20s %8.1f %s\n";
  std::printf(form, "parse_binance_trade", binance, "ns");
  std::printf(form, "parse_upbit_trade", upbit, "ns");
  return binance < 0 || upbit < 0 ? 1 : 0;
}
