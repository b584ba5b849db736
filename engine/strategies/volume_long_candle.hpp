#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"

namespace hts::strategies {

/// Buys a long rising candle on high volume: its body is at least `body_pct` of the open, each wick
/// is shorter than twice that, and its volume is at least `vol_multiplier` times the mean of the
/// last `vol_ma_window` candles (this one included, fewer at the start). A window without any
/// volume gives no signal. Confidence: min(volume / mean / multiplier, 1), so 1.
///
/// The comparison with the mean is that of exact arithmetic; signals depend on nothing older than
/// the window. O(1) a candle, O(window) where rounding could decide.
class VolumeLongCandle {
 public:
  static constexpr std::string_view name = "volume_long_candle";
  static constexpr std::string_view title = "Volume long candle";
  static constexpr std::string_view help =
      "Buys a long rising candle with short wicks whose volume stands out from the candles before.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit VolumeLongCandle(const Parameters& parameters);

  void on_candle(const market::Candle& candle, Context& context) {
    volumes_[next_] = candle.volume;
    next_ = next_ + 1 < volumes_.size() ? next_ + 1 : 0;
    if (count_ < volumes_.size()) ++count_;
    volume_sum_.push(candle.volume);
    context.look_at(
        {candle.open, candle.high, candle.low, candle.close, candle.volume, volume_sum_.current()});
    // One product turns most candles away before any division.
    if (candle.close - candle.open >= smallest_rise_ * candle.open && is_long(candle)) {
      // min(volume / mean / multiplier, 1) of a volume that reaches mean * multiplier.
      if (stands_out(candle.volume)) context.buy(1);
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

 private:
  [[nodiscard]] bool is_long(const market::Candle& candle) const noexcept {
    return candle.close > candle.open && (candle.close - candle.open) / candle.open >= body_pct_ &&
           (candle.high - candle.close) / candle.open < 2 * body_pct_ &&
           (candle.open - candle.low) / candle.open < 2 * body_pct_;
  }
  [[nodiscard]] bool stands_out(double volume) const noexcept;

  double multiplier_;
  double body_pct_;
  double smallest_rise_;  ///< body_pct_ less what rounding could do
  indicators::SlidingFold<indicators::SumFold> volume_sum_;
  std::vector<double> volumes_;  ///< ring of the last candles; next_ is the next place to write
  std::size_t next_ = 0;
  std::size_t count_ = 0;
};

}  // namespace hts::strategies
