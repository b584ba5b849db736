#include "engine/strategies/volume_long_candle.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "engine/strategies/exact_mean.hpp"
#include "engine/strategies/operand_text.hpp"

namespace hts::strategies {

std::vector<ParameterSchema> VolumeLongCandle::schema() {
  return {
      {"vol_ma_window", std::int64_t{20}, 1, 500, false, "bars",
       "How many candles, this one included, the mean volume is taken over."},
      {"vol_multiplier", 1.5, 1, 10, false, "multiple",
       "How many times the mean the candle's volume must be."},
      {"body_pct", 0.02, 0, 0.10, true, "fraction",
       "Smallest rise from open to close, as a fraction of the open; wicks must stay below twice "
       "that."},
      {"hold_period_bars", std::int64_t{1}, 1, 100, false, "bars",
       "How many candles after the signal the position is closed."},
  };
}

std::vector<std::string> VolumeLongCandle::operands(const Parameters& parameters) {
  return {"open",
          "high",
          "low",
          "close",
          "volume",
          operand_text("sum", {{"period", parameters.integer("vol_ma_window")},
                               {"source", std::string{"volume"}}})};
}

VolumeLongCandle::VolumeLongCandle(const Parameters& parameters)
    : multiplier_(parameters.number("vol_multiplier")),
      body_pct_(parameters.number("body_pct")),
      smallest_rise_(body_pct_ * (1 - 1e-12)),
      volume_sum_(static_cast<std::size_t>(parameters.integer("vol_ma_window"))),
      volumes_(static_cast<std::size_t>(parameters.integer("vol_ma_window"))) {}

bool VolumeLongCandle::stands_out(double volume) const noexcept {
  if (!(volume > 0)) return false;
  // Far above what rounding does to the sum of at most 500 volumes.
  constexpr double margin = 1e-12;
  const double ours = volume * static_cast<double>(count_);
  const double wanted = volume_sum_.current() * multiplier_;
  if (ours < wanted * (1 - margin)) return false;
  if (ours > wanted * (1 + margin)) return true;

  ExactMean mean;
  // Until the ring is full its first count_ places are the candles so far.
  for (std::size_t i = 0; i < count_; ++i) mean.add(volumes_[i]);
  return mean.is_reached_by(volume, multiplier_);
}

std::vector<double> VolumeLongCandle::snapshot() const {
  std::vector<double> state = {static_cast<double>(count_)};
  const std::size_t oldest = count_ < volumes_.size() ? 0 : next_;
  for (std::size_t i = 0; i < count_; ++i) {
    state.push_back(volumes_[(oldest + i) % volumes_.size()]);
  }
  return state;
}

result::Status VolumeLongCandle::restore(std::span<const double> state) {
  const bool sized = !state.empty() && state.size() <= volumes_.size() + 1 &&
                     state[0] == static_cast<double>(state.size() - 1);
  if (!sized || !std::all_of(state.begin(), state.end(),
                             [](double volume) { return volume >= 0 && std::isfinite(volume); })) {
    return result::make_error(result::ErrorCode::conflict, "it is damaged", "snapshot");
  }
  volume_sum_.reset();
  for (const double volume : state.subspan(1)) volume_sum_.push(volume);
  std::copy(state.begin() + 1, state.end(), volumes_.begin());
  count_ = state.size() - 1;
  next_ = count_ % volumes_.size();
  return result::success();
}

}  // namespace hts::strategies
