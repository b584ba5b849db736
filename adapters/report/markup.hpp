#pragma once

#include <string>
#include <string_view>

namespace hts::report {

/// Text for the inside of an element or of a quoted attribute of HTML, SVG or XML: `& < > " '`
/// become references, bytes that are not UTF-8 U+FFFD, control characters (which XML forbids)
/// spaces. O(n).
[[nodiscard]] std::string escape_markup(std::string_view text);

}  // namespace hts::report
