#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::report {

using NamedText = std::pair<std::string, std::string>;

/// What a report says beside the simulation. All of it may come from outside: it is escaped.
struct ReportDetails {
  std::string title;
  std::vector<NamedText> parameters;  ///< of the strategies and the account
  std::vector<NamedText> facts;       ///< data fingerprint, engine version, files, dates
};

/// One HTML document that needs nothing else: its policy forbids the browser to load anything.
/// Equity, drawdown and candles with entries and exits (wheel and buttons zoom, dragging pans),
/// statistics, months, symbols, trades in pages, parameters and facts; all but charts and trades
/// can be read without JavaScript.
///
/// Its size is bounded whatever the data, at about 5 MB: neighbouring bars are put together until
/// there are at most 20,000 (fewer when several symbols share the room), the first 20 symbols have
/// a chart, and the first 10,000 trades are listed; the document says so where it applies.
[[nodiscard]] std::string html_report(const backtest::PortfolioReport& report,
                                      std::span<const market::CandleView> candles,
                                      const ReportDetails& details);

}  // namespace hts::report
