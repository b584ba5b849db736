#include "adapters/report/heat_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "adapters/report/axis.hpp"

namespace hts::report {
namespace {

using result::ErrorCode;

constexpr std::size_t most_cells_a_side = 2'000;
constexpr Colour blank{238, 238, 238};
constexpr int legend_width = 130;

Colour viridis(double share) {
  static constexpr std::array<Colour, 9> stops = {{{68, 1, 84},
                                                   {71, 44, 122},
                                                   {59, 81, 139},
                                                   {44, 113, 142},
                                                   {33, 144, 141},
                                                   {39, 173, 129},
                                                   {92, 200, 99},
                                                   {170, 220, 50},
                                                   {253, 231, 37}}};
  const double place = std::clamp(share, 0.0, 1.0) * (stops.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), stops.size() - 2);
  const double part = place - static_cast<double>(below);
  const auto mixed = [&](std::uint8_t a, std::uint8_t b) {
    return static_cast<std::uint8_t>(std::lround(a + (b - a) * part));
  };
  const Colour& a = stops[below];
  const Colour& b = stops[below + 1];
  return {mixed(a.red, b.red), mixed(a.green, b.green), mixed(a.blue, b.blue)};
}

struct Range {
  double low = 0;
  double high = 0;

  [[nodiscard]] double share(double value) const {
    return high > low ? (value - low) / (high - low) : 0.5;
  }
};

std::optional<Range> range_of(const std::vector<double>& values) {
  std::optional<Range> range;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    if (!range) range = Range{value, value};
    range->low = std::min(range->low, value);
    range->high = std::max(range->high, value);
  }
  return range;
}

std::size_t longest(const std::vector<std::string>& labels) {
  std::size_t length = 0;
  for (const auto& label : labels) length = std::max(length, label.size());
  return length;
}

/// Where the cells lie.
struct Grid {
  int left = 0;
  int top = 70;
  int cell_width = 0;
  int cell_height = 0;
  std::size_t columns = 0;
  std::size_t rows = 0;

  [[nodiscard]] double x(std::size_t column) const {
    return left + static_cast<double>(column) * cell_width;
  }
  [[nodiscard]] double y(std::size_t row) const {
    return top + static_cast<double>(rows - 1 - row) * cell_height;
  }
  [[nodiscard]] double right() const { return x(columns); }
  [[nodiscard]] double bottom() const { return top + static_cast<double>(rows) * cell_height; }
};

Grid grid_of(const HeatMap& map) {
  const auto cell = [](std::size_t count, int room) {
    return std::clamp(room / static_cast<int>(count), 2, 48);
  };
  Grid grid;
  grid.columns = map.x_labels.size();
  grid.rows = map.y_labels.size();
  grid.left = 40 + static_cast<int>(static_cast<double>(longest(map.y_labels)) * 2 * letter_width);
  grid.cell_width = cell(grid.columns, 960);
  grid.cell_height = cell(grid.rows, 640);
  return grid;
}

void add_cells(const HeatMap& map, const Grid& grid, const std::optional<Range>& range,
               Drawing& drawing) {
  for (std::size_t row = 0; row < grid.rows; ++row) {
    for (std::size_t column = 0; column < grid.columns; ++column) {
      const double value = map.values[row * grid.columns + column];
      drawing.shapes.push_back(
          Rectangle{{grid.x(column), grid.y(row)},
                    static_cast<double>(grid.cell_width),
                    static_cast<double>(grid.cell_height),
                    std::isfinite(value) ? viridis(range->share(value)) : blank});
    }
  }
  if (!map.marked) return;
  const double left = grid.x(*map.marked % grid.columns);
  const double top = grid.y(*map.marked / grid.columns);
  const double right = left + grid.cell_width;
  const double bottom = top + grid.cell_height;
  drawing.shapes.push_back(Line{
      {{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}}, palette::red, 3});
}

