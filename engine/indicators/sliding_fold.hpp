#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace hts::indicators {

struct SumFold {
  using Value = double;
  static constexpr double identity = 0;
  static double combine(double older, double newer) noexcept { return older + newer; }
};
struct MinimumFold {
  using Value = double;
  static constexpr double identity = std::numeric_limits<double>::infinity();
  static double combine(double older, double newer) noexcept {
    return newer < older ? newer : older;
  }
};
struct MaximumFold {
  using Value = double;
  static constexpr double identity = -std::numeric_limits<double>::infinity();
  static double combine(double older, double newer) noexcept {
    return newer > older ? newer : older;
  }
};

/// Values together with their sum weighted by age: the oldest counts once, the next twice, ...
struct WeightedSum {
  double count = 0;
  double sum = 0;
  double weighted = 0;

  [[nodiscard]] static WeightedSum of(double value) noexcept { return {1, value, value}; }
  static void each(auto& self, auto& state) { state(self.count, self.sum, self.weighted); }
};
struct WeightedSumFold {
  using Value = WeightedSum;
  static constexpr WeightedSum identity{};
  static WeightedSum combine(const WeightedSum& older, const WeightedSum& newer) noexcept {
    return {older.count + newer.count, older.sum + newer.sum,
            older.weighted + newer.weighted + older.count * newer.sum};
  }
};

/// Sum, minimum, maximum or any other fold of the last `window` values in O(1) amortised. `combine`
/// must be associative with `identity` neutral.
///
/// Values come in blocks of `window`. The window is the end of the finished block and the start of
/// the growing one: the first is a precomputed suffix fold, the second a running fold. So nothing
/// is ever taken out again: a sum of positive values has a relative error below window * 2^-53
/// after any number of values, however large a value that has left the window was.
///
/// 1. slots_[0, filled_) are values of the growing block; slots_[filled_, window) are folds of the
///    finished block from that place to its end (the identity before the first is finished).
template <class Fold>
class SlidingFold {
 public:
  using Value = typename Fold::Value;

  /// Requires window >= 1.
  explicit SlidingFold(std::size_t window) : slots_(window, Fold::identity) {}

  /// Takes a value in and the oldest out.
  void push(const Value& value) noexcept {
    slots_[filled_++] = value;
    growing_ = Fold::combine(growing_, value);
    if (filled_ < slots_.size()) {
      current_ = Fold::combine(slots_[filled_], growing_);
      return;
    }
    current_ = growing_;
    finish_block();
  }

  /// The fold of the last min(pushed, window) values; the identity of none.
  [[nodiscard]] const Value& current() const noexcept { return current_; }

  void reset() noexcept {
    std::fill(slots_.begin(), slots_.end(), Fold::identity);
    filled_ = 0;
    growing_ = Fold::identity;
    current_ = Fold::identity;
  }

  /// Its whole state, to be saved or restored (see state.hpp).
  static void each(auto& self, auto& state) {
    state(self.slots_, self.growing_, self.current_);
    state.index(self.filled_, self.slots_.size());
  }

 private:
  void finish_block() noexcept {
    Value fold = slots_.back();
    for (std::size_t i = slots_.size() - 1; i > 0; --i) {
      fold = Fold::combine(slots_[i - 1], fold);
      slots_[i - 1] = fold;
    }
    filled_ = 0;
    growing_ = Fold::identity;
  }

  std::vector<Value> slots_;
  std::size_t filled_ = 0;
  Value growing_ = Fold::identity;
  Value current_ = Fold::identity;
};

}  // namespace hts::indicators
