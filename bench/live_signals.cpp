#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include <time.h>

#include "engine/strategies/strategy_definition.hpp"
#include "live.hpp"
#include "live_exchange.hpp"
#include "live_parts.hpp"

namespace hts::bench {
namespace {

constexpr std::size_t symbols = 100;
constexpr std::size_t frames_a_round = 4'000;
constexpr std::size_t rounds = 5;
constexpr std::size_t first_candles = 5;   // of each symbol; not measured
constexpr std::int64_t pause = 1'000'000;  // nanoseconds: 1,000 messages a second
constexpr std::size_t most_messages_a_candle = 10;
constexpr std::size_t most_frames =
    first_candles * symbols * most_messages_a_candle + rounds * frames_a_round;

/// By number of the frame, from 1.
std::array<std::int64_t, most_frames + 1> sent;
std::array<std::int64_t, most_frames + 1> read;
std::array<std::atomic<std::int64_t>, most_frames + 1> signalled;
std::size_t messages_a_candle = 1;

/// The frame that closes a candle: the symbol's next one after those that it is made of, whose
/// quantities are their numbers and lie `symbols` apart.
std::size_t closing_frame(double volume) {
  const std::size_t trades = messages_a_candle;
  const auto sum = static_cast<std::size_t>(std::llround(volume));
  return (sum - symbols * trades * (trades - 1) / 2) / trades + trades * symbols;
}

/// Signals on every candle, and notes when.
class Stamp {
 public:
  static constexpr std::string_view name = "bench_stamp";
  static constexpr std::string_view title = "Stamp";
  static constexpr std::string_view help = "Signals on every candle and notes the time.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<strategies::ParameterSchema> schema() { return {}; }

  explicit Stamp(const strategies::Parameters& /*parameters*/) {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    const std::size_t frame = closing_frame(candle.volume);
    if (frame < signalled.size()) signalled[frame] = monotonic_now();
    if (std::exchange(is_bought_, !is_bought_)) {
      context.exit_long();
    } else {
      context.buy(1);
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const { return {is_bought_ ? 1.0 : 0.0}; }
  [[nodiscard]] result::Status restore(std::span<const double> numbers) {
    is_bought_ = !numbers.empty() && numbers[0] != 0;
    return result::success();
  }

 private:
  bool is_bought_ = false;
};

void sleep_until(std::int64_t moment) {
  timespec until{};
  until.tv_sec = moment / 1'000'000'000;
  until.tv_nsec = moment % 1'000'000'000;
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) != 0) {
  }
}

double percentile(std::vector<double>& values, std::size_t percent) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * percent / 100);
  std::ranges::nth_element(values, at);
  return *at;
}

double median(std::vector<double> values) {
  return percentile(values, 50);
}

}  // namespace

SignalLatency measure_signals(bool is_recorded, std::size_t trades_a_candle) {
  messages_a_candle = std::min(trades_a_candle, most_messages_a_candle);
  const std::size_t first_measured = first_candles * symbols * messages_a_candle;
  const std::size_t frames = first_measured + rounds * frames_a_round;
  if (!strategies::find_strategy(Stamp::name)) {
    if (auto known = strategies::register_strategy(strategies::define_strategy<Stamp>()); !known) {
      fail(known.error().message);
    }
  }
  for (auto& moment : signalled) moment = 0;
  const Place place;
  LoopbackExchange exchange;
  LiveParts parts(place.path, exchange.port(), is_recorded,
                  [](const ports::FeedBatch& batch, std::int64_t moment) {
                    for (const ports::FeedTrade& trade : batch.trades) {
                      const auto frame =
                          static_cast<std::size_t>(std::llround(trade.trade.quantity));
                      if (frame < read.size()) read[frame] = moment;
                    }
                  });
  parts.trade(symbols, std::string{Stamp::name}.c_str());
  exchange.wait_for_streams(1);

  // The first trade of a symbol's next minute closes a candle. The market's time runs ahead of this
  // machine's, in its own order.
  const time::Timestamp begin =
      std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now()) +
      std::chrono::minutes{2};
  std::int64_t next = monotonic_now();
  std::string bytes;
  for (std::size_t frame = 1; frame <= frames; ++frame) {
    const std::size_t symbol = (frame - 1) % symbols;
    const std::size_t trade = (frame - 1) / symbols;
    const auto minute = static_cast<std::int64_t>(trade / messages_a_candle);
    bytes.clear();
    append_trade_frame(bytes, symbol,
                       begin + std::chrono::minutes{minute} +
                           std::chrono::milliseconds{symbol + trade % messages_a_candle * symbols},
                       frame, frame);
    sleep_until(next += pause);
    sent[frame] = monotonic_now();
    exchange.send(bytes);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{300});

  std::vector<double> halves;
  std::vector<double> tails;
  std::vector<double> whole;
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<double> times;
    for (std::size_t i = 0; i < frames_a_round; ++i) {
      const std::size_t frame = first_measured + round * frames_a_round + i + 1;
      if ((frame - 1) / symbols % messages_a_candle != 0) continue;
      if (signalled[frame] == 0) {
        fail("frame " + std::to_string(frame) + " brought no signal");
      }
      times.push_back(static_cast<double>(signalled[frame] - read[frame]) / 1e3);
      whole.push_back(static_cast<double>(signalled[frame] - sent[frame]) / 1e3);
    }
    halves.push_back(percentile(times, 50));
    tails.push_back(percentile(times, 99));
  }
  return {median(halves), median(tails), percentile(whole, 50)};
}

}  // namespace hts::bench
