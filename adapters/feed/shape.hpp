#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "engine/json/decimal.hpp"
#include "engine/json/json_cursor.hpp"

namespace hts::feed {

/// Steps through a message whose shape is known byte for byte but for its values, as exchanges
/// write theirs. Everything that it takes, a JSON reader takes too and reads alike; what it does
/// not take is left to that reader. One thread, no allocation.
class Shape {
 public:
  explicit Shape(std::string_view text) noexcept
      : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool is_at_end() const noexcept { return at_ == end_; }

  /// These bytes are next.
  [[nodiscard]] bool take(std::string_view literal) noexcept {
    if (static_cast<std::size_t>(end_ - at_) < literal.size() ||
        std::memcmp(at_, literal.data(), literal.size()) != 0) {
      return false;
    }
    at_ += literal.size();
    return true;
  }

  /// Letters, digits and `-_@:!.` up to a quote, which is taken too.
  [[nodiscard]] bool take_word(std::string_view& word) noexcept {
    const char* const begin = at_;
    while (at_ != end_ && is_plain(*at_)) ++at_;
    if (at_ == end_ || *at_ != '"') return false;
    word = {begin, static_cast<std::size_t>(at_ - begin)};
    ++at_;
    return true;
  }

  /// A JSON integer without a sign, of at most 18 digits.
  [[nodiscard]] bool take_integer(std::int64_t& value) noexcept {
    return !has_leading_zero() && json::read_plain_integer(at_, end_, value);
  }

  /// A JSON number without an exponent; what follows it must be taken next.
  [[nodiscard]] bool take_number(double& value) noexcept {
    if (has_leading_zero()) return false;
    const char* const begin = at_;
    if (json::read_plain_decimal(at_, end_, value)) return true;
    at_ = begin;
    if (!pass_number()) return false;
    // More digits than a double holds: mostly zeros behind the point, which change nothing.
    const char* significant = at_;
    while (significant[-1] == '0') --significant;
    if (significant[-1] == '.') --significant;
    const char* digits = begin;
    const bool has_point =
        std::memchr(begin, '.', static_cast<std::size_t>(at_ - begin)) != nullptr;
    if (has_point && json::read_plain_decimal(digits, significant, value) &&
        digits == significant) {
      return true;
    }
    return json::read_decimal({begin, static_cast<std::size_t>(at_ - begin)}, value);
  }

  /// The same of a number that nobody needs, of at most 40 characters.
  [[nodiscard]] bool pass_number() noexcept {
    if (has_leading_zero()) return false;
    const char* at = at_;
    const char* const begin = at;
    if (at != end_ && *at == '-') ++at;
    const char* const whole = at;
    while (at != end_ && is_digit(*at)) ++at;
    if (at == whole) return false;
    if (at != end_ && *at == '.') {
      const char* const fraction = ++at;
      while (at != end_ && is_digit(*at)) ++at;
      if (at == fraction) return false;
    }
    at_ = at;
    return at - begin <= 40;
  }

  [[nodiscard]] bool take_boolean(bool& value) noexcept {
    if (take("true")) {
      value = true;
      return true;
    }
    value = false;
    return take("false");
  }

 private:
  [[nodiscard]] static bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
  [[nodiscard]] static bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '-' && c <= ':') || (c >= '@' && c <= 'Z') || c == '_' ||
           c == '!';
  }
  [[nodiscard]] bool has_leading_zero() const noexcept {
    const char* at = at_ != end_ && *at_ == '-' ? at_ + 1 : at_;
    return end_ - at >= 2 && at[0] == '0' && at[1] >= '0' && at[1] <= '9';
  }

  const char* at_;
  const char* end_;
};

}  // namespace hts::feed