void add_labels(const HeatMap& map, const Grid& grid, Drawing& drawing) {
  using Align = Text::Align;
  const auto every = [](double wanted, int cell) {
    return std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(wanted / cell)));
  };
  const double widest = static_cast<double>(longest(map.x_labels) + 1) * 2 * letter_width;
  const std::size_t x_step = every(widest, grid.cell_width);
  for (std::size_t i = 0; i < grid.columns; i += x_step) {
    drawing.shapes.push_back(Text{{grid.x(i) + grid.cell_width / 2.0, grid.bottom() + 16},
                                  map.x_labels[i],
                                  palette::ink,
                                  Align::middle});
  }
  const std::size_t y_step = every(3 * letter_height, grid.cell_height);
  for (std::size_t i = 0; i < grid.rows; i += y_step) {
    drawing.shapes.push_back(Text{{grid.left - 8.0, grid.y(i) + grid.cell_height / 2.0},
                                  map.y_labels[i],
                                  palette::ink,
                                  Align::right});
  }
  drawing.shapes.push_back(Text{{20, 22}, map.title, palette::ink, Align::left, 3});
  drawing.shapes.push_back(Text{{20, 50}, map.y_title, palette::faint});
  drawing.shapes.push_back(Text{{(grid.left + grid.right()) / 2, grid.bottom() + 40},
                                map.x_title,
                                palette::faint,
                                Align::middle});
}

void add_legend(const Grid& grid, const Range& range, Drawing& drawing) {
  constexpr int steps = 64;
  const double left = grid.right() + 24;
  const double height = std::max(grid.bottom() - grid.top, 120.0);
  for (int step = 0; step < steps; ++step) {
    drawing.shapes.push_back(Rectangle{{left, grid.top + height * step / steps},
                                       18,
                                       height / steps + 0.5,
                                       viridis(1 - (step + 0.5) / steps)});
  }
  for (const double share : {0.0, 0.25, 0.5, 0.75, 1.0}) {
    if (range.high == range.low && share != 0.5) continue;
    const double value = range.low + (range.high - range.low) * share;
    drawing.shapes.push_back(Text{{left + 26, grid.top + height * (1 - share)},
                                  number_text(value, (range.high - range.low) / 20),
                                  palette::ink});
  }
}

}  // namespace

result::Result<Drawing> draw_heat_map(const HeatMap& map) {
  const std::size_t columns = map.x_labels.size();
  const std::size_t rows = map.y_labels.size();
  const auto refuse = [](const std::string& message) {
    return result::make_error(ErrorCode::invalid, message, "heatmap");
  };
  if (columns == 0 || rows == 0) {
    return refuse("A heat map needs a value: give two parameters with values.");
  }
  if (std::max(columns, rows) > most_cells_a_side) {
    return refuse("A heat map takes up to 2,000 columns and rows, not " + std::to_string(columns) +
                  " by " + std::to_string(rows) + ": widen the parameters' steps.");
  }
  const std::size_t cells = columns * rows;
  if (map.values.size() != cells || (map.marked && *map.marked >= cells)) {
    return refuse("A heat map of " + std::to_string(columns) + " by " + std::to_string(rows) +
                  " got " + std::to_string(map.values.size()) + " values.");
  }
  const Grid grid = grid_of(map);
  const auto range = range_of(map.values);
  Drawing drawing;
  const double title_width = static_cast<double>(map.title.size()) * 3 * letter_width + 40;
  drawing.width = std::clamp(
      std::max(static_cast<int>(grid.right()) + legend_width + 40, static_cast<int>(title_width)),
      320, 8'192);
  drawing.height = static_cast<int>(std::max(grid.bottom(), grid.top + 130.0)) + 64;
  drawing.shapes.reserve(cells + 128);
  add_cells(map, grid, range, drawing);
  add_labels(map, grid, drawing);
  if (range) add_legend(grid, *range, drawing);
  return drawing;
}

}  // namespace hts::report
