#include "engine/backtest/statistics/trade_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

/// A millisecond at most.
constexpr std::size_t trades_a_look = 1U << 14U;

/// visit(trade) in their order; ends early when cancelled.
template <class Visit>
void visit_each(std::span<const PortfolioTrade> trades, const std::atomic<bool>* cancel,
                Visit visit) {
  for (std::size_t done = 0; done < trades.size(); done += trades_a_look) {
    if (cancel != nullptr && *cancel) return;
    const auto piece = trades.subspan(done, std::min(trades_a_look, trades.size() - done));
    for (const auto& trade : piece) visit(trade);
  }
}

double quality(std::span<const PortfolioTrade> trades, double mean_profit,
               const std::atomic<bool>* cancel) {
  double squares = 0;
  visit_each(trades, cancel, [&](const PortfolioTrade& trade) {
    const double apart = trade.profit - mean_profit;
    squares += apart * apart;
  });
  const double count = static_cast<double>(trades.size());
  const double deviation = std::sqrt(squares / (count - 1));
  return deviation > 0 ? std::sqrt(count) * mean_profit / deviation : undefined;
}

}  // namespace

TradeStatistics trade_statistics(std::span<const PortfolioTrade> trades,
                                 const std::atomic<bool>* cancel) {
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
  visit_each(trades, cancel, [&](const PortfolioTrade& trade) {
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
  });
  const double count = static_cast<double>(trades.size());
  answer.win_rate = static_cast<double>(winners) / count;
  answer.geometric_mean = geometric.value(count);
  answer.mean = returns / count;
  answer.profit_factor = losses < 0 ? gains / -losses : undefined;
  answer.system_quality = quality(trades, (won + lost) / count, cancel);
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
  const auto exits_before = [](const PortfolioTrade& a, const PortfolioTrade& b) {
    return a.exit_bar < b.exit_bar;
  };
  if (!std::is_sorted(trades.begin(), trades.end(), exits_before)) {
    std::vector<PortfolioTrade> sorted(trades.begin(), trades.end());
    std::sort(sorted.begin(), sorted.end(), exits_before);
    return exposed_bars(sorted);
  }
  // From the last exit back: whatever held the first bar that is counted held all from there to the
  // exit at hand.
  std::size_t exposed = 0;
  std::size_t counted_from = std::numeric_limits<std::size_t>::max();
  for (auto trade = trades.rbegin(); trade != trades.rend(); ++trade) {
    if (trade->entry_bar >= counted_from) continue;
    exposed += std::min(trade->exit_bar + 1, counted_from) - trade->entry_bar;
    counted_from = trade->entry_bar;
  }
  return exposed;
}

}  // namespace hts::backtest
