#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "engine/indicators/warm_up.hpp"

namespace hts::indicators {

/// Mean and population variance of the last `window` values, O(1) amortised. Blocks as in
/// SlidingFold; every sum is of differences to a value inside the window (the last of the finished
/// block, the first of the growing one), so that what matters is the spread of the window and not
/// the size of its values: a flat window has variance 0 exactly, also at prices of 1e9.
class WindowMoments {
 public:
  struct Value {
    double mean = no_value;
    double variance = no_value;
  };

  /// Requires window >= 1.
  explicit WindowMoments(std::size_t window)
      : window_(static_cast<double>(window)), slots_(window), warm_up_(window) {}

  /// Takes a value in and the oldest out; the moments, or no value while the window fills.
  Value update(double value) noexcept {
    if (filled_ == 0) {
      growing_ = {};
      growing_anchor_ = value;
    }
    slots_[filled_++] = {value, 0};
    growing_ = with(growing_, value - growing_anchor_);
    if (filled_ == slots_.size()) finish_block();
    return warm_up_.step() ? moments() : Value{};
  }

  static void each(auto& self, auto& state) {
    state(self.slots_, self.growing_, self.growing_anchor_, self.finished_anchor_, self.warm_up_);
    state.index(self.filled_, self.slots_.size());
  }

 private:
  /// Of differences to an anchor. In a slot of the growing block `sum` is the value itself.
  struct Sums {
    double sum = 0;
    double squares = 0;
    static void each(auto& self, auto& state) { state(self.sum, self.squares); }
  };

  static Sums with(const Sums& sums, double difference) noexcept {
    return {sums.sum + difference, sums.squares + difference * difference};
  }

  void finish_block() noexcept {
    finished_anchor_ = slots_.back().sum;
    Sums sums;
    for (std::size_t i = slots_.size(); i > 0; --i) {
      sums = with(sums, slots_[i - 1].sum - finished_anchor_);
      slots_[i - 1] = sums;
    }
    filled_ = 0;
    growing_ = {};
    growing_anchor_ = finished_anchor_;
  }

  [[nodiscard]] Value moments() const noexcept {
    const Sums& finished = slots_[filled_];
    const double count = window_ - static_cast<double>(filled_);
    const double shift = finished_anchor_ - growing_anchor_;
    const double sum = finished.sum + count * shift + growing_.sum;
    const double squares =
        finished.squares + shift * (2 * finished.sum + count * shift) + growing_.squares;
    const double offset = sum / window_;
    return {growing_anchor_ + offset, std::max(0.0, squares / window_ - offset * offset)};
  }

  double window_;
  std::vector<Sums> slots_;
  std::size_t filled_ = 0;
  Sums growing_;
  double growing_anchor_ = 0;
  double finished_anchor_ = 0;
  WarmUp warm_up_;
};

}  // namespace hts::indicators
