#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hts::journal {

/// Appends msgpack values to a string, each in its shortest form. What is written is a whole
/// document only if the caller writes as many elements as the arrays announce.
///
/// One thread; amortised O(bytes); the string outlives the writer.
class MsgpackWriter {
 public:
  explicit MsgpackWriter(std::string& out) noexcept : out_(out) {}

  void nil() { byte(0xc0); }
  void boolean(bool value) { byte(value ? 0xc3 : 0xc2); }

  void unsigned_integer(std::uint64_t value) {
    if (value < 0x80) {
      byte(static_cast<std::uint8_t>(value));
    } else if (value <= 0xff) {
      marked(0xcc, static_cast<std::uint8_t>(value));
    } else if (value <= 0xffff) {
      marked(0xcd, static_cast<std::uint16_t>(value));
    } else if (value <= 0xffff'ffff) {
      marked(0xce, static_cast<std::uint32_t>(value));
    } else {
      marked(0xcf, value);
    }
  }

  void integer(std::int64_t value) {
    if (value >= 0) {
      unsigned_integer(static_cast<std::uint64_t>(value));
    } else if (value >= -32) {
      byte(static_cast<std::uint8_t>(value));
    } else if (value >= INT8_MIN) {
      marked(0xd0, static_cast<std::uint8_t>(value));
    } else if (value >= INT16_MIN) {
      marked(0xd1, static_cast<std::uint16_t>(value));
    } else if (value >= INT32_MIN) {
      marked(0xd2, static_cast<std::uint32_t>(value));
    } else {
      marked(0xd3, static_cast<std::uint64_t>(value));
    }
  }

  /// Bit for bit, NaN and signed zero included.
  void real(double value) { marked(0xcb, std::bit_cast<std::uint64_t>(value)); }

  void text(std::string_view value) {
    if (value.size() < 32) {
      byte(static_cast<std::uint8_t>(0xa0U | value.size()));
    } else {
      length(0xd9, 0xda, 0xdb, value.size());
    }
    out_.append(value);
  }
  void binary(std::string_view value) {
    length(0xc4, 0xc5, 0xc6, value.size());
    out_.append(value);
  }

  /// `count` values follow.
  void array(std::size_t count) {
    if (count < 16) {
      byte(static_cast<std::uint8_t>(0x90U | count));
    } else if (count <= 0xffff) {
      marked(0xdc, static_cast<std::uint16_t>(count));
    } else {
      marked(0xdd, static_cast<std::uint32_t>(count));
    }
  }

 private:
  void byte(std::uint8_t value) { out_.push_back(static_cast<char>(value)); }

  /// msgpack's numbers are big-endian.
  template <class Number>
  void marked(std::uint8_t mark, Number value) {
    char bytes[1 + sizeof(Number)];
    bytes[0] = static_cast<char>(mark);
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      bytes[1 + i] = static_cast<char>(value >> (8 * (sizeof(Number) - 1 - i)));
    }
    out_.append(bytes, sizeof(bytes));
  }

  void length(std::uint8_t mark8, std::uint8_t mark16, std::uint8_t mark32, std::size_t size) {
    if (size <= 0xff) {
      marked(mark8, static_cast<std::uint8_t>(size));
    } else if (size <= 0xffff) {
      marked(mark16, static_cast<std::uint16_t>(size));
    } else {
      marked(mark32, static_cast<std::uint32_t>(size));
    }
  }

  std::string& out_;
};

}  // namespace hts::journal
