#include "engine/json/utf8.hpp"

#include <gtest/gtest.h>

namespace hts::json {
namespace {

TEST(Utf8, every_encodable_code_point_is_read_back_with_its_length) {
  for (char32_t code_point = 1; code_point <= 0x10FFFF; ++code_point) {
    if (code_point >= 0xD800 && code_point <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, code_point);
    ASSERT_EQ(utf8_length(text), text.size()) << static_cast<std::uint32_t>(code_point);
    ASSERT_EQ(utf8_length(text + "x"), text.size());
    if (text.size() > 1) {
      ASSERT_EQ(utf8_length(text.substr(0, text.size() - 1)), 0U);
      ASSERT_EQ(utf8_length(text.substr(1)), 0U);
    }
  }
}

TEST(Utf8, overlong_forms_surrogates_and_too_large_ones_are_no_characters) {
  for (const char* text :
       {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\x80", "\xC3(", "\xE2\x82(", ""}) {
    EXPECT_EQ(utf8_length(text), 0U) << text;
  }
}

}  // namespace
}  // namespace hts::json
