#include "adapters/cli/heat_grid.hpp"

#include <cmath>
#include <sstream>

#include <gtest/gtest.h>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::cli {
namespace {

backtest::SearchSpace space_of(const std::vector<std::string>& texts) {
  return backtest::SearchSpace::parse(**strategies::find_strategy("sma_cross"), texts).value();
}

/// The value of each combination is its number, but for those left out.
HeatGrid filled(const backtest::SearchSpace& space, const backtest::Objective& objective,
                std::size_t most = HeatGrid::most_cells) {
  auto grid = HeatGrid::over(space, objective, most).value();
  for (std::uint64_t number = 0; number < space.combinations(); ++number) {
    if (number % 7 == 1) continue;
    const backtest::TrialRow row{number, {}, static_cast<double>(number)};
    grid.add({&row, 1});
  }
  return grid;
}

TEST(HeatGrid, has_a_cell_for_each_pair) {
  const auto space = space_of({"fast=5:15:5", "slow=20,50"});
  const backtest::Objective objective;
  const auto grid = filled(space, objective);
  EXPECT_EQ(grid.y().labels, (std::vector<std::string>{"5", "10", "15"}));
  EXPECT_EQ(grid.x().labels, (std::vector<std::string>{"20", "50"}));
  ASSERT_EQ(grid.values().size(), 6U);
  EXPECT_TRUE(std::isnan(grid.values()[1]));
  EXPECT_EQ(grid.values()[4], 4);
  EXPECT_EQ(grid.best(), 5U);
}

TEST(HeatGrid, takes_the_best_over_the_other_parameters) {
  const auto space = space_of({"fast=5,10", "slow=20,50", "hold_period_bars=1:5"});
  const backtest::Objective most;
  EXPECT_EQ(filled(space, most).values(), (std::vector<double>{4, 9, 14, 19}));
  const auto least = backtest::Objective::by("volatility_ann_pct", true).value();
  EXPECT_EQ(filled(space, least).values(), (std::vector<double>{0, 5, 10, 16}));
}

TEST(HeatGrid, of_long_axes_has_few_cells) {
  const auto space = space_of({"fast=1:500", "slow=501:1000"});
  const backtest::Objective objective;
  const auto grid = filled(space, objective, 100);
  ASSERT_EQ(grid.values().size(), 10'000U);
  EXPECT_EQ(grid.x().labels.front(), "501");
  EXPECT_EQ(grid.x().labels.back(), "996");
  EXPECT_EQ(grid.values().back(), 249'998);
}

TEST(HeatGrid, needs_two_parameters_with_several_values) {
  const auto space = space_of({"fast=5:15:5", "slow=20"});
  EXPECT_FALSE(HeatGrid::over(space, backtest::Objective{}));
}

TEST(HeatGrid, is_drawn_with_shades_and_the_best_marked) {
  const auto space = space_of({"fast=5:15:5", "slow=20,50"});
  const backtest::Objective objective;
  std::ostringstream out;
  print(filled(space, objective), "sharpe_ratio", false, out);
  EXPECT_EQ(out.str(),
            "fast\n"
            "  15  #*@\n"
            "  10  = o\n"
            "   5    _\n"
            "     20 \n"
            "     slow\n"
            "\n"
            "sharpe_ratio from 0.000    . : - = + o % # @ to 5.000, * is the best, _ was not "
            "tried\n")
      << out.str();
}

TEST(HeatGrid, is_drawn_in_colours_on_a_terminal) {
  const auto space = space_of({"fast=5:15:5", "slow=20,50"});
  const backtest::Objective objective;
  std::ostringstream out;
  print(filled(space, objective), "sharpe_ratio", true, out);
  EXPECT_NE(out.str().find("\x1b[48;5;227;38;5;16m* \x1b[0m"), std::string::npos);
}

TEST(HeatGrid, without_any_number_draws_nothing) {
  const auto space = space_of({"fast=5:15:5", "slow=20,50"});
  const backtest::Objective objective;
  std::ostringstream out;
  print(HeatGrid::over(space, objective).value(), "sharpe_ratio", false, out);
  EXPECT_EQ(out.str(), "");
}

}  // namespace
}  // namespace hts::cli
