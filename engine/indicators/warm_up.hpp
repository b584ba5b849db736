#pragma once

#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace hts::indicators {

/// What an indicator answers while it has seen too few candles: NaN.
inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

[[nodiscard]] constexpr bool has_value(double value) noexcept {
  return value == value;
}

/// Counts the first values of a window.
class WarmUp {
 public:
  explicit WarmUp(std::size_t values) noexcept : missing_(values) {}

  /// Counts one value; true from the last missing one on.
  bool step() noexcept { return missing_ == 0 || --missing_ == 0; }
  [[nodiscard]] bool over() const noexcept { return missing_ == 0; }

  static void each(auto& self, auto& state) { state(self.missing_); }

 private:
  std::size_t missing_;
};

/// The last `size` values in a ring.
class Ring {
 public:
  /// Requires size >= 1.
  explicit Ring(std::size_t size) : values_(size, no_value) {}

  /// Takes a value in; the one that leaves, pushed `size` pushes ago, or no value yet.
  double push(double value) noexcept {
    const double oldest = std::exchange(values_[next_], value);
    next_ = next_ + 1 < values_.size() ? next_ + 1 : 0;
    return oldest;
  }
  /// All values, in no useful order.
  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }
  [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
  /// The value pushed `age` pushes before the last one. Requires age < size.
  [[nodiscard]] double back(std::size_t age) const noexcept {
    const std::size_t from_end = age + 1;
    return values_[next_ >= from_end ? next_ - from_end : next_ + values_.size() - from_end];
  }

  static void each(auto& self, auto& state) {
    state(self.values_);
    state.index(self.next_, self.values_.size());
  }

 private:
  std::vector<double> values_;
  std::size_t next_ = 0;
};

}  // namespace hts::indicators
