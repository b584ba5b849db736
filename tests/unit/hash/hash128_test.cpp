#include "engine/hash/hash128.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <random>
#include <set>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace hts::hash {
namespace {

std::vector<std::byte> random_bytes(std::mt19937_64& random, std::size_t size) {
  std::vector<std::byte> bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

int distance(const Hash128& a, const Hash128& b) {
  return std::popcount(a.high ^ b.high) + std::popcount(a.low ^ b.low);
}

TEST(Hash128, gives_the_values_that_results_were_stored_with) {
  HashChain chain;
  EXPECT_EQ(to_hex(hash128({})), "0f3eb924816df43f8372ca4f8c43dbc3");
  EXPECT_EQ(to_hex(chain.text("candles").number(7).hash()), "8e6719f625e13eafc53a785af21bb617");
  const std::vector<std::byte> many(1'000, std::byte{42});
  EXPECT_EQ(to_hex(hash128(many)), "f20c615ce99aaac929107a99c872562d");
}

TEST(Hash128, one_bit_changes_half_of_the_bits) {
  std::mt19937_64 random{1};
  for (const std::size_t size : {1U, 8U, 16U, 63U, 64U, 65U, 128U, 1000U}) {
    auto bytes = random_bytes(random, size);
    const Hash128 before = hash128(bytes);
    double sum = 0;
    int count = 0;
    for (std::size_t bit = 0; bit < size * 8; bit += size > 100 ? 7 : 1, ++count) {
      const auto mask = static_cast<std::byte>(1U << (bit % 8));
      bytes[bit / 8] ^= mask;
      const int changed = distance(before, hash128(bytes));
      EXPECT_GT(changed, 30) << "bit " << bit << " of " << size << " bytes";
      sum += changed;
      bytes[bit / 8] ^= mask;
    }
    EXPECT_NEAR(sum / count, 64, 6) << size << " bytes";
  }
}

TEST(Hash128, data_that_people_have_never_meet_in_either_half) {
  std::set<std::uint64_t> high;
  std::set<std::uint64_t> low;
  std::size_t count = 0;
  const auto add = [&](const Hash128& hash) {
    high.insert(hash.high);
    low.insert(hash.low);
    ++count;
  };
  for (std::uint64_t number = 0; number < 50'000; ++number) add(HashChain{}.number(number).hash());
  for (std::size_t zeros = 1; zeros < 500; ++zeros) {
    if (zeros != 8) add(hash128(std::vector<std::byte>(zeros)));
  }
  // Prices of a thousand candles of which one differs a little.
  std::vector<double> prices(1'000, 100.0);
  for (std::size_t at = 0; at < prices.size(); ++at) {
    for (const double price : {100.01, 99.99, 0.0, -100.0}) {
      prices[at] = price;
      add(HashChain{}.column(std::span<const double>{prices}).hash());
      prices[at] = 100.0;
    }
  }
  EXPECT_EQ(high.size(), count);
  EXPECT_EQ(low.size(), count);
}

TEST(Hash128, swapped_blocks_and_words_are_other_data) {
  std::mt19937_64 random{2};
  const auto bytes = random_bytes(random, 512);
  const Hash128 before = hash128(bytes);
  for (const std::size_t width : {8U, 16U, 64U}) {
    for (std::size_t at = 0; at + 2 * width <= bytes.size(); at += width) {
      auto swapped = bytes;
      std::swap_ranges(swapped.begin() + static_cast<std::ptrdiff_t>(at),
                       swapped.begin() + static_cast<std::ptrdiff_t>(at + width),
                       swapped.begin() + static_cast<std::ptrdiff_t>(at + width));
      EXPECT_NE(hash128(swapped), before) << width << " bytes at " << at;
    }
  }
}

TEST(HashChain, where_a_text_ends_counts) {
  EXPECT_NE(HashChain{}.text("ab").text("c").hash(), HashChain{}.text("a").text("bc").hash());
  EXPECT_NE(HashChain{}.text("").hash(), HashChain{}.hash());
}

TEST(Hash128, its_text_has_32_digits) {
  EXPECT_EQ(to_hex({0, 0x0f}), "0000000000000000000000000000000f");
}

}  // namespace
}  // namespace hts::hash
