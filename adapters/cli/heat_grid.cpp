#include "adapters/cli/heat_grid.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <ostream>

#include "adapters/cli/text_table.hpp"

namespace hts::cli {
namespace {

/// So many fit a terminal of 80 by 24 with their labels.
constexpr std::size_t widest = 32;
constexpr std::size_t highest = 16;
constexpr std::size_t cell_width = 2;
constexpr std::size_t longest_label = 10;

/// Dark to bright as far as 256 colours go (viridis).
constexpr std::array colours_by_level = {54, 60, 61, 67, 66, 72, 78, 114, 149, 227};
constexpr std::array shades_by_level = {' ', '.', ':', '-', '=', '+', 'o', '%', '#', '@'};
constexpr std::size_t levels = shades_by_level.size();

HeatGrid::Axis axis_of(const backtest::SearchSpace& space, std::size_t place, std::size_t most) {
  const auto& swept = space.axes()[place];
  HeatGrid::Axis axis;
  axis.place = place;
  axis.name = swept.name();
  const auto cells = std::min<std::uint64_t>(swept.size(), most);
  for (std::uint64_t cell = 0; cell < cells; ++cell) {
    // The first value that falls into the cell, as `add` places them.
    const std::uint64_t first = (cell * swept.size() + cells - 1) / cells;
    axis.labels.push_back(parameters::to_text(swept.at(first)).substr(0, longest_label));
  }
  return axis;
}

std::size_t level_of(double value, double low, double high) {
  if (!(high > low)) return levels / 2;
  const double share = (value - low) / (high - low);
  return std::min(static_cast<std::size_t>(share * static_cast<double>(levels)), levels - 1);
}

std::string right_aligned(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

void print_cell(double value, bool best, std::size_t level, bool colours, std::ostream& out) {
  if (std::isnan(value)) {
    out << (colours ? "  " : " _");
  } else if (colours) {
    out << "\x1b[48;5;" << colours_by_level[level] << ";38;5;" << (level < levels / 2 ? 255 : 16)
        << 'm' << (best ? "* " : "  ") << "\x1b[0m";
  } else {
    out << (best ? '*' : ' ') << shades_by_level[level];
  }
}

/// Labels below their columns, as many as do not touch.
void print_columns(const HeatGrid::Axis& x, std::size_t margin, std::ostream& out) {
  std::string line;
  for (std::size_t column = 0; column < x.labels.size(); ++column) {
    const std::size_t at = column * cell_width;
    if (line.size() > at) continue;
    line += std::string(at - line.size(), ' ') + x.labels[column] + " ";
  }
  out << std::string(margin + 1, ' ') << line << "\n";
}

}  // namespace

std::optional<HeatGrid> HeatGrid::over(const backtest::SearchSpace& space,
                                       const backtest::Objective& objective, std::size_t most) {
  const auto swept = space.swept();
  if (swept.size() < 2) return std::nullopt;
  HeatGrid grid;
  grid.space_ = &space;
  grid.objective_ = &objective;
  grid.y_ = axis_of(space, swept[0], most);
  grid.x_ = axis_of(space, swept[1], most);
  grid.values_.assign(grid.x_.labels.size() * grid.y_.labels.size(),
                      std::numeric_limits<double>::quiet_NaN());
  return grid;
}

void HeatGrid::add(std::span<const backtest::TrialRow> rows) {
  const auto cell_on = [&](const Axis& axis, std::uint64_t number) {
    return static_cast<std::size_t>(space_->place_on(axis.place, number) * axis.labels.size() /
                                    space_->axes()[axis.place].size());
  };
  for (const auto& row : rows) {
    auto& value = values_[cell_on(y_, row.number) * x_.labels.size() + cell_on(x_, row.number)];
    if (objective_->better(row.value, value)) value = row.value;
  }
}

HeatGrid HeatGrid::coarser(std::size_t columns, std::size_t rows) const {
  const auto merged = [](const Axis& axis, std::size_t cells) {
    Axis fewer = axis;
    fewer.labels.clear();
    cells = std::min(cells, axis.labels.size());
    for (std::size_t cell = 0; cell < cells; ++cell) {
      fewer.labels.push_back(axis.labels[(cell * axis.labels.size() + cells - 1) / cells]);
    }
    return fewer;
  };
  HeatGrid grid = *this;
  grid.x_ = merged(x_, columns);
  grid.y_ = merged(y_, rows);
  grid.values_.assign(grid.x_.labels.size() * grid.y_.labels.size(),
                      std::numeric_limits<double>::quiet_NaN());
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const std::size_t column = i % x_.labels.size() * grid.x_.labels.size() / x_.labels.size();
    const std::size_t row = i / x_.labels.size() * grid.y_.labels.size() / y_.labels.size();
    auto& value = grid.values_[row * grid.x_.labels.size() + column];
    if (objective_->better(values_[i], value)) value = values_[i];
  }
  return grid;
}

std::optional<std::size_t> HeatGrid::best() const {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    if (std::isnan(values_[i])) continue;
    if (!best || objective_->better(values_[i], values_[*best])) best = i;
  }
  return best;
}

void print(const HeatGrid& whole, const std::string& statistic, bool colours, std::ostream& out) {
  const auto grid = whole.coarser(widest, highest);
  const auto best = grid.best();
  if (!best) return;
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const double value : grid.values()) {
    if (std::isnan(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  std::size_t margin = grid.y().name.size();
  for (const auto& label : grid.y().labels) margin = std::max(margin, label.size());

  out << right_aligned(grid.y().name, margin) << "\n";
  const std::size_t columns = grid.x().labels.size();
  for (std::size_t row = grid.y().labels.size(); row > 0; --row) {
    out << right_aligned(grid.y().labels[row - 1], margin) << " ";
    for (std::size_t column = 0; column < columns; ++column) {
      const std::size_t i = (row - 1) * columns + column;
      const double value = grid.values()[i];
      const auto level = std::isnan(value) ? 0 : level_of(value, low, high);
      print_cell(value, i == *best, level, colours, out);
    }
    out << "\n";
  }
  print_columns(grid.x(), margin, out);
  out << std::string(margin + 1, ' ') << grid.x().name << "\n\n"
      << statistic << " from " << fixed(low, 3) << " ";
  for (std::size_t level = 0; level < levels; ++level) {
    print_cell(0, false, level, colours, out);
  }
  out << " to " << fixed(high, 3) << ", * is the best" << (colours ? "" : ", _ was not tried")
      << "\n";
}

}  // namespace hts::cli
