#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string>
#include <vector>

#include "engine/backtest/statistics/portfolio_report.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::report {

/// A report with candles to it, as large as asked for.
struct Sample {
  backtest::PortfolioReport report;
  std::vector<market::CandleSeries> series;

  [[nodiscard]] std::vector<market::CandleView> views() const {
    std::vector<market::CandleView> found;
    for (const auto& one : series) found.push_back(one.view());
    return found;
  }
};

/// `trades` alternate between profit and loss and go through the symbols in turn.
inline Sample sample_of(std::size_t bars, std::size_t symbols, std::size_t trades) {
  Sample sample;
  auto& result = sample.report.result;
  sample.series.resize(symbols);
  for (std::size_t bar = 0; bar < bars; ++bar) {
    const time::Timestamp moment{std::chrono::days{19'000} + std::chrono::minutes{bar}};
    const double wave = std::sin(static_cast<double>(bar) / 50.0);
    result.time.push_back(moment);
    result.equity.push_back(10'000 + 500 * wave);
    for (std::size_t i = 0; i < symbols; ++i) {
      const double price = 100 + 10 * wave + static_cast<double>(i);
      sample.series[i].push_back({moment, price, price + 1, price - 1, price + 0.5, 3});
    }
  }
  for (std::size_t i = 0; i < symbols; ++i) {
    result.symbols.push_back(market::Symbol::parse("COIN" + std::to_string(i) + "_KRW").value());
    sample.report.slots.push_back({"sma_cross", i});
  }
  for (std::size_t i = 0; i < trades; ++i) {
    backtest::PortfolioTrade trade;
    trade.symbol = trade.slot = static_cast<std::uint32_t>(i % symbols);
    trade.quantity = i % 3 == 0 ? -2 : 2;
    trade.entry_bar = i * bars / (trades + 1);
    trade.exit_bar = std::min(trade.entry_bar + 5, bars - 1);
    trade.entry_time = result.time[trade.entry_bar];
    trade.exit_time = result.time[trade.exit_bar];
    trade.entry_price = 100;
    trade.exit_price = i % 2 == 0 ? 110 : 95;
    trade.profit = i % 2 == 0 ? 20 : -10;
    trade.return_fraction = trade.profit / 200;
    result.trades.push_back(trade);
  }
  auto& report = sample.report;
  report.per_symbol.assign(symbols, backtest::trade_group(result.trades, bars));
  report.per_slot = report.per_symbol;
  report.monthly = backtest::monthly_returns(result.time, result.equity);
  return sample;
}

}  // namespace hts::report
