#include "adapters/csv/text_defects.hpp"

#include <string>

#include <gtest/gtest.h>

namespace hts::csv {
namespace {

TEST(text_defects, ascii_and_every_length_of_utf8_is_text) {
  EXPECT_FALSE(find_bad_byte(""));
  EXPECT_FALSE(find_bad_byte(std::string(1000, 'a')));
  EXPECT_FALSE(find_bad_byte("caf\xC3\xA9 \xE2\x82\xA9 \xED\x95\x9C\xEA\xB5\xAD \xF0\x9F\x98\x80"));
}

TEST(text_defects, a_bad_byte_is_found_at_any_offset) {
  for (std::size_t length = 0; length < 40; ++length) {
    const std::string text = std::string(length, 'a') + '\xFF' + std::string(20, 'b');
    const auto bad = find_bad_byte(text);
    ASSERT_TRUE(bad);
    EXPECT_EQ(bad->offset, length);
    EXPECT_EQ(bad->problem, "a byte that is not UTF-8 (0xFF)");
    const std::string with_nul = std::string(length, 'a') + '\0' + std::string(20, 'b');
    ASSERT_TRUE(find_bad_byte(with_nul));
    EXPECT_EQ(find_bad_byte(with_nul)->offset, length);
    EXPECT_EQ(find_bad_byte(with_nul)->problem, "a NUL byte");
  }
}

TEST(text_defects, malformed_sequences_are_no_utf8) {
  for (const char* text : {"\x80", "\xC0\xAF", "\xC3", "\xC3(", "\xE2\x82", "\xE0\x80\xAF",
                           "\xED\xA0\x80", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "\xF8\x88"}) {
    EXPECT_TRUE(find_bad_byte(text)) << text;
  }
}

TEST(text_defects, quotes_are_short_printable_and_end_between_characters) {
  EXPECT_EQ(quote_text("a\tb\x1B[31m"), "'a?b?[31m'");
  EXPECT_EQ(quote_text(std::string(41, 'a')), "'" + std::string(40, 'a') + "...'");
  const std::string korean = std::string(39, 'a') + "\xED\x95\x9C" + "b";
  EXPECT_EQ(quote_text(korean), "'" + std::string(39, 'a') + "...'");
}

}  // namespace
}  // namespace hts::csv
