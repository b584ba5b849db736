#include "engine/backtest/statistics/trade_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "engine/backtest/statistics/undefined.hpp"

namespace hts::backtest {
namespace {

/// exp(mean of ln(1 + r)) - 1, and 0 when anything lost all. One logarithm for many factors.
class GeometricMean {
 public:
  void add(double return_fraction) {
    const double factor = 1 + return_fraction;
    if (factor <= 0) ruined_ = true;
    product_ *= factor;
    if (product_ > 1e100 || product_ < 1e-100) fold();
  }
  double value(double count) {
    if (ruined_) return 0;
    fold();
    return std::expm1(sum_ / count);
  }

 private:
  void fold() {
    sum_ += std::log(product_);
    product_ = 1;
  }

  double product_ = 1;
  double sum_ = 0;
  bool ruined_ = false;
};

double quality(std::span<const PortfolioTrade> trades, double mean_profit) {
  double squares = 0;
  for (const auto& trade : trades) {
    const double apart = trade.profit - mean_profit;
    squares += apart * apart;
  }
  const double count = static_cast<double>(trades.size());
  const double deviation = std::sqrt(squares / (count - 1));
  return deviation > 0 ? std::sqrt(count) * mean_profit / deviation : undefined;
}

}  // namespace

TradeStatistics trade_statistics(std::span<const PortfolioTrade> trades) {
  TradeStatistics answer;
  answer.trades = trades.size();
  if (trades.empty()) {
    answer.win_rate = answer.best = answer.worst = answer.geometric_mean = answer.mean = undefined;
    answer.profit_factor = answer.system_quality = answer.kelly = undefined;
    return answer;
  }
  answer.best = answer.worst = trades[0].return_fraction;
  GeometricMean geometric;
  double returns = 0;
  double gains = 0;
  double losses = 0;
  double won = 0;
  double lost = 0;
  std::size_t winners = 0;
  std::size_t losers = 0;
  time::Duration durations{};
  for (const auto& trade : trades) {
    const double change = trade.return_fraction;
    geometric.add(change);
    returns += change;
    (change > 0 ? gains : losses) += change;
    answer.best = std::max(answer.best, change);
    answer.worst = std::min(answer.worst, change);
    if (trade.profit > 0) {
      ++winners;
      won += trade.profit;
    } else if (trade.profit < 0) {
      ++losers;
      lost += trade.profit;
    }
    const auto duration = trade.exit_time - trade.entry_time;
    durations += duration;
    answer.longest = std::max(answer.longest, duration);
  }
  const double count = static_cast<double>(trades.size());
  answer.win_rate = static_cast<double>(winners) / count;
  answer.geometric_mean = geometric.value(count);
  answer.mean = returns / count;
  answer.profit_factor = losses < 0 ? gains / -losses : undefined;
  answer.system_quality = quality(trades, (won + lost) / count);
  const double mean_win = winners > 0 ? won / static_cast<double>(winners) : undefined;
  const double mean_loss = losers > 0 ? -lost / static_cast<double>(losers) : undefined;
  answer.kelly = answer.win_rate - (1 - answer.win_rate) / (mean_win / mean_loss);
  answer.mean_duration = durations / static_cast<time::Duration::rep>(trades.size());
  return answer;
}

double win_rate_of(std::span<const PortfolioTrade> trades) {
  if (trades.empty()) return undefined;
  const auto winners =
      std::count_if(trades.begin(), trades.end(), [](const auto& t) { return t.profit > 0; });
  return static_cast<double>(winners) / static_cast<double>(trades.size());
}

std::size_t exposed_bars(std::span<const PortfolioTrade> trades) {
  std::vector<std::pair<std::size_t, std::size_t>> held;
  held.reserve(trades.size());
  for (const auto& trade : trades) held.emplace_back(trade.entry_bar, trade.exit_bar);
  if (!std::is_sorted(held.begin(), held.end())) std::sort(held.begin(), held.end());
  std::size_t exposed = 0;
  std::size_t counted_to = 0;
  for (const auto& [entry, exit] : held) {
    const std::size_t begin = std::max(entry, counted_to);
    if (begin > exit) continue;
    exposed += exit + 1 - begin;
    counted_to = exit + 1;
  }
  return exposed;
}

}  // namespace hts::backtest
