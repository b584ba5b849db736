#include "config/simulation/market.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "config/simulation/dice.hpp"
#include "engine/market/synthetic_candles.hpp"

namespace hts::simulation {
namespace {

constexpr std::size_t history_candles = 400;
constexpr std::array<std::string_view, 4> names = {"BTC_KRW", "ETH_KRW", "XRP_KRW", "SOL_KRW"};

}  // namespace

Market::Market(std::uint64_t seed, std::size_t symbols, time::Timestamp begin)
    : seed_(seed), begin_(begin) {
  const time::Timestamp first =
      std::chrono::floor<std::chrono::days>(begin) - std::chrono::days{history_candles + 1};
  for (std::size_t i = 0; i < std::min(symbols, names.size()); ++i) {
    symbols_.push_back(market::Symbol::parse(names[i]).value());
    histories_.push_back(market::make_synthetic_candles({}, first, market::Timeframe::day(),
                                                        history_candles, seed + i));
  }
}

result::Result<market::CandleSeries> Market::load_history(const market::Symbol& symbol,
                                                          time::TimeRange range) const {
  const auto found = std::ranges::find(symbols_, symbol);
  if (found == symbols_.end()) {
    return result::make_error(result::ErrorCode::unknown_symbol, "not in this market", "symbol");
  }
  market::CandleSeries candles;
  const auto view =
      histories_[static_cast<std::size_t>(found - symbols_.begin())].view().within(range);
  candles.append(view);
  if (candles.empty()) {
    return result::make_error(result::ErrorCode::not_found, "no candles in the range");
  }
  return candles;
}

market::Candle Market::minute_candle(std::size_t symbol, std::int64_t minute) const {
  Dice dice{seed_ ^ (static_cast<std::uint64_t>(minute) << 8U) ^ symbol};
  const auto price = [&dice] { return static_cast<double>(dice.between(1'000, 2'000)); };
  const double open = price();
  const double close = price();
  market::Candle candle;
  candle.open_time = begin_ + std::chrono::minutes{minute};
  candle.open = open;
  candle.close = close;
  candle.high = std::max(open, close) + static_cast<double>(dice.below(50));
  candle.low = std::min(open, close) - static_cast<double>(dice.below(50));
  candle.volume = static_cast<double>(dice.below(1'000));
  return candle;
}

}  // namespace hts::simulation
