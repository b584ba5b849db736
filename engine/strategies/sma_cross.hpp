#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/column_cache.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/crossing.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys when the fast simple moving average of closes crosses strictly above the slow one (below it
/// on the candle before, above it now) and sells on the strict cross below. The first candle that
/// can signal is the one after both averages have a value. O(1) a candle.
class SmaCross {
 public:
  static constexpr std::string_view name = "sma_cross";
  static constexpr std::string_view title = "Moving average cross";
  static constexpr std::string_view help =
      "Buys when the fast moving average crosses above the slow one, sells when it crosses below.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  /// Error: fast is not below slow, field params.fast.
  [[nodiscard]] static result::Status check(const Parameters& parameters);
  [[nodiscard]] static std::size_t warm_up(const Parameters& parameters);
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  static void scan_columns(const Parameters& parameters, market::CandleView candles,
                           ColumnCache& cache, std::vector<IndexedSignal>& signals);

  explicit SmaCross(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    fast_sum_.push(candle.close);
    slow_sum_.push(candle.close);
    if (seen_ < slow_) {
      ++seen_;
      if (seen_ < slow_) return;
    }
    const double fast = fast_sum_.current() * fast_share_;
    const double slow = slow_sum_.current() * slow_share_;
    context.look_at({fast, slow});
    const Cross cross = crossing_.update(fast, slow, slow);
    if (cross == Cross::none) [[likely]]
      return;
    if (cross == Cross::above) {
      context.buy(1);
    } else {
      context.sell(1);
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  static void each(auto& self, auto& state) {
    state(self.fast_sum_, self.slow_sum_, self.seen_, self.crossing_);
  }

 private:
  std::size_t fast_;
  std::size_t slow_;
  double fast_share_;
  double slow_share_;
  indicators::SlidingFold<indicators::SumFold> fast_sum_;
  indicators::SlidingFold<indicators::SumFold> slow_sum_;
  std::size_t seen_ = 0;
  Crossing crossing_;
};

}  // namespace hts::strategies
