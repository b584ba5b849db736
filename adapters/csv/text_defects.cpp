#include "adapters/csv/text_defects.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <utility>

namespace hts::csv {
namespace {

/// Length of the well-formed UTF-8 sequence at the front, or 0.
std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if ((lead & 0xF0U) == 0xE0) {
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && byte(1) < 0x90;
    const bool too_large = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

/// How many bytes from the front are ASCII without NUL, in steps of eight.
std::size_t skip_ascii(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080U;
  constexpr std::uint64_t ones = 0x0101010101010101U;
  std::size_t offset = 0;
  while (offset + sizeof(std::uint64_t) <= text.size()) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + offset, sizeof word);
    const std::uint64_t zero_bytes = (word - ones) & ~word & high_bits;
    if (((word & high_bits) | zero_bytes) != 0) break;
    offset += sizeof word;
  }
  return offset;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view text) {
  std::size_t offset = 0;
  while (offset < text.size()) {
    offset += skip_ascii(text.substr(offset));
    // Up to eight bytes singly, then the fast way again.
    for (const std::size_t end = offset + 8; offset < end && offset < text.size();) {
      if (text[offset] == '\0') return BadByte{offset, "a NUL byte"};
      const std::size_t length = utf8_sequence_length(text.substr(offset, 4));
      if (length == 0) {
        std::array<char, 48> problem{};
        std::snprintf(problem.data(), problem.size(), "a byte that is not UTF-8 (0x%02X)",
                      static_cast<unsigned>(static_cast<unsigned char>(text[offset])));
        return BadByte{offset, problem.data()};
      }
      offset += length;
    }
  }
  return std::nullopt;
}

std::optional<std::string> recognise_binary(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, const char*>, 8> kinds = {
      {{"\x1F\x8B"sv, "a gzip archive: unpack it with gunzip first"},
       {"PK\x03\x04"sv, "a zip archive: unpack it with unzip first"},
       {"\x28\xB5\x2F\xFD"sv, "a zstd archive: unpack it with unzstd first"},
       {"\xFD"
        "7zXZ"sv,
        "an xz archive: unpack it with unxz first"},
       {"BZh"sv, "a bzip2 archive: unpack it with bunzip2 first"},
       {"PAR1"sv, "a Parquet file: candles are imported from CSV or Upbit's JSON"},
       {"\xFF\xFE"sv, "UTF-16 text: save it as UTF-8"},
       {"\xFE\xFF"sv, "UTF-16 text: save it as UTF-8"}}};
  for (const auto& [magic, what] : kinds) {
    if (head.starts_with(magic)) return what;
  }
  return std::nullopt;
}

std::string quote_text(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string_view shown = text.substr(0, longest);
  if (shown.size() < text.size()) {
    // Not in the middle of a character.
    while (!shown.empty() && (static_cast<unsigned char>(text[shown.size()]) & 0xC0U) == 0x80U) {
      shown.remove_suffix(1);
    }
  }
  std::string quote = "'";
  for (const char c : shown) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    quote += control ? '?' : c;
  }
  if (shown.size() < text.size()) quote += "...";
  return quote + "'";
}

}  // namespace hts::csv
