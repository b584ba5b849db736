#pragma once

#include <cstddef>

namespace hts::backtest {

/// The order in which the trials of a round are begun. Neighbours share parameters and so columns:
/// workers that took them one after the other would wait for a column that one of them is still
/// computing, and a tenth of a short sweep on two cores was such waiting. So each worker has a part
/// of the round to itself and goes through it from neighbour to neighbour, whose columns its cache
/// still holds; every other one backwards, and pairs of workers begin at different places, that
/// they do not meet in every row. One worker goes from the first to the last.
class TrialOrder {
 public:
  /// Requires at least one worker.
  TrialOrder(std::size_t trials, std::size_t workers) noexcept
      : workers_(workers), shortest_(trials / workers), longer_(trials % workers) {}

  /// Which trial is begun at this turn, each at one of them. O(1).
  [[nodiscard]] std::size_t operator[](std::size_t turn) const noexcept {
    const std::size_t part = turn % workers_;
    const std::size_t size = shortest_ + (part < longer_ ? 1 : 0);
    const std::size_t begin = part * shortest_ + (part < longer_ ? part : longer_);
    // The golden section keeps any number of beginnings apart.
    const std::size_t start = part / 2 * size * 618 / 1000;
    const std::size_t place = (turn / workers_ + start) % size;
    return begin + (part % 2 == 0 ? place : size - 1 - place);
  }

 private:
  std::size_t workers_;
  std::size_t shortest_;  ///< trials of a part
  std::size_t longer_;    ///< so many parts have one more
};

}  // namespace hts::backtest
