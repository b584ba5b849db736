#include <bit>
#include <random>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

using result::ErrorCode;
using ::testing::HasSubstr;

std::string again(std::string_view text) {
  const auto value = parse_json(text);
  return value ? to_text(*value) : "error: " + value.error().message;
}

std::string problem_of(std::string_view text) {
  const auto value = parse_json(text);
  if (value) return "none";
  EXPECT_EQ(value.error().code, ErrorCode::malformed);
  return value.error().message;
}

TEST(JsonParser, every_kind_of_value_is_read) {
  EXPECT_EQ(again(R"( {"a" : [1, -2, 2.5, 1e3, true, false, null, "x"], "b":{}} )"),
            R"({"a":[1,-2,2.5,1000.0,true,false,null,"x"],"b":{}})");
  EXPECT_EQ(again("\xEF\xBB\xBF[]"), "[]");
  EXPECT_EQ(again("0"), "0");
  EXPECT_EQ(again("-0"), "0");
}

TEST(JsonParser, integers_stay_integers_while_they_fit) {
  EXPECT_EQ(again("9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(again("-9223372036854775808"), "-9223372036854775808");
  EXPECT_EQ(again("18446744073709551615"), "18446744073709551615");
  EXPECT_TRUE(parse_json("18446744073709551616")->is_double());
  EXPECT_TRUE(parse_json("1.0")->is_double());
}

TEST(JsonParser, doubles_survive_writing_and_reading) {
  std::mt19937_64 random{23};
  for (int i = 0; i < 100'000; ++i) {
    const auto number = std::bit_cast<double>(random());
    const std::string text = to_text(boost::json::value(number));
    if (text == "null") continue;
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(value->get_double()),
              std::bit_cast<std::uint64_t>(number))
        << text;
  }
}

TEST(JsonParser, escapes_become_characters) {
  EXPECT_EQ(parse_json(R"("\"\\\/\b\f\n\r\t\u0041\u00e9\ud55c\ud83d\ude00")")->get_string(),
            "\"\\/\b\f\n\r\tAé한😀");
}

TEST(JsonParser, an_error_says_where_and_what) {
  EXPECT_EQ(problem_of("{\n  \"a\": 1,\n  \"b\": }\n"),
            "This is not valid JSON at line 3, column 8: a value is expected (quotes missing?).");
  EXPECT_THAT(problem_of(R"({"a":1,"b":2,"a":3})"),
              HasSubstr("column 14: the name 'a' occurs twice"));
  EXPECT_THAT(problem_of(""), HasSubstr("empty"));
  EXPECT_THAT(problem_of("  "), HasSubstr("empty"));
}

TEST(JsonParser, what_is_not_json_is_refused) {
  for (const char* text : {"{",
                           "[",
                           "[1",
                           "[1,",
                           "[1,]",
                           "{\"a\"",
                           "{\"a\":",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{'a':1}",
                           "[1 2]",
                           "01",
                           "-",
                           "+1",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x1",
                           "NaN",
                           "Infinity",
                           "-Infinity",
                           "1e999",
                           "tru",
                           "nul",
                           "True",
                           "\"",
                           "\"a",
                           "\"\\x\"",
                           "\"\\u12\"",
                           "\"\\ud800\"",
                           "\"\\ud800\\u0041\"",
                           "\"\\udc00\"",
                           "\"\n\"",
                           "\"\x01\"",
                           "\"\xFF\"",
                           "\"\xC0\x80\"",
                           "[] []",
                           "{}x",
                           "//",
                           "[/**/]",
                           "]",
                           "}",
                           ":",
                           ","}) {
    EXPECT_NE(problem_of(text), "none") << text;
  }
}

TEST(JsonParser, a_nul_byte_is_neither_the_end_nor_a_space) {
  EXPECT_NE(problem_of(std::string_view{"1\0", 2}), "none");
  EXPECT_NE(problem_of(std::string_view{"\0", 1}), "none");
}

TEST(JsonParser, nesting_is_taken_up_to_the_limit) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(64)));
  EXPECT_THAT(problem_of(nested(65)), HasSubstr("deeper than 64"));
  EXPECT_THAT(problem_of(nested(10'000)), HasSubstr("column 65"));
  std::string objects;
  for (int i = 0; i < 10'000; ++i) objects += "{\"a\":";
  EXPECT_THAT(problem_of(objects), HasSubstr("deeper than 64"));
}

TEST(JsonParser, a_text_over_the_limit_is_too_large) {
  const auto value = parse_json("[1,2,3]", {.max_bytes = 6, .max_depth = 64});
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, ErrorCode::too_large);
}

TEST(JsonParser, no_cut_or_changed_text_breaks_it) {
  const std::string text = R"({"a":[1,-2.5e3,true,null,"x\u00e9\ud83d\ude00"],"한":{"b":[{}]}})";
  std::mt19937_64 random{5};
  for (std::size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_json(text.substr(0, length)));
  }
  for (int i = 0; i < 50'000; ++i) {
    std::string changed = text;
    for (int k = 0; k < 3; ++k) changed[random() % changed.size()] = static_cast<char>(random());
    if (const auto value = parse_json(changed)) {
      const std::string shown = to_text(*value);
      EXPECT_EQ(again(shown), shown);
    }
  }
}

}  // namespace
}  // namespace hts::json
