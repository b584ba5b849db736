#include "engine/json/utf8.hpp"

namespace hts::json {

std::size_t utf8_length(std::string_view text) noexcept {
  if (text.empty()) return 0;
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned char low, unsigned char high) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1, 0x80, 0xBF) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    // The narrowed second byte excludes overlong forms and surrogates.
    const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
    const bool whole =
        continues(1, low, high) && continues(2, 0x80, 0xBF) && continues(3, 0x80, 0xBF);
    return whole ? 4 : 0;
  }
  return 0;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto append = [&text](char32_t bits) { text += static_cast<char>(bits); };
  const auto tail = [&](unsigned shift) { append(0x80U | (code_point >> shift & 0x3FU)); };
  if (code_point < 0x80) {
    append(code_point);
  } else if (code_point < 0x800) {
    append(0xC0U | code_point >> 6U);
    tail(0);
  } else if (code_point < 0x10000) {
    append(0xE0U | code_point >> 12U);
    tail(6);
    tail(0);
  } else {
    append(0xF0U | code_point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

}  // namespace hts::json
