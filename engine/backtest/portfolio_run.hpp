#pragma once

#include <optional>
#include <span>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// What the mode `portfolio` computes.
struct PortfolioRun {
  PortfolioOptions options;
  PortfolioReport report;
  /// Of the other answer to candles that hold a stop and a target, if both were asked for.
  std::optional<PortfolioStatistics> optimistic;
};

/// Trades the task on these candles (those of its plan's symbols) and reports. With both intrabar
/// answers asked for, the account trades a second time if any candle was ambiguous. Errors: those
/// of `simulate`.
[[nodiscard]] result::Result<PortfolioRun> run_portfolio(
    const PortfolioTask& task, std::span<const market::CandleView> candles,
    const StudyControl& control = {});

}  // namespace hts::backtest
