#include "adapters/http/path_template.hpp"

#include <gtest/gtest.h>

namespace hts::http {
namespace {

TEST(PercentDecode, turns_escapes_into_characters) {
  EXPECT_EQ(percent_decode("a%20b%2Fc", false), "a b/c");
  EXPECT_EQ(percent_decode("%EA%B9%80", false), "김");
  EXPECT_EQ(percent_decode("a+b", false), "a+b");
  EXPECT_EQ(percent_decode("a+b%2B", true), "a b+");
}

TEST(PercentDecode, refuses_broken_escapes_control_characters_and_what_is_not_utf8) {
  for (const char* text : {"%", "%4", "%zz", "a%", "%00", "%0a", "%7f", "%ff", "%c0%80",
                           "%ed%a0%80", "%e2%82", "%f4%90%80%80"}) {
    EXPECT_EQ(percent_decode(text, false), std::nullopt) << text;
  }
}

TEST(SplitPath, refuses_dot_segments_however_they_are_written) {
  for (const char* path : {"/..", "/a/../b", "/%2e%2e/etc/passwd", "/.%2E", "/a/."}) {
    const auto segments = split_path(path);
    ASSERT_FALSE(segments.ok()) << path;
    EXPECT_EQ(segments.error().code, result::ErrorCode::malformed);
  }
  EXPECT_EQ(*split_path("/a/..b"), (std::vector<std::string>{"a", "..b"}));
}

TEST(QueryParameter, is_found_by_its_decoded_name) {
  EXPECT_EQ(*query_parameter("limit=5&off%73et=7", "offset"), "7");
  EXPECT_EQ(*query_parameter("a=1&a=2", "a"), "1");
  EXPECT_EQ(*query_parameter("flag&x=", "flag"), "");
  EXPECT_EQ(*query_parameter("flag&x=", "x"), "");
  EXPECT_EQ(*query_parameter("limit=5", "lim"), std::nullopt);
  EXPECT_EQ(*query_parameter("", "limit"), std::nullopt);
}

TEST(QueryParameter, names_the_parameter_that_cannot_be_read) {
  const auto value = query_parameter("limit=%zz", "limit");
  ASSERT_FALSE(value.ok());
  EXPECT_EQ(value.error().field, "limit");
}

TEST(PathTemplate, gives_the_named_parts_of_a_path) {
  const PathTemplate path{"/runs/{run_id}/symbols/{symbol}"};
  const auto parameters = path.match({"runs", "7", "symbols", "BTC_KRW"});
  ASSERT_TRUE(parameters.has_value());
  EXPECT_EQ(*parameters, (PathParameters{{"run_id", "7"}, {"symbol", "BTC_KRW"}}));
  EXPECT_FALSE(path.match({"runs", "7", "symbols"}).has_value());
  EXPECT_FALSE(path.match({"runs", "", "symbols", "BTC_KRW"}).has_value());
  EXPECT_FALSE(path.match({"runs", "7", "symbol", "BTC_KRW"}).has_value());
}

TEST(QuotablePath, is_short_and_ascii) {
  EXPECT_EQ(quotable_path("/a\x01\xff b"), "/a???b");
  EXPECT_EQ(quotable_path(std::string(500, 'a')).size(), 123U);
}

}  // namespace
}  // namespace hts::http
