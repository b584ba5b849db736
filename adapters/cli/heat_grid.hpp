#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/sweep/search_space.hpp"
#include "engine/backtest/sweep/trials.hpp"

namespace hts::cli {

/// The best value of each pair of two swept parameters, over all others. Axes of more than
/// `most_cells` values are thinned: a cell then is the best of neighbours. Bounded memory.
class HeatGrid {
 public:
  static constexpr std::size_t most_cells = 256;

  /// The first two swept parameters; nothing with fewer. Both arguments must outlive it.
  [[nodiscard]] static std::optional<HeatGrid> over(const backtest::SearchSpace& space,
                                                    const backtest::Objective& objective,
                                                    std::size_t most = most_cells);

  void add(std::span<const backtest::TrialRow> rows);
  /// The same values in fewer cells.
  [[nodiscard]] HeatGrid coarser(std::size_t columns, std::size_t rows) const;

  struct Axis {
    std::size_t place = 0;  ///< in the space's axes
    std::string name;
    std::vector<std::string> labels;  ///< of each cell: its first value
  };
  [[nodiscard]] const Axis& x() const noexcept { return x_; }
  [[nodiscard]] const Axis& y() const noexcept { return y_; }
  /// [row * columns + column]; NaN where nothing was tried.
  [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }
  /// Place in `values` of the best; nothing without any.
  [[nodiscard]] std::optional<std::size_t> best() const;

 private:
  HeatGrid() = default;

  const backtest::SearchSpace* space_ = nullptr;
  const backtest::Objective* objective_ = nullptr;
  Axis x_;
  Axis y_;
  std::vector<double> values_;
};

/// Draws it with characters: colours (ANSI, 256) or shades, a legend, the best marked by `*`.
void print(const HeatGrid& grid, const std::string& statistic, bool colours, std::ostream& out);

}  // namespace hts::cli
