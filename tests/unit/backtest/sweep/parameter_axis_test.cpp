#include "engine/backtest/sweep/parameter_axis.hpp"

#include <gtest/gtest.h>

#include "sample_definition.hpp"

namespace hts::backtest {
namespace {

std::string texts_of(std::string_view text) {
  const auto axis = ParameterAxis::parse(made::two_windows().schema, text);
  if (!axis) return axis.error().field + ": " + axis.error().message;
  std::string texts;
  for (std::uint64_t i = 0; i < axis->size(); ++i) {
    texts += (i == 0 ? "" : " ") + parameters::to_text(axis->at(i));
  }
  return texts;
}

TEST(ParameterAxis, a_grid_includes_its_end) {
  EXPECT_EQ(texts_of("fast=5:20:5"), "5 10 15 20");
}
TEST(ParameterAxis, a_grid_stops_before_an_end_that_no_step_meets) {
  EXPECT_EQ(texts_of("fast=5:19:5"), "5 10 15");
}
TEST(ParameterAxis, a_grid_without_a_step_counts_by_one) {
  EXPECT_EQ(texts_of("fast=3:6"), "3 4 5 6");
}
TEST(ParameterAxis, a_grid_may_count_downwards) {
  EXPECT_EQ(texts_of("fast=20:5:5"), "20 15 10 5");
}
TEST(ParameterAxis, a_grid_of_decimals_holds_what_one_would_type) {
  EXPECT_EQ(texts_of("share=0.1:0.7:0.1"), "0.1 0.2 0.3 0.4 0.5 0.6 0.7");
}
TEST(ParameterAxis, a_list_keeps_its_order) {
  EXPECT_EQ(texts_of("slow=100,20,50"), "100 20 50");
}
TEST(ParameterAxis, a_list_takes_booleans) {
  EXPECT_EQ(texts_of("on=true,false"), "true false");
}
TEST(ParameterAxis, a_single_value_is_fixed) {
  EXPECT_EQ(texts_of("share=0.25"), "0.25");
}
TEST(ParameterAxis, a_text_is_never_split) {
  EXPECT_EQ(texts_of("words={\"a\":1,\"b\":2}"), "{\"a\":1,\"b\":2}");
}
TEST(ParameterAxis, a_billion_values_cost_nothing_and_are_checked_at_their_ends) {
  EXPECT_EQ(texts_of("fast=1:1000000000:1"),
            "params.fast: Parameter fast must be in [1 .. 500], not 1000000000.");
}
TEST(ParameterAxis, an_unknown_name_is_refused_with_the_known_ones) {
  EXPECT_EQ(texts_of("fats=1:5"),
            "params.fats: There is no parameter fats; the parameters are fast, slow, share, on, "
            "words.");
}
TEST(ParameterAxis, a_fraction_where_an_integer_is_due_is_refused) {
  EXPECT_EQ(texts_of("fast=5:6:0.5"),
            "params.fast: Parameter fast must be an integer without a fraction in [1 .. 500], not "
            "5.5.");
}
TEST(ParameterAxis, a_value_twice_is_refused) {
  EXPECT_EQ(texts_of("fast=5,6,5"),
            "params.fast: The value 5 of fast is given twice; give each value once.");
}
TEST(ParameterAxis, texts_that_are_no_range_are_refused) {
  for (const char* text : {"fast=5:50:0", "fast=5:50:-5", "fast=a:b", "fast=1:2:3:4", "fast=5:",
                           "fast=:5", "fast=1e1:20", "fast=5:nan", "fast=.:5", "fast=5:6.",
                           "fast=99999999999999999999:5", "share=0.1:0.9:0.00000000001"}) {
    const auto axis = ParameterAxis::parse(made::two_windows().schema, text);
    ASSERT_FALSE(axis) << text;
    EXPECT_NE(axis.error().message.find("is not a range for"), std::string::npos)
        << axis.error().message;
  }
}
TEST(ParameterAxis, broken_texts_are_errors) {
  for (const char* text : {"", "=", "fast", "fast=", "fast=,", "fast=1,,2", "=5"}) {
    EXPECT_FALSE(ParameterAxis::parse(made::two_windows().schema, text)) << text;
  }
}

}  // namespace
}  // namespace hts::backtest
