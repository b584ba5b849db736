#include "engine/strategies/volume_zone_breakout.hpp"

#include <algorithm>
#include <cmath>

#include "engine/strategies/operand_text.hpp"

namespace hts::strategies {
namespace {

/// Relative error allowed to each of two sums over at most 500 spans and 100 bins; four decimal
/// digits above what rounding can do.
constexpr double sum_margin = 1e-12;
/// A span without height belongs to the bin that a division picks: an edge this close (relative)
/// may fall on either side of it.
constexpr double edge_margin = 1e-14;
/// Outside these magnitudes products underflow or overflow and relative errors mean nothing.
constexpr double smallest_ordinary = 1e-80;
constexpr double largest_ordinary = 1e80;

bool is_ordinary(double value) noexcept {
  return value >= smallest_ordinary && value <= largest_ordinary;
}

}  // namespace

std::vector<ParameterSchema> VolumeZoneBreakout::schema() {
  return {
      {"volume_window", std::int64_t{60}, 2, 500, false, "bars",
       "How many candles before this one the zones are taken from."},
      {"top_percentile", 0.2, 0.05, 0.5, false, "fraction",
       "Share of the volume, from the highest prices down, whose lower end is the resistance."},
      {"breakout_buffer", 0.01, 0, 0.05, false, "fraction",
       "How far above the resistance the high must be, as a fraction of it."},
      {"hold_period_bars", std::int64_t{1}, 1, 100, false, "bars",
       "How many candles after the signal the position is closed."},
      {"num_bins", std::int64_t{20}, 5, 100, false, "bins",
       "Into how many equal price zones the window is split."},
      {"include_wicks", true, 0, 0, false, "",
       "Whether a candle's volume spans low to high, or only open to close."},
  };
}

std::vector<std::string> VolumeZoneBreakout::operands(const Parameters& parameters) {
  const auto of_window = [&](const char* indicator, const char* wicks, const char* bodies) {
    const char* source = parameters.flag("include_wicks") ? wicks : bodies;
    return operand_text(indicator, {{"period", parameters.integer("volume_window")},
                                    {"source", std::string{source}}}) +
           " of the candles before";
  };
  return {"high", of_window("lowest", "low", "lower of open and close"),
          of_window("highest", "high", "higher of open and close"),
          of_window("sum", "volume", "volume")};
}

VolumeZoneBreakout::VolumeZoneBreakout(const Parameters& parameters, VolumeAbove volume_above)
    : window_(static_cast<std::size_t>(parameters.integer("volume_window"))),
      top_percentile_(parameters.number("top_percentile")),
      level_factor_(1 + parameters.number("breakout_buffer")),
      include_wicks_(parameters.flag("include_wicks")),
      volume_above_(volume_above),
      spans_(window_),
      blocks_((window_ + SpanBlock::lanes - 1) / SpanBlock::lanes),
      lowest_(window_),
      highest_(window_),
      total_volume_(window_),
      bins_{0, 0, 0, static_cast<std::size_t>(parameters.integer("num_bins"))} {}

void VolumeZoneBreakout::judge(double high, Context& context) {
  if (lowest_.current() != bins_.lowest || highest_.current() != bins_.highest) split_anew();
  if (!bins_.splits() || !(total_volume_.current() > 0)) return;

  resistance_ = resistance_or_above(high);
  if (resistance_ == too_close) resistance_ = resistance_by_definition();
  const double breakout_level = level(resistance_);
  if (!(high >= breakout_level)) return;
  context.buy(std::min(0.5 + (high - breakout_level) / breakout_level, 1.0));
}

void VolumeZoneBreakout::split_anew() noexcept {
  const double resistance = bins_.edge(resistance_);
  bins_ = PriceBins::over(lowest_.current(), highest_.current(), bins_.count);
  resistance_ = bins_.splits() ? bins_.holding(resistance + bins_.width / 2) : 0;
}

VolumeZoneBreakout::Answer VolumeZoneBreakout::share_reached(double edge) const noexcept {
  const auto above = [this](double price) noexcept {
    return volume_above_(blocks_.data(), blocks_.size(), price);
  };
  const double wanted = top_percentile_ * total_volume_.current();
  const double margin = flat_spans_ > 0 ? edge_margin : 0;
  const double least = above(edge * (1 + margin));
  if (least >= wanted * (1 + sum_margin)) return Answer::yes;
  const double most = flat_spans_ > 0 ? above(edge * (1 - margin)) : least;
  if (most < wanted * (1 - sum_margin)) return Answer::no;
  return Answer::too_close;
}

/// The resistance's bin; or, when its level is above `high`, that or a lower bin whose level is
/// above `high` too; or `too_close` when some bin is.
std::size_t VolumeZoneBreakout::resistance_or_above(double high) const noexcept {
  if (!is_ordinary(bins_.lowest) || !is_ordinary(bins_.highest) ||
      !is_ordinary(total_volume_.current())) {
    return too_close;
  }
  std::size_t reached = 0;  // by definition: the lowest bin takes what is left
  std::size_t not_reached = bins_.count;
  // The resistance is mostly where it was the last time. If the high is below that, one probe there
  // settles it; else two, there and one bin above.
  std::size_t probe = high >= level(resistance_) ? resistance_ + 1 : resistance_;
  for (int probes = 0; not_reached - reached > 1; ++probes) {
    probe = probes < 3 ? std::clamp(probe, reached + 1, not_reached - 1)
                       : reached + (not_reached - reached) / 2;
    const auto answer = share_reached(bins_.edge(probe));
    if (answer == Answer::too_close) return too_close;
    if (answer == Answer::yes) {
      if (!(high >= level(probe))) return probe;
      reached = probe++;
    } else {
      not_reached = probe--;
    }
  }
  return reached;
}

std::size_t VolumeZoneBreakout::resistance_by_definition() {
  ++decided_by_definition_;
  in_order_.resize(window_);
  std::rotate_copy(spans_.begin(), spans_.begin() + static_cast<std::ptrdiff_t>(next_),
                   spans_.end(), in_order_.begin());
  return resistance_bin(bins_, in_order_, top_percentile_, binned_);
}

std::vector<double> VolumeZoneBreakout::snapshot() const {
  std::vector<double> state = {static_cast<double>(count_)};
  state.reserve(1 + 3 * count_);
  const std::size_t oldest = count_ < window_ ? 0 : next_;
  for (std::size_t i = 0; i < count_; ++i) {
    const PriceSpan& span = spans_[(oldest + i) % window_];
    state.insert(state.end(), {span.bottom, span.top, span.volume});
  }
  return state;
}

result::Status VolumeZoneBreakout::restore(std::span<const double> state) {
  const std::size_t count = state.empty() ? 0 : (state.size() - 1) / 3;
  bool sound =
      state.size() == 1 + 3 * count && count <= window_ && state[0] == static_cast<double>(count);
  for (std::size_t i = 1; sound && i < state.size(); i += 3) {
    sound = state[i] > 0 && state[i] <= state[i + 1] && std::isfinite(state[i + 1]) &&
            state[i + 2] >= 0 && std::isfinite(state[i + 2]);
  }
  if (!sound) {
    return result::make_error(result::ErrorCode::conflict, "it is damaged", "snapshot");
  }
  next_ = 0;
  count_ = 0;
  lowest_.reset();
  highest_.reset();
  total_volume_.reset();
  flat_spans_ = 0;
  for (std::size_t i = 1; i < state.size(); i += 3) push(state[i], state[i + 1], state[i + 2]);
  return result::success();
}

}  // namespace hts::strategies
