#include "adapters/journal/crc32c.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace hts::journal {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78U;  // reflected

/// Row k advances a byte past k further ones, so that eight bytes take eight independent look-ups.
constexpr auto tables = [] {
  std::array<std::array<std::uint32_t, 256>, 8> rows{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) * polynomial);
    rows[0][byte] = value;
  }
  for (std::size_t row = 1; row < rows.size(); ++row) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t value = rows[row - 1][byte];
      rows[row][byte] = (value >> 8U) ^ rows[0][value & 0xffU];
    }
  }
  return rows;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_sse42(std::string_view bytes,
                                                     std::uint32_t before) noexcept {
  std::uint64_t crc = ~before;
  while (bytes.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), sizeof(word));
    crc = __builtin_ia32_crc32di(crc, word);
    bytes.remove_prefix(8);
  }
  auto rest = static_cast<std::uint32_t>(crc);
  for (const char byte : bytes) {
    rest = __builtin_ia32_crc32qi(rest, static_cast<unsigned char>(byte));
  }
  return ~rest;
}
#endif

}  // namespace

std::uint32_t crc32c_portable(std::string_view bytes, std::uint32_t before) noexcept {
  std::uint32_t crc = ~before;
  while (bytes.size() >= 8) {
    crc ^= byte_at(bytes, 0) | byte_at(bytes, 1) << 8U | byte_at(bytes, 2) << 16U |
           byte_at(bytes, 3) << 24U;
    crc = tables[7][crc & 0xffU] ^ tables[6][(crc >> 8U) & 0xffU] ^
          tables[5][(crc >> 16U) & 0xffU] ^ tables[4][crc >> 24U] ^ tables[3][byte_at(bytes, 4)] ^
          tables[2][byte_at(bytes, 5)] ^ tables[1][byte_at(bytes, 6)] ^
          tables[0][byte_at(bytes, 7)];
    bytes.remove_prefix(8);
  }
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    crc = (crc >> 8U) ^ tables[0][(crc ^ byte_at(bytes, at)) & 0xffU];
  }
  return ~crc;
}

std::uint32_t crc32c(std::string_view bytes, std::uint32_t before) noexcept {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return crc32c_sse42(bytes, before);
#endif
  return crc32c_portable(bytes, before);
}

}  // namespace hts::journal
