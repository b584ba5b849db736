#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/statistics/calendar_periods.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/backtest/statistics/sharpe_inference.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::backtest {

/// The trades of one symbol or of one slot. Amounts in the quote currency; NaN without trades where
/// a mean or an extreme has none.
struct TradeGroup {
  std::size_t trades = 0;
  double win_rate_pct = 0;
  double profit = 0;  ///< net
  double commission = 0;
  double avg_return_pct = 0;     ///< arithmetic mean of the trades' returns
  double max_adverse_pct = 0;    ///< the worst of them, <= 0
  double exposure_time_pct = 0;  ///< share of the report's bars
  double avg_duration_seconds = 0;

  friend bool operator==(const TradeGroup&, const TradeGroup&) = default;
};

/// Looks at `cancel`, which may be null, on the way; once it is set the answer means nothing.
[[nodiscard]] TradeGroup trade_group(std::span<const PortfolioTrade> trades, std::size_t bars,
                                     const std::atomic<bool>* cancel = nullptr);

/// What the Sharpe ratio of the period returns is worth (sharpe_inference.hpp).
struct SharpeInference {
  ReturnMoments moments;
  double periods_a_year = 0;
  double probabilistic_sharpe = 0;  ///< 0..1, against a true ratio of 0
  double minimum_track_record = 0;  ///< periods, at 95 %
  /// Of the winner of a search only.
  struct Deflation {
    std::size_t trials = 0;
    double expected_best_sharpe = 0;  ///< a period
    double deflated_sharpe = 0;       ///< 0..1
  };
  std::optional<Deflation> deflation;
};

/// Everything that people are told about a simulation. Owns it all.
struct PortfolioReport {
  /// A slot of the plan, by its place there.
  struct Slot {
    std::string strategy;
    std::size_t symbol = 0;  ///< place in result.symbols
  };

  PortfolioResult result;
  PortfolioStatistics statistics;
  std::vector<Slot> slots;
  std::vector<MonthlyReturn> monthly;
  std::vector<TradeGroup> per_symbol;  ///< by place in result.symbols
  std::vector<TradeGroup> per_slot;    ///< by place in slots
  SharpeInference inference;
  std::vector<std::string> warnings;  ///< sentences
};

/// `candles[i]` are those of `plan.symbols[i]` that the simulation ran on. O(bars * symbols +
/// trades log(trades)). Looks at `cancel`, which may be null, on the way; once it is set the answer
/// means nothing.
[[nodiscard]] PortfolioReport make_report(const PortfolioPlan& plan, PortfolioResult result,
                                          std::span<const market::CandleView> candles,
                                          const std::atomic<bool>* cancel = nullptr);

/// What the report's statistics are computed from; `closes` is the basket that it points to.
[[nodiscard]] StatisticsInput statistics_input(const PortfolioPlan& plan,
                                               const PortfolioResult& result,
                                               std::span<const double> closes);

}  // namespace hts::backtest
