#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace hts::strategies {

struct SumFold {
  static constexpr double identity = 0;
  static double combine(double older, double newer) noexcept { return older + newer; }
};
struct MinimumFold {
  static constexpr double identity = std::numeric_limits<double>::infinity();
  static double combine(double older, double newer) noexcept {
    return newer < older ? newer : older;
  }
};
struct MaximumFold {
  static constexpr double identity = -std::numeric_limits<double>::infinity();
  static double combine(double older, double newer) noexcept {
    return newer > older ? newer : older;
  }
};

/// Sum, minimum or maximum of the last `window` values in O(1) amortised.
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
  /// Requires window >= 1.
  explicit SlidingFold(std::size_t window) : slots_(window, Fold::identity) {}

  /// Takes a value in and the oldest out.
  void push(double value) noexcept {
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
  [[nodiscard]] double current() const noexcept { return current_; }

  void reset() noexcept {
    std::fill(slots_.begin(), slots_.end(), Fold::identity);
    filled_ = 0;
    growing_ = Fold::identity;
    current_ = Fold::identity;
  }

 private:
  void finish_block() noexcept {
    double fold = slots_.back();
    for (std::size_t i = slots_.size() - 1; i > 0; --i) {
      fold = Fold::combine(slots_[i - 1], fold);
      slots_[i - 1] = fold;
    }
    filled_ = 0;
    growing_ = Fold::identity;
  }

  std::vector<double> slots_;
  std::size_t filled_ = 0;
  double growing_ = Fold::identity;
  double current_ = Fold::identity;
};

}  // namespace hts::strategies
