#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/runtime/clock.hpp"

namespace hts::runtime {

/// Times counted by size. Bucket i counts those below `upper_bound(i)` and not below the one
/// before; the last has no bound. The first bound is 128 ns, each further one `1 << Step` times as
/// long.
template <std::size_t Buckets, int Step>
struct TimeHistogram {
  static constexpr std::size_t buckets = Buckets;

  std::array<std::uint64_t, buckets> samples{};
  Duration total{0};  ///< of all samples

  [[nodiscard]] static constexpr Duration upper_bound(std::size_t bucket) noexcept {
    return Duration{std::int64_t{128} << (bucket * Step)};
  }
  [[nodiscard]] static constexpr std::size_t bucket_of(Duration duration) noexcept {
    if (duration.count() < 128) return 0;
    const auto width =
        static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(duration.count())));
    const std::size_t bucket = (width - 7 + Step - 1) / Step;
    return bucket < buckets ? bucket : buckets - 1;
  }

  [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t sum = 0;
    for (const std::uint64_t in_bucket : samples) sum += in_bucket;
    return sum;
  }
  /// Nothing without samples.
  [[nodiscard]] std::optional<Duration> mean() const noexcept {
    const auto all = static_cast<std::int64_t>(count());
    if (all == 0) return std::nullopt;
    return total / all;
  }
  /// A time that at least this fraction (0..1] of the samples is below: the bound of their bucket,
  /// that of the last but one for what is beyond all. Nothing without samples.
  [[nodiscard]] std::optional<Duration> quantile(double fraction) const noexcept {
    const std::uint64_t all = count();
    if (all == 0) return std::nullopt;
    std::uint64_t below = 0;
    for (std::size_t i = 0; i + 1 < buckets; ++i) {
      below += samples[i];
      if (static_cast<double>(below) >= fraction * static_cast<double>(all)) return upper_bound(i);
    }
    return upper_bound(buckets - 2);
  }

  TimeHistogram& operator+=(const TimeHistogram& other) noexcept {
    for (std::size_t i = 0; i < buckets; ++i) samples[i] += other.samples[i];
    total += other.total;
    return *this;
  }
};

/// How long handlers take, sampled (about one message in 64, every message of slow handlers): up to
/// 33.6 ms.
using HandlingHistogram = TimeHistogram<20, 1>;
/// How long messages wait in a mailbox, sampled (at most one in 64): up to 34 s.
using WaitHistogram = TimeHistogram<16, 2>;

namespace detail {

/// A histogram that one thread at a time writes and others read, a few samples late.
template <class Histogram>
class LiveHistogram {
 public:
  void record(Duration duration) noexcept {
    add(samples_[Histogram::bucket_of(duration)], 1);
    total_.store(total_.load(std::memory_order_relaxed) + duration.count(),
                 std::memory_order_relaxed);
  }
  [[nodiscard]] Histogram snapshot() const noexcept {
    Histogram histogram;
    for (std::size_t i = 0; i < Histogram::buckets; ++i) {
      histogram.samples[i] = samples_[i].load(std::memory_order_relaxed);
    }
    histogram.total = Duration{total_.load(std::memory_order_relaxed)};
    return histogram;
  }

 private:
  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t by) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint64_t>, Histogram::buckets> samples_{};
  std::atomic<std::int64_t> total_{0};
};

}  // namespace detail
}  // namespace hts::runtime
