#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "engine/result/result.hpp"

/// What the parts of the benchmark of live trading share.
namespace hts::bench {

/// Prints the sentence and ends the program.
[[noreturn]] void fail(const std::string& sentence);

template <class T>
T must(result::Result<T> value) {
  if (!value) fail(value.error().message);
  return std::move(value).value();
}

/// A folder in the working directory, gone at the end.
struct Place {
  Place();
  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  std::filesystem::path path;
};

/// Resident memory of a process, in MB (10^6).
[[nodiscard]] double resident_megabytes(const std::string& process);

/// Nanoseconds of the monotonic clock.
[[nodiscard]] std::int64_t monotonic_now() noexcept;

struct SignalLatency {
  double p50_microseconds = 0;
  double p99_microseconds = 0;
  double from_send_microseconds = 0;  ///< median, from the exchange's send on
};
/// From a frame that the feed has read to the signal of the strategy, at 1,000 messages a second.
/// `is_recorded`: with the daemon's journal. `trades_a_candle`: messages of a symbol until one
/// closes its candle, which brings the signal; 1 to 10.
[[nodiscard]] SignalLatency measure_signals(bool is_recorded, std::size_t trades_a_candle);

struct Throughput {
  double trades_a_second = 0;
  double trades_a_cpu_second = 0;  ///< of everything but the exchange
  double megabytes_grown = 0;      ///< of resident memory, over the second half
};
[[nodiscard]] Throughput measure_throughput();

struct Crowd {
  double resident_megabytes = 0;
  double restart_seconds = 0;
};
/// `hts serve` with 1,000 symbols and 5 strategies on each.
[[nodiscard]] Crowd measure_crowd();

}  // namespace hts::bench
