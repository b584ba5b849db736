#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// A number of the report by which trials can be put in order.
struct RankedStatistic {
  std::string_view name;  ///< as in the report's JSON: "sharpe_ratio"
  double (*value)(const PortfolioStatistics&) = nullptr;
  bool quick = false;  ///< one of SweepStatistics
};

/// All of them, in the report's order.
[[nodiscard]] std::span<const RankedStatistic> ranked_statistics();

/// What a search looks for.
class Objective {
 public:
  /// Error: code invalid, field `by`, naming the known ones.
  [[nodiscard]] static result::Result<Objective> by(std::string_view statistic,
                                                    bool minimize = false);
  /// The highest Sharpe ratio.
  Objective();

  [[nodiscard]] const RankedStatistic& statistic() const noexcept { return *statistic_; }
  [[nodiscard]] bool minimize() const noexcept { return minimize_; }
  [[nodiscard]] double value(const PortfolioStatistics& statistics) const {
    return statistic_->value(statistics);
  }
  /// Whether `a` is better than `b`; NaN is worse than everything else.
  [[nodiscard]] bool better(double a, double b) const noexcept {
    if (a != a || b != b) return a == a && b != b;
    return minimize_ ? a < b : a > b;
  }

 private:
  const RankedStatistic* statistic_;
  bool minimize_ = false;
};

/// The quick ones in a report of which all else is NaN.
[[nodiscard]] PortfolioStatistics as_report(const SweepStatistics& quick);

}  // namespace hts::backtest
