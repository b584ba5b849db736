#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/indicators/sliding_fold.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/parameters.hpp"
#include "engine/strategies/volume_above.hpp"
#include "engine/strategies/volume_zone.hpp"

namespace hts::strategies {

/// Buys when a candle's high passes the resistance of the `volume_window` candles strictly before
/// it by `breakout_buffer`. The resistance is the lower edge of the bin in which, adding volumes
/// from the top down, `top_percentile` of the window's volume is reached (resistance_bin). With
/// level = resistance * (1 + breakout_buffer): BUY when high >= level, confidence
/// min(0.5 + (high - level) / level, 1). No signal before the window is full, nor while all its
/// prices are equal or its volume is 0.
///
/// How it is fast: a high that passes the levels of bins 0 .. k-1 is a signal exactly when the
/// volume above edge(k) is below the wanted share, and that volume is one pass over the window
/// without any bins. Where it comes out too close to the wanted share for rounding, the definition
/// decides; so the signals are always those of the definition, on every processor. A candle below
/// the lowest level costs O(1), another O(window), a signal O(window * log bins).
class VolumeZoneBreakout {
 public:
  static constexpr std::string_view name = "volume_zone_breakout";
  static constexpr std::string_view title = "Volume zone breakout";
  static constexpr std::string_view help =
      "Buys when the price breaks above the zone where the upper part of the recent volume was "
      "traded.";
  static constexpr int state_version = 1;
  [[nodiscard]] static std::vector<ParameterSchema> schema();
  [[nodiscard]] static std::vector<std::string> operands(const Parameters& parameters);

  explicit VolumeZoneBreakout(const Parameters& parameters,
                              VolumeAbove volume_above = fastest_volume_above());

  void on_candle(const market::Candle& candle, Context& context) {
    context.look_at({candle.high, lowest_.current(), highest_.current(), total_volume_.current()});
    if (count_ == window_ && candle.high >= lowest_.current() * level_factor_) {
      judge(candle.high, context);
    }
    if (include_wicks_) {
      push(candle.low, candle.high, candle.volume);
    } else if (candle.open < candle.close) {
      push(candle.open, candle.close, candle.volume);
    } else {
      push(candle.close, candle.open, candle.volume);
    }
  }

  [[nodiscard]] std::vector<double> snapshot() const;
  [[nodiscard]] result::Status restore(std::span<const double> state);

  /// Candles that the definition had to decide, out of all so far: for measurements.
  [[nodiscard]] std::uint64_t decided_by_definition() const noexcept {
    return decided_by_definition_;
  }

 private:
  /// Stands for the height of a span without any, which lies wholly above or wholly below an edge:
  /// smaller than the distance of any two different prices of ordinary magnitude.
  static constexpr double flat_height = 1e-100;

  void push(double bottom, double top, double volume) noexcept {
    PriceSpan& place = spans_[next_];
    if (count_ < window_) {
      ++count_;
    } else if (!(place.top > place.bottom)) {
      --flat_spans_;
    }
    place = {bottom, top, volume};
    const bool flat = !(top > bottom);
    if (flat) ++flat_spans_;
    const double height = flat ? flat_height : top - bottom;
    SpanBlock& block = blocks_[next_ / SpanBlock::lanes];
    const std::size_t lane = next_ % SpanBlock::lanes;
    block.top[lane] = top;
    block.height[lane] = height;
    block.density[lane] = volume / height;
    lowest_.push(bottom);
    highest_.push(top);
    total_volume_.push(volume);
    next_ = next_ + 1 < window_ ? next_ + 1 : 0;
  }

  void judge(double high, Context& context);
  void split_anew() noexcept;
  [[nodiscard]] double level(std::size_t k) const noexcept { return bins_.edge(k) * level_factor_; }
  enum class Answer { no, yes, too_close };
  static constexpr std::size_t too_close = static_cast<std::size_t>(-1);
  /// Whether the volume above an edge is at least the wanted share.
  [[nodiscard]] Answer share_reached(double edge) const noexcept;
  [[nodiscard]] std::size_t resistance_or_above(double high) const noexcept;
  [[nodiscard]] std::size_t resistance_by_definition();

  std::size_t window_;
  double top_percentile_;
  double level_factor_;
  bool include_wicks_;
  VolumeAbove volume_above_;

  std::vector<PriceSpan> spans_;   ///< ring of the window; next_ is the next place to write
  std::vector<SpanBlock> blocks_;  ///< the same spans at the same places
  std::size_t next_ = 0;
  std::size_t count_ = 0;
  indicators::SlidingFold<indicators::MinimumFold> lowest_;
  indicators::SlidingFold<indicators::MaximumFold> highest_;
  indicators::SlidingFold<indicators::SumFold> total_volume_;
  std::size_t flat_spans_ = 0;       ///< in the window, those without height
  PriceBins bins_;                   ///< of the last window judged
  std::size_t resistance_ = 0;       ///< the search starts here; no part of the answer
  std::vector<PriceSpan> in_order_;  ///< for the definition
  std::vector<double> binned_;       ///< for the definition
  std::uint64_t decided_by_definition_ = 0;
};

}  // namespace hts::strategies
