#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace hts::backtest {

/// What a strategy looked at (Context::look_at), candle by candle: a number for each candle by
/// which two runs are compared, and the values themselves of one candle only, so that a long run
/// fits into memory.
class LookRecord {
 public:
  LookRecord() = default;
  /// Keeps the values of this candle.
  explicit LookRecord(std::size_t candle) noexcept : kept_candle_(candle) {}

  /// Of the next candle; empty when it looked at nothing.
  void add(std::span<const double> values);

  [[nodiscard]] const std::vector<double>& kept() const noexcept { return kept_; }
  /// The first candle on which they are not the same, of those that both have.
  [[nodiscard]] static std::optional<std::size_t> first_difference(const LookRecord& a,
                                                                   const LookRecord& b);

 private:
  std::optional<std::size_t> kept_candle_;
  std::vector<double> kept_;
  std::vector<std::uint64_t> digests_;
};

}  // namespace hts::backtest
