#include <algorithm>
#include <charconv>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>

#include "engine/json/json_text.hpp"
#include "engine/json/utf8.hpp"

namespace hts::json {
namespace {

using result::ErrorCode;
using result::make_error;

/// One pass over a text by recursive descent. Methods return false after `fail`.
class Parser {
 public:
  Parser(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  [[nodiscard]] bool parse_document(boost::json::value& value) {
    if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
    skip_space();
    if (at_end()) return fail("it is empty");
    if (!parse_value(value, 0)) return false;
    skip_space();
    return at_end() || fail("there is more after the end of the document");
  }

  [[nodiscard]] result::Error error() const {
    const std::string_view before = text_.substr(0, position_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto last_break = before.rfind('\n');
    const std::size_t column =
        last_break == std::string_view::npos ? before.size() + 1 : before.size() - last_break;
    return make_error(ErrorCode::malformed, "This is not valid JSON at line " +
                                                std::to_string(line) + ", column " +
                                                std::to_string(column) + ": " + problem_ + ".");
  }

 private:
  [[nodiscard]] bool fail(std::string problem) {
    problem_ = std::move(problem);
    return false;
  }
  [[nodiscard]] bool at_end() const { return position_ == text_.size(); }
  [[nodiscard]] char peek() const { return at_end() ? '\0' : text_[position_]; }
  void skip_space() {
    while (!at_end() && (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t')) {
      ++position_;
    }
  }
  [[nodiscard]] bool take(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
  }
  [[nodiscard]] bool take_word(std::string_view word) {
    if (!text_.substr(position_).starts_with(word)) {
      return fail("a value is expected (quotes missing?)");
    }
    position_ += word.size();
    return true;
  }

  [[nodiscard]] bool parse_value(boost::json::value& value, std::size_t depth) {
    switch (peek()) {
      case '{':
        return parse_object(value.emplace_object(), depth);
      case '[':
        return parse_array(value.emplace_array(), depth);
      case '"':
        return parse_string() && (value.emplace_string().assign(string_), true);
      case 't':
        value = true;
        return take_word("true");
      case 'f':
        value = false;
        return take_word("false");
      case 'n':
        value = nullptr;
        return take_word("null");
      default:
        if (at_end()) return fail("it ends where a value is expected");
        return parse_number(value);
    }
  }

  [[nodiscard]] bool check_depth(std::size_t depth) {
    if (depth < max_depth_) return true;
    return fail("it is nested deeper than " + std::to_string(max_depth_) + " levels");
  }

  [[nodiscard]] bool parse_object(boost::json::object& object, std::size_t depth) {
    if (!check_depth(depth)) return false;
    ++position_;
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      const std::size_t name_position = position_;
      if (peek() != '"') return fail("a name in double quotes is expected");
      if (!parse_string()) return false;
      const auto [member, is_new] = object.emplace(string_, nullptr);
      if (!is_new) {
        position_ = name_position;
        return fail("the name '" + string_ + "' occurs twice in one object");
      }
      skip_space();
      if (!take(':')) return fail("a ':' is expected after a name");
      skip_space();
      if (!parse_value(member->value(), depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}') || fail("a ',' or '}' is expected");
  }

  [[nodiscard]] bool parse_array(boost::json::array& array, std::size_t depth) {
    if (!check_depth(depth)) return false;
    ++position_;
    skip_space();
    if (take(']')) return true;
    do {
      skip_space();
      if (!parse_value(array.emplace_back(nullptr), depth + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']') || fail("a ',' or ']' is expected");
  }

  /// Into string_.
  [[nodiscard]] bool parse_string() {
    string_.clear();
    ++position_;
    while (!at_end()) {
      const char c = text_[position_];
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"') {
        ++position_;
        return true;
      }
      if (c == '\\') {
        if (!parse_escape()) return false;
      } else if (byte < 0x20) {
        return fail("a line break or control character inside a string must be escaped");
      } else {
        const std::size_t length = utf8_length(text_.substr(position_));
        if (length == 0) return fail("a byte is not UTF-8");
        string_ += text_.substr(position_, length);
        position_ += length;
      }
    }
    return fail("a string is not closed");
  }

  [[nodiscard]] bool parse_escape() {
    constexpr std::string_view letters = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    const char letter = position_ + 1 < text_.size() ? text_[position_ + 1] : '\0';
    if (letter == 'u') return parse_unicode_escape();
    const auto found = letters.find(letter);
    if (found == std::string_view::npos) return fail("there is no such escape");
    string_ += meanings[found];
    position_ += 2;
    return true;
  }

  [[nodiscard]] std::optional<char32_t> code_unit_at(std::size_t position) const {
    constexpr std::size_t digits = 4;
    if (position + 2 + digits > text_.size() || text_.substr(position, 2) != "\\u") return {};
    unsigned unit = 0;
    const char* begin = text_.data() + position + 2;
    const auto read = std::from_chars(begin, begin + digits, unit, 16);
    if (read.ec != std::errc{} || read.ptr != begin + digits) return {};
    return unit;
  }

  [[nodiscard]] bool parse_unicode_escape() {
    constexpr std::size_t escape_length = 6;
    const auto unit = code_unit_at(position_);
    if (!unit) return fail("four hexadecimal digits are expected after \\u");
    char32_t code_point = *unit;
    std::size_t length = escape_length;
    if (*unit >= 0xD800 && *unit <= 0xDFFF) {
      const auto low = code_unit_at(position_ + escape_length);
      if (*unit > 0xDBFF || !low || *low < 0xDC00 || *low > 0xDFFF) {
        return fail("a surrogate without its other half");
      }
      code_point = 0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00);
      length = 2 * escape_length;
    }
    append_utf8(string_, code_point);
    position_ += length;
    return true;
  }

  [[nodiscard]] std::size_t skip_digits() {
    const std::size_t begin = position_;
    while (peek() >= '0' && peek() <= '9') ++position_;
    return position_ - begin;
  }

  [[nodiscard]] bool parse_number(boost::json::value& value) {
    const std::size_t begin = position_;
    const bool negative = take('-');
    const bool leading_zero = peek() == '0';
    const std::size_t digits = skip_digits();
    if (digits == 0 && !negative) return fail("a value is expected (quotes missing?)");
    if (digits == 0 || (leading_zero && digits > 1)) return fail("a number begins wrongly");
    bool is_integer = true;
    if (take('.')) {
      is_integer = false;
      if (skip_digits() == 0) return fail("a digit is expected after the decimal point");
    }
    if (peek() == 'e' || peek() == 'E') {
      ++position_;
      is_integer = false;
      if (peek() == '+' || peek() == '-') ++position_;
      if (skip_digits() == 0) return fail("a digit is expected in the exponent");
    }
    const std::string_view shown = text_.substr(begin, position_ - begin);
    return (is_integer && read_as<std::int64_t>(shown, value)) ||
           (is_integer && !negative && read_as<std::uint64_t>(shown, value)) ||
           read_as<double>(shown, value) || fail("a number is out of range");
  }

  template <class Number>
  [[nodiscard]] static bool read_as(std::string_view shown, boost::json::value& value) {
    Number number{};
    const auto read = std::from_chars(shown.data(), shown.data() + shown.size(), number);
    if (read.ec != std::errc{}) return false;
    value = number;
    return true;
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t position_ = 0;
  std::string string_;
  std::string problem_;
};

}  // namespace

result::Result<boost::json::value> parse_json(std::string_view text, ParseLimits limits) {
  if (text.size() > limits.max_bytes) {
    return make_error(ErrorCode::too_large, "The JSON has " + std::to_string(text.size()) +
                                                " bytes, more than the " +
                                                std::to_string(limits.max_bytes) + " allowed.");
  }
  try {
    Parser parser{text, limits.max_depth};
    boost::json::value value;
    if (!parser.parse_document(value)) return parser.error();
    return value;
  } catch (const std::exception& exception) {
    return make_error(ErrorCode::unavailable,
                      std::string{"Not enough memory for this JSON: "} + exception.what() + ".");
  }
}

}  // namespace hts::json
