#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hts::json {

/// The length in bytes of the well-formed UTF-8 character that `text` begins with; 0 when it does
/// not begin with one (cut off, overlong, a surrogate, beyond U+10FFFF, or empty).
[[nodiscard]] std::size_t utf8_length(std::string_view text) noexcept;

/// Appends a code point, which must be one that UTF-8 can encode.
void append_utf8(std::string& text, char32_t code_point);

}  // namespace hts::json
