#include "config/simulation/trade_market.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "config/simulation/dice.hpp"

namespace hts::simulation {
namespace {

constexpr std::array<std::string_view, 3> names = {"AAA_USDT", "BBB_USDT", "CCC_USDT"};
constexpr std::chrono::minutes one_minute{1};
/// Prices go up and down with it, so that averages of a few minutes cross.
constexpr std::int64_t wave = 8;
constexpr double step_of_wave = 10;
constexpr std::int64_t milliseconds_a_minute = 60'000;
/// Keeps sequences above 0 in the minutes before the begin.
constexpr std::int64_t first_minute = -1'000'000;
constexpr std::uint64_t sequences_a_minute = 100;

}  // namespace

TradeMarket::TradeMarket(std::uint64_t seed, std::size_t symbols, time::Timestamp begin)
    : seed_(seed), begin_(begin) {
  for (std::size_t i = 0; i < std::min(symbols, names.size()); ++i) {
    symbols_.push_back(market::Symbol::parse(names[i]).value());
  }
}

std::optional<std::size_t> TradeMarket::find(const market::Symbol& symbol) const {
  const auto found = std::ranges::find(symbols_, symbol);
  if (found == symbols_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - symbols_.begin());
}

std::int64_t TradeMarket::minute_of(time::Timestamp moment) const {
  return std::chrono::floor<std::chrono::minutes>(moment - begin_).count();
}

time::Timestamp TradeMarket::opens(std::int64_t minute) const {
  return begin_ + one_minute * minute;
}

std::vector<market::Trade> TradeMarket::trades(std::size_t symbol, std::int64_t minute) const {
  const auto number = static_cast<std::uint64_t>(minute - first_minute);
  Dice dice{seed_ ^ (number << 8U) ^ symbol};
  const bool is_quiet = seed_ % 3 == 0;
  std::vector<market::Trade> trades(is_quiet ? dice.one_of<std::size_t>({0, 0, 0, 0, 1, 1, 2})
                                             : dice.one_of<std::size_t>({0, 1, 2, 5, 5, 9, 9, 12}));
  const std::int64_t place = (static_cast<std::int64_t>(number) + 3 * std::int64_t(symbol)) % wave;
  const double level = 1'000 + step_of_wave * double(std::min(place, wave - place));
  std::vector<std::int64_t> moments;
  for (std::size_t i = 0; i < trades.size(); ++i) {
    moments.push_back(dice.between(std::int64_t{0}, milliseconds_a_minute - 1));
  }
  std::ranges::sort(moments);
  for (std::size_t i = 0; i < trades.size(); ++i) {
    trades[i].time = opens(minute) + std::chrono::milliseconds{moments[i]};
    trades[i].price = level + 0.5 * static_cast<double>(dice.between(std::int64_t{-24}, 24));
    trades[i].quantity = 0.125 * static_cast<double>(dice.between(std::int64_t{1}, 400));
    trades[i].sequence = number * sequences_a_minute + i + 1;
    trades[i].buyer_is_maker = dice.chance(0.5);
  }
  return trades;
}

std::optional<market::Candle> TradeMarket::candle(std::size_t symbol, std::int64_t minute) const {
  const auto trades = this->trades(symbol, minute);
  if (trades.empty()) return std::nullopt;
  market::Candle candle;
  candle.open_time = opens(minute);
  candle.open = candle.high = candle.low = trades.front().price;
  candle.close = trades.back().price;
  for (const market::Trade& trade : trades) {
    candle.high = std::max(candle.high, trade.price);
    candle.low = std::min(candle.low, trade.price);
    candle.volume += trade.quantity;  // eighths: exact in any order
  }
  return candle;
}

market::CandleSeries TradeMarket::candles(std::size_t symbol, time::TimeRange range) const {
  market::CandleSeries series;
  for (std::int64_t minute = minute_of(range.begin); opens(minute) < range.end; ++minute) {
    if (opens(minute) < range.begin) continue;
    if (const auto made = candle(symbol, minute)) series.push_back(*made);
  }
  return series;
}

}  // namespace hts::simulation
