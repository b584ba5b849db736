#include "adapters/report/chart_data.hpp"

#include <algorithm>
#include <limits>

namespace hts::report {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

ChartData::Candles put_together(const backtest::PortfolioResult& result,
                                const market::CandleView& candles, std::size_t bars_a_bucket,
                                std::size_t buckets) {
  ChartData::Candles all;
  for (auto* column : {&all.open, &all.high, &all.low, &all.close}) column->assign(buckets, none);
  std::size_t next = 0;
  for (std::size_t bar = 0; bar < result.time.size() && next < candles.size(); ++bar) {
    if (candles.open_time[next] != result.time[bar]) continue;
    const market::Candle candle = candles[next++];
    const std::size_t bucket = bar / bars_a_bucket;
    // A comparison with the NaN of a bucket without candles is false.
    const bool first = !(all.open[bucket] == all.open[bucket]);
    if (first) all.open[bucket] = candle.open;
    all.high[bucket] = first ? candle.high : std::max(all.high[bucket], candle.high);
    all.low[bucket] = first ? candle.low : std::min(all.low[bucket], candle.low);
    all.close[bucket] = candle.close;
  }
  return all;
}

}  // namespace

ChartData chart_data(const backtest::PortfolioResult& result,
                     std::span<const market::CandleView> candles, const ChartLimits& limits) {
  ChartData data;
  data.bars = result.time.size();
  const std::size_t most = std::max<std::size_t>(limits.buckets, 1);
  data.bars_a_bucket = std::max<std::size_t>(1, (data.bars + most - 1) / most);
  double peak = 0;
  for (std::size_t bar = 0; bar < data.bars; ++bar) {
    const double equity = result.equity[bar];
    peak = std::max(peak, equity);
    const double drawdown = peak > 0 ? (equity / peak - 1) * 100 : 0;
    if (bar % data.bars_a_bucket == 0) {
      data.time.push_back(result.time[bar]);
      data.equity.push_back(equity);
      data.drawdown_pct.push_back(drawdown);
    } else {
      data.equity.back() = equity;
      data.drawdown_pct.back() = std::min(data.drawdown_pct.back(), drawdown);
    }
  }
  for (std::size_t i = 0; i < std::min(candles.size(), limits.symbols); ++i) {
    data.symbols.push_back(put_together(result, candles[i], data.bars_a_bucket, data.time.size()));
    data.symbols.back().symbol = i;
  }
  return data;
}

}  // namespace hts::report
