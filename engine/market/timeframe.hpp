#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <string_view>

#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::market {

/// The length of a candle: one of `1m 3m 5m 10m 15m 30m 1h 4h 1d 1w`.
class Timeframe {
 public:
  /// Any case (`1H`, `1M` is one minute). Error: code invalid, field `timeframe`, with the list.
  [[nodiscard]] static result::Result<Timeframe> parse(std::string_view text);
  /// The timeframe of exactly this length, or an error: code invalid, field `timeframe`.
  [[nodiscard]] static result::Result<Timeframe> of(time::Duration length);
  [[nodiscard]] static constexpr Timeframe minute() { return Timeframe{std::chrono::minutes{1}}; }
  [[nodiscard]] static constexpr Timeframe day() { return Timeframe{std::chrono::hours{24}}; }
  /// All of them, shortest first.
  [[nodiscard]] static const std::array<Timeframe, 10>& all();

  [[nodiscard]] std::string_view name() const noexcept;
  [[nodiscard]] constexpr std::chrono::minutes length() const noexcept { return length_; }

  friend constexpr auto operator<=>(const Timeframe&, const Timeframe&) = default;

 private:
  constexpr explicit Timeframe(std::chrono::minutes length) : length_(length) {}
  std::chrono::minutes length_;
};

}  // namespace hts::market
