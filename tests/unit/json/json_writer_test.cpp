#include "engine/json/json_writer.hpp"

#include <bit>
#include <charconv>
#include <limits>
#include <random>

#include <gtest/gtest.h>

namespace hts::json {
namespace {

std::string number_text(double value) {
  std::string text;
  append_number(text, value);
  return text;
}

std::string string_text(std::string_view value) {
  std::string text;
  append_string(text, value);
  return text;
}

TEST(JsonWriter, numbers_are_written_for_people) {
  EXPECT_EQ(number_text(2.5), "2.5");
  EXPECT_EQ(number_text(11523000), "11523000.0");
  EXPECT_EQ(number_text(0), "0.0");
  EXPECT_EQ(number_text(-0.0), "-0.0");
  EXPECT_EQ(number_text(0.00000001), "1e-08");
  EXPECT_EQ(number_text(0.0000001), "0.0000001");
  EXPECT_EQ(number_text(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number_text(1e20), "100000000000000000000.0");
  EXPECT_EQ(number_text(1e21), "1e+21");
}

TEST(JsonWriter, what_json_cannot_say_is_null) {
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "null");
  EXPECT_EQ(number_text(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "null");
}

TEST(JsonWriter, every_finite_double_reads_back_equal) {
  std::mt19937_64 random{17};
  for (int i = 0; i < 200'000; ++i) {
    const auto value = std::bit_cast<double>(random());
    const std::string text = number_text(value);
    if (text == "null") continue;
    double back = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), back);
    ASSERT_EQ(read.ptr, text.data() + text.size()) << text;
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << text;
  }
}

TEST(JsonWriter, strings_are_escaped_and_always_utf8) {
  EXPECT_EQ(string_text("a\"b\\c\n\t\r\x01/"), "\"a\\\"b\\\\c\\n\\t\\r\\u0001/\"");
  EXPECT_EQ(string_text("비트코인"), "\"비트코인\"");
  EXPECT_EQ(string_text("a\xFFz\xED\xA0\x80"), "\"a\\ufffdz\\ufffd\\ufffd\\ufffd\"");
  EXPECT_EQ(string_text(std::string_view{"\0", 1}), "\"\\u0000\"");
}

std::string sample(Layout layout) {
  std::string text;
  Writer writer{text, layout};
  writer.begin_object();
  writer.member("a", 1);
  writer.member("b", 2.0);
  writer.key("c");
  writer.begin_array();
  writer.value(true);
  writer.value(nullptr);
  writer.value("x");
  writer.end_array();
  writer.key("d");
  writer.begin_object();
  writer.end_object();
  writer.key("e");
  writer.begin_array();
  writer.end_array();
  writer.end_object();
  return text;
}

TEST(JsonWriter, a_document_is_written_in_either_layout) {
  EXPECT_EQ(sample(Layout::compact), R"({"a":1,"b":2.0,"c":[true,null,"x"],"d":{},"e":[]})");
  EXPECT_EQ(sample(Layout::pretty), R"({
  "a": 1,
  "b": 2.0,
  "c": [
    true,
    null,
    "x"
  ],
  "d": {},
  "e": []
})");
}

TEST(JsonWriter, a_document_is_appended_to_what_is_there) {
  std::string text = "data: ";
  Writer writer{text};
  writer.value(std::uint64_t{18446744073709551615U});
  EXPECT_EQ(text, "data: 18446744073709551615");
}

}  // namespace
}  // namespace hts::json
