#include "adapters/report/heat_map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "adapters/report/picture_file.hpp"

namespace hts::report {
namespace {

HeatMap sample(std::size_t columns, std::size_t rows) {
  HeatMap map;
  map.title = "sharpe_ratio";
  map.x_title = "fast";
  map.y_title = "slow";
  for (std::size_t i = 0; i < columns; ++i) map.x_labels.push_back(std::to_string(5 * (i + 1)));
  for (std::size_t i = 0; i < rows; ++i) map.y_labels.push_back(std::to_string(20 * (i + 1)));
  for (std::size_t i = 0; i < columns * rows; ++i) map.values.push_back(static_cast<double>(i));
  return map;
}

std::vector<Rectangle> rectangles(const Drawing& drawing) {
  std::vector<Rectangle> found;
  for (const auto& shape : drawing.shapes) {
    if (const auto* box = std::get_if<Rectangle>(&shape)) found.push_back(*box);
  }
  return found;
}

TEST(HeatMapDrawing, puts_the_first_row_at_the_bottom_and_brightens_upwards) {
  const auto drawing = draw_heat_map(sample(3, 2));
  ASSERT_TRUE(drawing.ok());
  const auto cells = rectangles(*drawing);
  EXPECT_GT(cells[0].corner.y, cells[3].corner.y);
  EXPECT_LT(cells[0].corner.x, cells[1].corner.x);
  EXPECT_EQ(cells[0].fill, (Colour{68, 1, 84}));
  EXPECT_EQ(cells[5].fill, (Colour{253, 231, 37}));
}

TEST(HeatMapDrawing, leaves_what_is_no_number_blank) {
  auto map = sample(3, 2);
  map.values[4] = std::numeric_limits<double>::quiet_NaN();
  const auto cells = rectangles(*draw_heat_map(map));
  EXPECT_EQ(cells[4].fill, (Colour{238, 238, 238}));
  std::fill(map.values.begin(), map.values.end(), std::numeric_limits<double>::infinity());
  EXPECT_EQ(rectangles(*draw_heat_map(map)).size(), 6U);
}

TEST(HeatMapDrawing, of_any_size_fits_into_a_picture) {
  for (const auto& [columns, rows] : {std::pair{1U, 1U}, {46U, 10U}, {700U, 3U}, {2'000U, 500U}}) {
    auto map = sample(columns, rows);
    map.marked = columns * rows - 1;
    const auto drawing = draw_heat_map(map);
    ASSERT_TRUE(drawing.ok());
    for (const auto& box : rectangles(*drawing)) {
      ASSERT_LE(box.corner.x + box.width, drawing->width);
      ASSERT_LE(box.corner.y + box.height, drawing->height);
    }
    EXPECT_TRUE(to_png(*drawing).ok());
  }
}

TEST(HeatMapDrawing, refuses_what_does_not_fit_together) {
  EXPECT_EQ(draw_heat_map({}).error().field, "heatmap");
  EXPECT_EQ(draw_heat_map(sample(2'001, 1)).error().field, "heatmap");
  auto map = sample(2, 2);
  map.values.pop_back();
  EXPECT_EQ(draw_heat_map(map).error().field, "heatmap");
  map = sample(2, 2);
  map.marked = 4;
  EXPECT_EQ(draw_heat_map(map).error().field, "heatmap");
}

}  // namespace
}  // namespace hts::report
