#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/sweep/trials.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/column_cache.hpp"

namespace hts::backtest {

/// What all workers of a sweep read: the candles and what follows from them alone.
struct SweptMarket {
  std::span<const market::CandleView> candles;
  std::vector<time::Timestamp> time;     ///< union of the symbols' candles
  std::vector<std::size_t> period_ends;  ///< last bar of each period of the returns

  /// `candles` must outlive it. Incomplete after a cancel; `cancel` may be null.
  SweptMarket(std::span<const market::CandleView> candles, const std::atomic<bool>* cancel);
};

/// Tries one combination after another for one worker, in memory of its own that is used again.
class TrialRunner {
 public:
  /// All arguments outlive it.
  TrialRunner(const PortfolioPlan& plan, const SweptMarket& market, bool all_statistics,
              std::shared_ptr<strategies::ColumnStore> columns, const StudyControl& control);

  [[nodiscard]] result::Result<Trial> run(const strategies::Parameters& parameters,
                                          bool keep_returns);

 private:
  PortfolioPlan plan_;
  const SweptMarket* market_;
  bool all_statistics_;
  StudyControl control_;  ///< without progress, which is that of the whole sweep
  strategies::ColumnCache columns_;
  std::vector<std::vector<strategies::IndexedSignal>> signals_;
  std::vector<std::span<const strategies::IndexedSignal>> signal_spans_;
  PortfolioResult result_;
  std::vector<double> returns_;
};

}  // namespace hts::backtest
