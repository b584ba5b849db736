#include "engine/strategies/volume_zone_breakout.hpp"

#include <algorithm>
#include <cmath>

namespace hts::strategies {
namespace {

/// Relative error allowed to each of two sums over at most 500 spans and 100 bins; four decimal
/// digits above what rounding can do.
constexpr double sum_margin = 1e-12;
/// A span without height belongs to the bin that a division picks: an edge this close (relative)
/// may fall on either side of it.
constexpr double edge_margin = 1e-14;
/// Outside these magnitudes products underflow or overflow and relative errors mean nothing.
constexpr double smallest_ordinary = 1e-150;
constexpr double largest_ordinary = 1e150;

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

VolumeZoneBreakout::VolumeZoneBreakout(const Parameters& parameters, VolumeAbove volume_above)
    : window_(static_cast<std::size_t>(parameters.integer("volume_window"))),
      bin_count_(static_cast<std::size_t>(parameters.integer("num_bins"))),
      top_percentile_(parameters.number("top_percentile")),
      level_factor_(1 + parameters.number("breakout_buffer")),
      inverse_level_factor_(1 / level_factor_),
      include_wicks_(parameters.flag("include_wicks")),
      volume_above_(volume_above),
      columns_(column_count * 2 * window_),
      lowest_(window_),
      highest_(window_),
      total_volume_(window_) {}

void VolumeZoneBreakout::judge(double high, Context& context) {
  const auto bins = PriceBins::over(lowest_.current(), highest_.current(), bin_count_);
  if (!bins.splits() || !(total_volume_.current() > 0)) return;

  const std::size_t passed = levels_passed(bins, high);
  if (passed == 0) return;
  std::optional<bool> stays_below = std::nullopt;
  std::optional<std::size_t> resistance;
  if (is_ordinary(bins.lowest) && is_ordinary(bins.highest) &&
      is_ordinary(total_volume_.current())) {
    stays_below = passed < bins.count ? share_reached(bins.edge(passed)) : false;
    if (stays_below == true) return;
    if (stays_below == false) resistance = resistance_below(bins, passed);
  }
  if (!resistance) {
    ++decided_by_definition_;
    resistance = resistance_bin(bins, {in_window(bottom), in_window(top), in_window(volume)},
                                top_percentile_, scratch_);
    if (*resistance >= passed) return;
  }
  const double passed_level = level(bins, *resistance);
  context.buy(std::min(0.5 + (high - passed_level) / passed_level, 1.0));
}

/// How many of the levels, from the lowest up, the high reaches.
std::size_t VolumeZoneBreakout::levels_passed(const PriceBins& bins, double high) const noexcept {
  std::size_t passed = bins.holding(high * inverse_level_factor_);
  while (passed < bins.count && high >= level(bins, passed)) ++passed;
  while (passed > 0 && !(high >= level(bins, passed - 1))) --passed;
  return passed;
}

std::optional<bool> VolumeZoneBreakout::share_reached(double edge) const noexcept {
  const auto above = [this](double price) noexcept {
    return volume_above_(in_window(top).data(), in_window(inverse_height).data(),
                         in_window(volume).data(), window_, price);
  };
  const double wanted = top_percentile_ * total_volume_.current();
  if (above(edge * (1 + edge_margin)) >= wanted * (1 + sum_margin)) return true;
  if (above(edge * (1 - edge_margin)) < wanted * (1 - sum_margin)) return false;
  return std::nullopt;
}

/// The highest bin whose share is reached, given one that is not; nothing when one is too close.
std::optional<std::size_t> VolumeZoneBreakout::resistance_below(
    const PriceBins& bins, std::size_t not_reached) const noexcept {
  std::size_t reached = 0;  // by definition: the lowest bin takes what is left
  while (not_reached - reached > 1) {
    const std::size_t middle = reached + (not_reached - reached) / 2;
    const auto answer = share_reached(bins.edge(middle));
    if (!answer) return std::nullopt;
    (*answer ? reached : not_reached) = middle;
  }
  return reached;
}

std::vector<double> VolumeZoneBreakout::snapshot() const {
  std::vector<double> state = {static_cast<double>(count_)};
  state.reserve(1 + 3 * count_);
  const std::size_t oldest = count_ < window_ ? 0 : next_;
  for (std::size_t i = oldest; i < oldest + count_; ++i) {
    for (const Column which : {bottom, top, volume}) {
      state.push_back(columns_[which * 2 * window_ + i]);
    }
  }
  return state;
}

result::Status VolumeZoneBreakout::restore(std::span<const double> state) {
  bool sound = !state.empty() && (state.size() - 1) % 3 == 0 && (state.size() - 1) / 3 <= window_ &&
               state[0] == static_cast<double>((state.size() - 1) / 3);
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
  for (std::size_t i = 1; i < state.size(); i += 3) push(state[i], state[i + 1], state[i + 2]);
  return result::success();
}

}  // namespace hts::strategies
