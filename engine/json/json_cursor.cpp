#include "engine/json/json_cursor.hpp"

#include <charconv>
#include <cmath>
#include <system_error>

#include "engine/json/decimal.hpp"
#include "engine/json/utf8.hpp"

namespace hts::json {
namespace {

constexpr std::size_t deepest = 64;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hexadecimal(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

bool read_decimal(std::string_view text, double& value) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (read_plain_decimal(at, end, value) && at == end) return true;
  at = text.data();
  const std::size_t sign = text.starts_with('-') ? 1 : 0;
  // from_chars would also take "inf" and "nan".
  if (text.size() == sign || !is_digit(text[sign])) return false;
  const auto read = std::from_chars(at, end, value);
  return read.ec == std::errc{} && read.ptr == end && std::isfinite(value);
}

bool JsonCursor::finished() noexcept {
  skip_space();
  return ok_ && at_ == end_;
}

char JsonCursor::peek() noexcept {
  skip_space();
  return at_ == end_ ? '\0' : *at_;
}

bool JsonCursor::take(char c) noexcept {
  skip_space();
  if (at_ != end_ && *at_ == c) {
    ++at_;
    return true;
  }
  fail();
  return false;
}

void JsonCursor::object() noexcept {
  is_first_ = take('{');
}

void JsonCursor::array() noexcept {
  is_first_ = take('[');
}

bool JsonCursor::next_inside(char closing) noexcept {
  skip_space();
  const bool is_first = is_first_;
  is_first_ = false;
  if (at_ == end_) {
    fail();
    return false;
  }
  if (*at_ == closing) {
    ++at_;
    return false;
  }
  return is_first || take(',');
}

bool JsonCursor::member(std::string_view& name) noexcept {
  if (!next_inside('}')) return false;
  bool has_escape = false;
  name = take_string(has_escape);
  return take(':');
}

bool JsonCursor::element() noexcept {
  return next_inside(']');
}

std::string_view JsonCursor::take_string(bool& has_escape) noexcept {
  if (!take('"')) return {};
  const char* const begin = at_;
  while (at_ != end_) {
    const auto byte = static_cast<unsigned char>(*at_);
    if (byte == '"') {
      const std::string_view content(begin, static_cast<std::size_t>(at_ - begin));
      ++at_;
      return content;
    }
    if (byte == '\\') {
      has_escape = true;
      if (!take_escape()) break;
    } else if (byte < 0x20) {
      break;
    } else if (byte < 0x80) {
      ++at_;
    } else {
      const std::size_t length = utf8_length({at_, static_cast<std::size_t>(end_ - at_)});
      if (length == 0) break;
      at_ += length;
    }
  }
  fail();
  return {};
}

bool JsonCursor::take_escape() noexcept {
  constexpr std::string_view letters = "\"\\/bfnrt";
  const auto rest = static_cast<std::size_t>(end_ - at_);
  if (rest < 2) return false;
  if (letters.find(at_[1]) != std::string_view::npos) {
    at_ += 2;
    return true;
  }
  const auto unit_at = [this](std::size_t offset) {
    if (static_cast<std::size_t>(end_ - at_) < offset + 6) return -1;
    const char* const text = at_ + offset;
    if (text[0] != '\\' || text[1] != 'u') return -1;
    int unit = 0;
    for (int i = 2; i < 6; ++i) {
      if (!is_hexadecimal(text[i])) return -1;
      const int digit = is_digit(text[i]) ? text[i] - '0' : (text[i] | 0x20) - 'a' + 10;
      unit = unit * 16 + digit;
    }
    return unit;
  };
  const int unit = unit_at(0);
  if (unit < 0) return false;
  at_ += 6;
  if (unit < 0xD800 || unit > 0xDFFF) return true;
  const int low = unit_at(0);
  if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) return false;
  at_ += 6;
  return true;
}

std::string_view JsonCursor::take_number(bool& is_integer) noexcept {
  skip_space();
  const char* const begin = at_;
  const char* at = at_;
  const auto digits = [&] {
    const char* const first = at;
    while (at != end_ && is_digit(*at)) ++at;
    return at - first;
  };
  if (at != end_ && *at == '-') ++at;
  const bool has_leading_zero = at != end_ && *at == '0';
  const auto whole = digits();
  bool is_well_formed = whole > 0 && !(has_leading_zero && whole > 1);
  is_integer = true;
  if (at != end_ && *at == '.') {
    ++at;
    is_integer = false;
    is_well_formed = is_well_formed && digits() > 0;
  }
  if (at != end_ && (*at == 'e' || *at == 'E')) {
    ++at;
    is_integer = false;
    if (at != end_ && (*at == '+' || *at == '-')) ++at;
    is_well_formed = is_well_formed && digits() > 0;
  }
  if (!is_well_formed) {
    fail();
    return {};
  }
  at_ = at;
  return {begin, static_cast<std::size_t>(at - begin)};
}

std::string_view JsonCursor::text() noexcept {
  bool has_escape = false;
  const std::string_view content = take_string(has_escape);
  if (!has_escape) return content;
  fail();
  return {};
}

double JsonCursor::real() noexcept {
  bool is_integer = false;
  double value = 0;
  if (read_decimal(take_number(is_integer), value)) return value;
  fail();
  return 0;
}

double JsonCursor::quoted_real() noexcept {
  double value = 0;
  if (read_decimal(text(), value)) return value;
  fail();
  return 0;
}

std::uint64_t JsonCursor::unsigned_integer() noexcept {
  bool is_integer = false;
  const std::string_view number = take_number(is_integer);
  std::uint64_t value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (is_integer && read.ec == std::errc{} && read.ptr == number.data() + number.size()) {
    return value;
  }
  fail();
  return 0;
}

std::int64_t JsonCursor::integer() noexcept {
  bool is_integer = false;
  const std::string_view number = take_number(is_integer);
  std::int64_t value = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), value);
  if (is_integer && read.ec == std::errc{} && read.ptr == number.data() + number.size()) {
    return value;
  }
  fail();
  return 0;
}

bool JsonCursor::take_word(std::string_view word) noexcept {
  if (std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) {
    at_ += word.size();
    return true;
  }
  fail();
  return false;
}

bool JsonCursor::boolean() noexcept {
  if (peek() == 't') return take_word("true");
  (void)take_word("false");
  return false;
}

void JsonCursor::skip() noexcept {
  skip_value(0);
}

void JsonCursor::skip_value(std::size_t depth) noexcept {
  bool ignored = false;
  std::string_view name;
  const char first = peek();
  if (depth == deepest && (first == '{' || first == '[')) return fail();
  switch (first) {
    case '{':
      object();
      while (member(name)) skip_value(depth + 1);
      return;
    case '[':
      array();
      while (element()) skip_value(depth + 1);
      return;
    case '"':
      (void)take_string(ignored);
      return;
    case 't':
      (void)take_word("true");
      return;
    case 'f':
      (void)take_word("false");
      return;
    case 'n':
      (void)take_word("null");
      return;
    default: {
      double value = 0;
      if (!read_decimal(take_number(ignored), value)) fail();
      return;
    }
  }
}

}  // namespace hts::json
