#include "config/replay/difference.hpp"

#include <algorithm>

namespace hts::config {

std::uint64_t first_difference(std::string_view left, std::string_view right) noexcept {
  const std::size_t common = std::min(left.size(), right.size());
  const auto differing = std::mismatch(
      left.begin(), left.begin() + static_cast<std::ptrdiff_t>(common), right.begin());
  return static_cast<std::uint64_t>(differing.first - left.begin());
}

std::string shown_around(std::string_view bytes, std::uint64_t at) {
  constexpr std::uint64_t before = 24;
  constexpr std::uint64_t after = 40;
  constexpr std::string_view digits = "0123456789abcdef";
  const std::uint64_t begin = at > before ? at - before : 0;
  if (begin >= bytes.size()) return {};
  std::string text = begin > 0 ? "…" : "";
  const std::string_view part = bytes.substr(begin, at - begin + after);
  for (const char c : part) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '\\') {
      text += c;
    } else {
      text += "\\x";
      text += digits[byte >> 4U];
      text += digits[byte & 15U];
    }
  }
  if (begin + part.size() < bytes.size()) text += "…";
  return text;
}

}  // namespace hts::config
