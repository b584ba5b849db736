#include <chrono>
#include <string>
#include <thread>

#include <sched.h>
#include <time.h>

#include "live.hpp"
#include "live_exchange.hpp"
#include "live_parts.hpp"

namespace hts::bench {
namespace {

constexpr std::size_t symbols = 200;
constexpr std::uint64_t trades_a_minute = 150'000;  // of the market's time
constexpr std::uint64_t frames_a_write = 256;
constexpr std::uint64_t warm_up_trades = 1'500'000;
constexpr std::uint64_t measured_trades = 4'500'000;

/// This thread, and those that it starts from now on.
void stay_on(int processor) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  (void)sched_setaffinity(0, sizeof set, &set);
}

/// Seconds of processor time.
double used(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Sends them, and returns once the market has taken them all.
void play(LoopbackExchange& exchange, LiveParts& parts, time::Timestamp begin, std::uint64_t first,
          std::uint64_t count) {
  constexpr auto step = std::chrono::nanoseconds{std::chrono::minutes{1}} / trades_a_minute;
  std::string bytes;
  for (std::uint64_t i = first; i < first + count;) {
    bytes.clear();
    for (std::uint64_t k = 0; k < frames_a_write && i < first + count; ++k, ++i) {
      append_trade_frame(bytes, i * 7 % symbols, begin + i * step, i + 1, 1 + i % 9);
    }
    exchange.send(bytes);
  }
  while (parts.market()->trades < first + count) {
    std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
}

}  // namespace

Throughput measure_throughput() {
  cpu_set_t all;
  (void)sched_getaffinity(0, sizeof all, &all);
  const Place place;
  LoopbackExchange exchange;
  stay_on(0);
  LiveParts parts(place.path, exchange.port(), false);
  parts.trade(symbols, "sma_cross");
  exchange.wait_for_streams(1);
  stay_on(1);
  const time::Timestamp begin =
      std::chrono::floor<std::chrono::minutes>(std::chrono::system_clock::now()) +
      std::chrono::minutes{2};
  play(exchange, parts, begin, 0, warm_up_trades);

  Throughput measured;
  const double cpu = used(CLOCK_PROCESS_CPUTIME_ID) - used(CLOCK_THREAD_CPUTIME_ID);
  const std::int64_t began = monotonic_now();
  play(exchange, parts, begin, warm_up_trades, measured_trades / 2);
  const double resident = resident_megabytes("self");
  play(exchange, parts, begin, warm_up_trades + measured_trades / 2, measured_trades / 2);
  const auto trades = static_cast<double>(measured_trades);
  measured.trades_a_second = trades * 1e9 / static_cast<double>(monotonic_now() - began);
  measured.trades_a_cpu_second =
      trades / (used(CLOCK_PROCESS_CPUTIME_ID) - used(CLOCK_THREAD_CPUTIME_ID) - cpu);
  measured.megabytes_grown = resident_megabytes("self") - resident;
  const auto market = parts.market();
  if (market->rejected != 0) fail("trades were rejected");
  (void)sched_setaffinity(0, sizeof all, &all);
  return measured;
}

}  // namespace hts::bench
