#include "adapters/report/plot.hpp"

#include <algorithm>
#include <string>
#include <variant>

#include <gtest/gtest.h>

#include "adapters/report/picture_file.hpp"
#include "sample_report.hpp"

namespace hts::report {
namespace {

bool has_text(const Drawing& drawing, const std::string& text) {
  return std::any_of(drawing.shapes.begin(), drawing.shapes.end(), [&](const Shape& shape) {
    const auto* found = std::get_if<Text>(&shape);
    return found != nullptr && found->text == text;
  });
}

TEST(Plot, names_its_charts) {
  const auto sample = sample_of(2'000, 1, 9);
  const auto drawing = draw_portfolio(sample.report, sample.views(), "sma_cross");
  for (const char* text : {"sma_cross", "COIN0_KRW", "equity", "drawdown"}) {
    EXPECT_TRUE(has_text(drawing, text)) << text;
  }
  EXPECT_TRUE(to_png(drawing).ok());
}

TEST(Plot, of_several_symbols_shows_their_basket) {
  const auto sample = sample_of(500, 3, 0);
  EXPECT_TRUE(has_text(draw_portfolio(sample.report, sample.views(), ""), "basket"));
}

TEST(Plot, does_not_grow_with_the_data) {
  const auto sample = sample_of(300'000, 1, 20'000);
  EXPECT_LT(draw_portfolio(sample.report, sample.views(), "").shapes.size(), 80'000U);
}

TEST(Plot, of_a_flat_curve_of_one_bar_and_of_none_are_drawn) {
  auto flat = sample_of(50, 1, 0);
  flat.report.result.equity.assign(50, 1'000.0);
  EXPECT_TRUE(to_png(draw_portfolio(flat.report, flat.views(), "")).ok());
  const auto single = sample_of(1, 1, 0);
  EXPECT_TRUE(to_png(draw_portfolio(single.report, single.views(), "")).ok());
  EXPECT_TRUE(to_png(draw_portfolio({}, {}, "")).ok());
}

}  // namespace
}  // namespace hts::report
