#include "engine/parameters/parameters.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hts::parameters {
namespace {

using testing::HasSubstr;

std::vector<ParameterSchema> example_schema() {
  return {{"bars", std::int64_t{20}, 1, 500, false, "bars", "How many."},
          {"body", 0.02, 0, 0.1, true, "fraction", "How long."},
          {"wicks", true, 0, 0, false, "", "Whether."}};
}

result::Error refused(const std::vector<NamedValue>& given) {
  const auto parameters = resolve(example_schema(), given);
  EXPECT_FALSE(parameters.ok());
  return parameters.ok() ? result::Error{} : parameters.error();
}

TEST(Parameters, defaults_fill_what_is_not_given_in_schema_order) {
  const auto parameters = resolve(example_schema(), {{"wicks", false}});
  ASSERT_TRUE(parameters.ok());
  const std::vector<NamedValue> expected = {
      {"bars", std::int64_t{20}}, {"body", 0.02}, {"wicks", false}};
  EXPECT_EQ(parameters->values(), expected);
  EXPECT_EQ(parameters->integer("bars"), 20);
  EXPECT_EQ(parameters->number("body"), 0.02);
  EXPECT_FALSE(parameters->flag("wicks"));
}

TEST(Parameters, an_unknown_name_is_refused_and_the_known_ones_named) {
  const auto error = refused({{"bar", std::int64_t{3}}});
  EXPECT_EQ(error.code, result::ErrorCode::invalid);
  EXPECT_EQ(error.field, "params.bar");
  EXPECT_THAT(error.message, HasSubstr("bars, body, wicks"));
}

TEST(Parameters, a_name_given_twice_is_refused_even_with_equal_values) {
  const auto error = refused({{"bars", std::int64_t{3}}, {"bars", std::int64_t{3}}});
  EXPECT_EQ(error.field, "params.bars");
  EXPECT_THAT(error.message, HasSubstr("twice"));
}

TEST(Parameters, a_bool_is_no_number_and_a_number_no_bool) {
  EXPECT_THAT(refused({{"bars", true}}).message, HasSubstr("an integer in [1 .. 500]"));
  EXPECT_THAT(refused({{"body", true}}).message, HasSubstr("a number in (0 .. 0.1]"));
  EXPECT_THAT(refused({{"wicks", std::int64_t{1}}}).message, HasSubstr("true or false"));
  EXPECT_THAT(refused({{"wicks", 1.0}}).field, "params.wicks");
}

TEST(Parameters, an_integer_is_taken_where_a_number_is_due) {
  auto schema = example_schema();
  schema[1].maximum = 10;
  const auto parameters = resolve(schema, {{"body", std::int64_t{2}}});
  ASSERT_TRUE(parameters.ok());
  EXPECT_EQ(parameters->number("body"), 2.0);
}

TEST(Parameters, a_number_without_a_fraction_is_taken_where_an_integer_is_due) {
  const auto parameters = resolve(example_schema(), {{"bars", 30.0}});
  ASSERT_TRUE(parameters.ok());
  EXPECT_EQ(parameters->integer("bars"), 30);
  EXPECT_THAT(refused({{"bars", 30.5}}).message, HasSubstr("without a fraction"));
  EXPECT_EQ(refused({{"bars", 1e300}}).field, "params.bars");
  EXPECT_EQ(refused({{"bars", -1e19}}).field, "params.bars");
}

TEST(Parameters, both_ends_of_a_closed_range_are_allowed_and_beyond_them_nothing) {
  EXPECT_TRUE(resolve(example_schema(), {{"bars", std::int64_t{1}}}).ok());
  EXPECT_TRUE(resolve(example_schema(), {{"bars", std::int64_t{500}}}).ok());
  EXPECT_THAT(refused({{"bars", std::int64_t{0}}}).message, HasSubstr("[1 .. 500], not 0"));
  EXPECT_THAT(refused({{"bars", std::int64_t{501}}}).message, HasSubstr("not 501"));
  EXPECT_EQ(refused({{"bars", std::numeric_limits<std::int64_t>::min()}}).field, "params.bars");
}

TEST(Parameters, an_excluded_minimum_is_refused_and_what_is_just_above_it_taken) {
  EXPECT_THAT(refused({{"body", 0.0}}).message, HasSubstr("(0 .. 0.1]"));
  EXPECT_THAT(refused({{"body", std::int64_t{0}}}).message, HasSubstr("(0 .. 0.1]"));
  EXPECT_TRUE(resolve(example_schema(), {{"body", 1e-300}}).ok());
  EXPECT_TRUE(resolve(example_schema(), {{"body", 0.1}}).ok());
}

TEST(Parameters, what_is_not_a_finite_number_is_out_of_every_range) {
  EXPECT_EQ(refused({{"body", std::numeric_limits<double>::quiet_NaN()}}).field, "params.body");
  EXPECT_EQ(refused({{"body", std::numeric_limits<double>::infinity()}}).field, "params.body");
  EXPECT_EQ(refused({{"bars", std::numeric_limits<double>::quiet_NaN()}}).field, "params.bars");
}

TEST(Parameters, a_schema_tells_its_type_and_range) {
  const auto schema = example_schema();
  EXPECT_EQ(schema[0].type_name(), "integer");
  EXPECT_EQ(schema[1].type_name(), "number");
  EXPECT_EQ(schema[2].type_name(), "bool");
  EXPECT_EQ(schema[0].range_text(), "[1 .. 500]");
  EXPECT_EQ(schema[1].range_text(), "(0 .. 0.1]");
  EXPECT_EQ(schema[2].range_text(), "true or false");
}

TEST(ParameterText, is_the_shortest_that_reads_back_without_an_exponent_in_ordinary_ranges) {
  EXPECT_EQ(to_text(true), "true");
  EXPECT_EQ(to_text(false), "false");
  EXPECT_EQ(to_text(std::int64_t{-7}), "-7");
  EXPECT_EQ(to_text(0.02), "0.02");
  EXPECT_EQ(to_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(to_text(0.0), "0");
  EXPECT_EQ(to_text(100000.0), "100000");
  EXPECT_EQ(to_text(0.000001), "0.000001");
  EXPECT_EQ(to_text(-2.5), "-2.5");
  EXPECT_EQ(to_text(1e300), "1e+300");
  EXPECT_EQ(to_text(5e-324), "5e-324");
}

TEST(ParameterText, every_number_reads_back_as_itself) {
  for (const double value : {0.1, 1.0 / 3, 123456.789, 1e14 + 0.5, 2.2250738585072014e-308,
                             1.7976931348623157e308, 0.00000012345}) {
    const auto read = parse_assignment("x=" + to_text(value));
    ASSERT_TRUE(read.ok()) << to_text(value);
    EXPECT_EQ(std::get<double>(read->second), value);
  }
}

TEST(ParameterAssignment, reads_flags_integers_and_numbers) {
  EXPECT_EQ(*parse_assignment("wicks=true"), (NamedValue{"wicks", true}));
  EXPECT_EQ(*parse_assignment("wicks=false"), (NamedValue{"wicks", false}));
  EXPECT_EQ(*parse_assignment("bars=30"), (NamedValue{"bars", std::int64_t{30}}));
  EXPECT_EQ(*parse_assignment("bars=-3"), (NamedValue{"bars", std::int64_t{-3}}));
  EXPECT_EQ(*parse_assignment("body=0.02"), (NamedValue{"body", 0.02}));
  EXPECT_EQ(*parse_assignment("body=2e-2"), (NamedValue{"body", 0.02}));
  EXPECT_EQ(*parse_assignment(" bars = 30 "), (NamedValue{"bars", std::int64_t{30}}));
  EXPECT_EQ(*parse_assignment("big=99999999999999999999"), (NamedValue{"big", 1e20}));
}

TEST(ParameterAssignment, what_is_no_number_is_a_text_and_refused_where_a_number_is_due) {
  for (const std::string text : {"bars=", "bars=abc", "bars=3x", "bars=nan", "bars=inf",
                                 "bars=-infinity", "bars=1e999", "bars=TRUE", "bars=0x10"}) {
    const auto read = parse_assignment(text);
    ASSERT_TRUE(read.ok()) << text;
    EXPECT_EQ(read->second, ParameterValue{text.substr(5)});
    const auto resolved = resolve(example_schema(), {*read});
    ASSERT_FALSE(resolved.ok()) << text;
    EXPECT_EQ(resolved.error().code, result::ErrorCode::invalid);
    EXPECT_EQ(resolved.error().field, "params.bars");
  }
}

TEST(Parameters, a_text_is_taken_where_a_text_is_due_up_to_its_limit) {
  const std::vector<ParameterSchema> schema = {{"rules", std::string{}, 0, 0, false, "", "What."}};
  const auto taken = resolve(schema, {{"rules", std::string{"{}"}}});
  ASSERT_TRUE(taken.ok());
  EXPECT_EQ(taken->text("rules"), "{}");
  EXPECT_EQ(resolve(schema, {{"rules", 3.0}}).error().code, result::ErrorCode::invalid);
  const auto long_text = resolve(schema, {{"rules", std::string(max_text_bytes + 1, 'x')}});
  ASSERT_FALSE(long_text.ok());
  EXPECT_EQ(long_text.error().code, result::ErrorCode::too_large);
}

TEST(ParameterAssignment, without_a_name_or_an_equals_sign_the_form_is_shown) {
  for (const std::string text : {"", "=", "=5", "bars"}) {
    const auto read = parse_assignment(text);
    ASSERT_FALSE(read.ok()) << text;
    EXPECT_THAT(read.error().message, HasSubstr("NAME=VALUE"));
  }
  EXPECT_EQ(parse_assignment("bars").error().field, "params.bars");
}

}  // namespace
}  // namespace hts::parameters
