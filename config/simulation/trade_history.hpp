#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "config/simulation/dice.hpp"
#include "config/simulation/trade_market.hpp"
#include "engine/ports/market_feed.hpp"

namespace hts::simulation {

/// The simulated exchange's own record: true, when it answers.
class TradeHistory final : public ports::MarketHistory {
 public:
  TradeHistory(const TradeMarket& market, Dice dice, std::function<time::Timestamp()> now)
      : market_(market), dice_(dice), now_(std::move(now)) {}

  /// The share of calls that fail.
  void set_failure_rate(double rate) noexcept { failure_rate_ = rate; }
  /// The share of calls after which none is answered for minutes. 0 ends that too.
  void set_outage_rate(double rate) noexcept {
    outage_rate_ = rate;
    if (rate == 0) away_until_ = {};
  }

  [[nodiscard]] result::Result<market::CandleSeries> candles(const market::Symbol& symbol,
                                                             market::Timeframe timeframe,
                                                             time::TimeRange range) override {
    if (dice_.chance(outage_rate_)) {
      away_until_ = now_() + dice_.between(time::Duration{0}, longest_outage);
    }
    if (now_() < away_until_ || dice_.chance(failure_rate_)) {
      return result::make_error(result::ErrorCode::unavailable,
                                "The simulated exchange does not answer: ask again.");
    }
    const auto found = market_.find(symbol);
    if (!found || timeframe != market::Timeframe::minute()) {
      return result::make_error(result::ErrorCode::unknown_symbol, "not in this market", "symbol");
    }
    // Only what has closed.
    range.end = std::min(range.end, market_.opens(market_.minute_of(now_())));
    return market_.candles(*found, range);
  }

 private:
  const TradeMarket& market_;
  Dice dice_;
  std::function<time::Timestamp()> now_;
  static constexpr time::Duration longest_outage = std::chrono::minutes{12};
  double failure_rate_ = 0;
  double outage_rate_ = 0;
  time::Timestamp away_until_{};
};

}  // namespace hts::simulation
