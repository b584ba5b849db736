#include "engine/hash/hash128.hpp"

#include <array>
#include <bit>
#include <cstring>

static_assert(std::endian::native == std::endian::little, "words are read as they lie in memory");

namespace hts::hash {
namespace {

// Odd, so that multiplying by them loses nothing, and without pattern.
constexpr std::array<std::uint64_t, 8> keys = {
    0x9e3779b97f4a7c15U, 0xbb67ae8584caa73bU, 0x3c6ef372fe94f82bU, 0xa54ff53a5f1d36f1U,
    0x510e527fade682d1U, 0x9b05688c2b3e6c1fU, 0x1f83d9abfb41bd6bU, 0x5be0cd19137e2179U};
constexpr std::size_t lanes = 4;
constexpr std::size_t block = 16 * lanes;

std::uint64_t word_at(const std::byte* data) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, data, sizeof word);
  return word;
}

/// Both halves of the product, folded.
std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t stirred(std::uint64_t word) noexcept {
  word ^= word >> 32U;
  word *= 0xd6e8feb86659fd93U;
  word ^= word >> 29U;
  word *= keys[0];
  return word ^ (word >> 32U);
}

struct Lanes {
  std::array<std::uint64_t, lanes> folded;
  std::array<std::uint64_t, lanes> chained;

  void take(const std::byte* data) noexcept {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::uint64_t a = word_at(data + 16 * lane);
      const std::uint64_t b = word_at(data + 16 * lane + 8);
      folded[lane] = folded_product(a ^ keys[lane], b ^ folded[lane] ^ keys[lane + 4]);
      chained[lane] = std::rotl((chained[lane] ^ a) * keys[7 - lane], 31) + b;
    }
  }
};

}  // namespace

Hash128 hash128(std::span<const std::byte> data, const Hash128& seed) noexcept {
  Lanes state{};
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    state.folded[lane] = stirred(seed.high + keys[lane]);
    state.chained[lane] = stirred(seed.low ^ keys[lane + 4]);
  }
  const std::byte* at = data.data();
  std::size_t left = data.size();
  for (; left >= block; left -= block, at += block) state.take(at);
  if (left > 0) {
    std::array<std::byte, block> rest{};
    std::memcpy(rest.data(), at, left);
    state.take(rest.data());
  }
  // The length tells a short end from one with zeros.
  std::uint64_t high = stirred(data.size() + keys[2]);
  std::uint64_t low = stirred(data.size() ^ keys[5]);
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    high = stirred(std::rotl(high, 23) ^ state.folded[lane]) * keys[lane] + state.chained[lane];
    low = stirred(std::rotl(low, 41) ^ state.chained[lane]) * keys[lane + 4] + state.folded[lane];
  }
  return {stirred(high ^ std::rotl(low, 17)), stirred(low + std::rotl(high, 37) * keys[6])};
}

std::string to_hex(const Hash128& hash) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint64_t half : {hash.high, hash.low}) {
    for (unsigned shift = 64; shift > 0; shift -= 4) text += digits[(half >> (shift - 4)) & 15U];
  }
  return text;
}

}  // namespace hts::hash
