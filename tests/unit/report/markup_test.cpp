#include "adapters/report/markup.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace hts::report {
namespace {

TEST(EscapeMarkup, leaves_nothing_that_opens_an_element_or_ends_an_attribute) {
  EXPECT_EQ(escape_markup("<script>alert('x' & \"y\")</script>"),
            "&lt;script&gt;alert(&#39;x&#39; &amp; &quot;y&quot;)&lt;/script&gt;");
}

TEST(EscapeMarkup, keeps_letters_of_any_language) {
  EXPECT_EQ(escape_markup("비트코인 ≥ 1"), "비트코인 ≥ 1");
}

TEST(EscapeMarkup, replaces_broken_bytes_and_control_characters) {
  EXPECT_EQ(escape_markup(std::string_view{"a\xff\0b\n", 5}), "a\xEF\xBF\xBD b ");
}

}  // namespace
}  // namespace hts::report
