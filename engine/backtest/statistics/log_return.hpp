#pragma once

#include <atomic>
#include <cmath>
#include <span>

namespace hts::backtest {

/// Up to here `log_ratio` takes the series: a move of about 10 %.
inline constexpr double log_series_limit = 0.05 * 0.05;

/// log(a / b) = 2 atanh(s) with s = (a - b) / (a + b), given s and s * s <= log_series_limit. The
/// first term left out is below 2e-17 of the sum.
template <class Number>
[[nodiscard]] constexpr Number log_series(Number s, Number square) noexcept {
  return 2.0 * s *
         (1.0 +
          square *
              (1.0 / 3 +
               square * (1.0 / 5 + square * (1.0 / 7 + square * (1.0 / 9 + square * (1.0 / 11))))));
}

/// log(a / b) to a relative 1e-15, without the library's logarithm for the small moves of candles.
[[nodiscard]] inline double log_ratio(double a, double b) noexcept {
  const double s = (a - b) / (a + b);
  const double square = s * s;
  return square <= log_series_limit ? log_series(s, square) : std::log(a / b);
}

/// Slope of the series' log returns on the market's, both bar by bar: covariance / variance. NaN
/// with fewer than two returns or a market that never moves. Requires equal lengths. O(n); the same
/// to the last bit on every processor.
/// Looks at `cancel`, which may be null, on the way; once it is set the answer means nothing.
[[nodiscard]] double beta_of(std::span<const double> series, std::span<const double> market,
                             const std::atomic<bool>* cancel = nullptr) noexcept;

}  // namespace hts::backtest
