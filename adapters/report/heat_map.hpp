#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "adapters/report/drawing.hpp"
#include "engine/result/result.hpp"

namespace hts::report {

/// A statistic over two parameters.
struct HeatMap {
  std::string title;
  std::string x_title;
  std::string y_title;
  std::vector<std::string> x_labels;  ///< a column each, from the left
  std::vector<std::string> y_labels;  ///< a row each, from the bottom
  std::vector<double> values;         ///< [y * x_labels.size() + x]; NaN stays blank
  std::optional<std::size_t> marked;  ///< place in `values` that gets a frame
};

/// Dark is low, bright is high, equally distant for the eye and for the colour-blind (viridis);
/// labels are left out where they would overlap. Errors: invalid (no cell, more than 2,000 columns
/// or rows, `values` or `marked` that do not fit), field `heatmap`.
[[nodiscard]] result::Result<Drawing> draw_heat_map(const HeatMap& map);

}  // namespace hts::report
