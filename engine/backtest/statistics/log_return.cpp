#include "engine/backtest/statistics/log_return.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

/// Two numbers at a time is what every 64-bit processor has, so there is one path and one result.
using Pair = double __attribute__((vector_size(16)));

Pair load(const double* values) noexcept {
  Pair pair;
  std::memcpy(&pair, values, sizeof pair);
  return pair;
}

struct Sums {
  double product = 0;
  double square = 0;
};

struct Means {
  double series = 0;
  double market = 0;
};

constexpr std::size_t returns_a_block = 64;
constexpr std::size_t returns_a_look = 1U << 16U;

/// The sums over a block of returns that end at series[1] to series[64]. Returns false, having
/// added nothing, when a move is too large for the series.
bool add_block(const double* series, const double* market, const Means& means,
               Sums& sums) noexcept {
  Pair products[2] = {};
  Pair squares[2] = {};
  Pair widest = {};
  const Pair series_mean = {means.series, means.series};
  const Pair market_mean = {means.market, means.market};
  for (std::size_t i = 0; i < returns_a_block; i += 4) {
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t at = i + 2 * half;
      const Pair a = load(series + at + 1);
      const Pair b = load(series + at);
      const Pair c = load(market + at + 1);
      const Pair d = load(market + at);
      const Pair s = (a - b) / (a + b);
      const Pair t = (c - d) / (c + d);
      const Pair s_square = s * s;
      const Pair t_square = t * t;
      widest = s_square > widest ? s_square : widest;
      widest = t_square > widest ? t_square : widest;
      const Pair x = log_series(s, s_square) - series_mean;
      const Pair y = log_series(t, t_square) - market_mean;
      products[half] += x * y;
      squares[half] += y * y;
    }
  }
  if (std::max(widest[0], widest[1]) > log_series_limit) return false;
  const Pair product = products[0] + products[1];
  const Pair square = squares[0] + squares[1];
  sums.product += product[0] + product[1];
  sums.square += square[0] + square[1];
  return true;
}

void add_each(const double* series, const double* market, std::size_t count, const Means& means,
              Sums& sums) noexcept {
  for (std::size_t i = 0; i < count; ++i) {
    const double y = log_ratio(market[i + 1], market[i]) - means.market;
    sums.product += (log_ratio(series[i + 1], series[i]) - means.series) * y;
    sums.square += y * y;
  }
}

}  // namespace

double beta_of(std::span<const double> series, std::span<const double> market,
               const std::atomic<bool>* cancel) noexcept {
  if (series.size() < 3) return undefined;
  const std::size_t returns = series.size() - 1;
  // The log returns of all bars add up to that of the whole.
  const double count = static_cast<double>(returns);
  const Means means{std::log(series.back() / series.front()) / count,
                    std::log(market.back() / market.front()) / count};
  Sums sums;
  std::size_t done = 0;
  for (; done + returns_a_block <= returns; done += returns_a_block) {
    if (done % returns_a_look == 0 && cancel != nullptr && *cancel) return undefined;
    if (!add_block(series.data() + done, market.data() + done, means, sums)) {
      add_each(series.data() + done, market.data() + done, returns_a_block, means, sums);
    }
  }
  add_each(series.data() + done, market.data() + done, returns - done, means, sums);
  return sums.product / sums.square;
}

}  // namespace hts::backtest
