#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "engine/time/timestamp.hpp"
#include "engine/trading/fixed_point.hpp"

/// A session's state as bytes: the same on every machine, lowest byte first.
namespace hts::paper {

class StateWriter {
 public:
  void whole(std::uint64_t value) {
    for (int shift = 0; shift < 64; shift += 8) {
      bytes_.push_back(static_cast<char>(static_cast<unsigned char>(value >> shift)));
    }
  }
  void number(double value) { whole(std::bit_cast<std::uint64_t>(value)); }
  void flag(bool value) { bytes_.push_back(value ? '\1' : '\0'); }
  void time(time::Timestamp value) {
    whole(static_cast<std::uint64_t>(value.time_since_epoch().count()));
  }
  void units(trading::fixed::Int value) {
    const auto bits = static_cast<trading::fixed::Unsigned>(value);
    whole(static_cast<std::uint64_t>(bits));
    whole(static_cast<std::uint64_t>(bits >> 64U));
  }
  void text(std::string_view value) {
    whole(value.size());
    bytes_ += value;
  }
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_;
};

/// Reads what StateWriter wrote. After what is not there or cannot be, everything reads as 0 and
/// `is_sound` is false.
class StateReader {
 public:
  explicit StateReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint64_t whole() {
    if (bytes_.size() < 8) return fail();
    std::uint64_t value = 0;
    for (std::size_t i = 8; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes_[i]);
    bytes_.remove_prefix(8);
    return value;
  }
  /// At most `most`; for counts and places.
  std::uint64_t whole(std::uint64_t most) {
    const std::uint64_t value = whole();
    return value <= most ? value : fail();
  }
  /// A finite one.
  double number() {
    const auto value = std::bit_cast<double>(whole());
    if (std::isfinite(value)) return value;
    fail();
    return 0;
  }
  bool flag() {
    if (bytes_.empty() || static_cast<unsigned char>(bytes_.front()) > 1) return fail() != 0;
    const bool value = bytes_.front() != '\0';
    bytes_.remove_prefix(1);
    return value;
  }
  time::Timestamp time() {
    return time::Timestamp{time::Duration{static_cast<std::int64_t>(whole())}};
  }
  trading::fixed::Int units() {
    const std::uint64_t low = whole();
    const std::uint64_t high = whole();
    return static_cast<trading::fixed::Int>(static_cast<trading::fixed::Unsigned>(high) << 64U |
                                            low);
  }
  std::string_view text() {
    const std::uint64_t size = whole(bytes_.size());
    if (size > bytes_.size()) {
      fail();
      return {};
    }
    const std::string_view value = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return value;
  }
  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  [[nodiscard]] bool is_over() const noexcept { return is_sound_ && bytes_.empty(); }
  /// The same as a byte that cannot be.
  std::uint64_t fail() noexcept {
    is_sound_ = false;
    bytes_ = {};
    return 0;
  }

 private:
  std::string_view bytes_;
  bool is_sound_ = true;
};

}  // namespace hts::paper
