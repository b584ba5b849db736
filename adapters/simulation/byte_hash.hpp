#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "engine/runtime/random.hpp"

namespace hts::simulation {

/// A hash of a stream of bytes, however it is cut into pieces; eight bytes a step. The same on
/// every machine of one byte order. Not against attackers.
class ByteHash {
 public:
  void add(std::span<const std::byte> bytes) noexcept {
    size_ += bytes.size();
    while (!bytes.empty()) {
      if (waiting_ == 0 && bytes.size() >= word_size) {
        std::memcpy(word_.data(), bytes.data(), word_size);
        bytes = bytes.subspan(word_size);
      } else {
        const std::size_t count = std::min(bytes.size(), word_size - waiting_);
        std::memcpy(word_.data() + waiting_, bytes.data(), count);
        bytes = bytes.subspan(count);
        waiting_ += count;
        if (waiting_ < word_size) return;
        waiting_ = 0;
      }
      value_ = mixed(value_, word_);
    }
  }
  void add(std::uint64_t number) noexcept { add(std::as_bytes(std::span{&number, 1})); }

  [[nodiscard]] std::uint64_t value() const noexcept {
    Word rest{};
    std::memcpy(rest.data(), word_.data(), waiting_);
    std::uint64_t value = mixed(value_, rest) ^ size_;
    return runtime::detail::next_random(value);
  }

 private:
  static constexpr std::size_t word_size = sizeof(std::uint64_t);
  using Word = std::array<std::byte, word_size>;

  [[nodiscard]] static std::uint64_t mixed(std::uint64_t value, const Word& word) noexcept {
    std::uint64_t number = 0;
    std::memcpy(&number, word.data(), word_size);
    value ^= number;
    return runtime::detail::next_random(value);
  }

  std::uint64_t value_ = 0;
  std::uint64_t size_ = 0;
  Word word_{};
  std::size_t waiting_ = 0;  ///< bytes of an incomplete word
};

}  // namespace hts::simulation
