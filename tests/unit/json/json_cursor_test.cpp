#include "engine/json/json_cursor.hpp"

#include <random>
#include <string>

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

bool walks(std::string_view text) {
  JsonCursor cursor(text);
  cursor.skip();
  return cursor.finished();
}

TEST(json_cursor, members_come_in_their_order) {
  JsonCursor cursor(R"( {"a" : 1.5, "b":{"c":[true, null,"x"]}, "d":"2.50", "e":-7} )");
  std::string names;
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    names += name;
    if (name == "a") {
      EXPECT_EQ(cursor.real(), 1.5);
    } else if (name == "d") {
      EXPECT_EQ(cursor.quoted_real(), 2.5);
    } else if (name == "e") {
      EXPECT_EQ(cursor.integer(), -7);
    } else {
      cursor.skip();
    }
  }
  EXPECT_TRUE(cursor.finished());
  EXPECT_EQ(names, "abde");
}

TEST(json_cursor, a_value_of_another_type_makes_it_bad_for_good) {
  JsonCursor cursor(R"({"a":"text","b":1})");
  std::string_view name;
  cursor.object();
  ASSERT_TRUE(cursor.member(name));
  EXPECT_EQ(cursor.real(), 0);
  EXPECT_FALSE(cursor.ok());
  EXPECT_FALSE(cursor.member(name));
  EXPECT_FALSE(cursor.finished());
}

TEST(json_cursor, an_escape_in_a_text_that_is_read_is_refused) {
  JsonCursor cursor(R"("1\u0030")");
  EXPECT_EQ(cursor.text(), "");
  EXPECT_FALSE(cursor.ok());
  EXPECT_TRUE(walks(R"("1\u0030 \ud83d\ude00 \n")"));
}

TEST(json_cursor, decimals_are_whole_texts) {
  double value = 0;
  EXPECT_TRUE(read_decimal("1.16539E8", value));
  EXPECT_EQ(value, 116539000.0);
  EXPECT_TRUE(read_decimal("1016673124418.02839000", value));
  EXPECT_EQ(value, 1016673124418.02839);
  for (const char* text : {"", "-", "inf", "nan", "-inf", " 1", "1 ", "1e999", "0x10", "1.5.2"}) {
    EXPECT_FALSE(read_decimal(text, value)) << text;
  }
}

TEST(json_cursor, what_is_no_json_is_refused) {
  for (const char* text : {"",         "{",           "}",
                           "[1,]",     "[,1]",        "{\"a\"}",
                           "{\"a\":}", "{\"a\":1,}",  "01",
                           "1.",       ".5",          "+1",
                           "1e",       "tru",         "nul",
                           "\"a",      "\"\x01\"",    "\"\xff\"",
                           "\"\\x\"",  "\"\\ud800\"", "\"\\ud800\\u0041\"",
                           "1 2",      "{\"a\":1]"}) {
    EXPECT_FALSE(walks(text)) << text;
  }
  EXPECT_FALSE(walks(std::string(65, '[') + std::string(65, ']')));
  EXPECT_TRUE(walks(std::string(64, '[') + std::string(64, ']')));
}

TEST(json_cursor, it_accepts_what_the_parser_accepts_whatever_is_changed) {
  const std::string document =
      R"({"s":"KRW-BTC","p":1.16539E8,"q":[0.5,-7,1e3,{"x":null}],"t":true,"u":"\u00e9\n\"é"})";
  std::mt19937 random(7);
  const std::string bytes = "{}[]\",:.0123456789eE+-\\u tfn\x01\xc3\xa9";
  for (int round = 0; round < 20'000; ++round) {
    std::string text = document;
    for (auto changes = random() % 3 + 1; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = bytes[random() % bytes.size()];
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, 1, bytes[random() % bytes.size()]);
      }
    }
    const auto parsed = parse_json(text);
    const bool is_repetition =
        !parsed && parsed.error().message.find("occurs twice") != std::string::npos;
    if (is_repetition) continue;
    ASSERT_EQ(walks(text), parsed.ok()) << text;
  }
}

}  // namespace
}  // namespace hts::json
