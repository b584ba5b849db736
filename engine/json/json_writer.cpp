#include "engine/json/json_writer.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "engine/json/utf8.hpp"

namespace hts::json {
namespace {

/// How many bytes from the begin on stand for themselves.
std::size_t plain_length(std::string_view value) {
  std::size_t length = 0;
  for (; length < value.size(); ++length) {
    const char c = value[length];
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x80 || c == '"' || c == '\\') break;
  }
  return length;
}

}  // namespace

void append_number(std::string& text, double value) {
  if (!std::isfinite(value)) {
    text += "null";
    return;
  }
  constexpr double smallest_plain = 1e-7;
  constexpr double first_exponent = 1e21;
  const double magnitude = std::fabs(value);
  const bool plain = magnitude == 0 || (magnitude >= smallest_plain && magnitude < first_exponent);
  std::array<char, 48> digits{};
  const auto written =
      std::to_chars(digits.data(), digits.data() + digits.size(), value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  const std::string_view shown{digits.data(),
                               static_cast<std::size_t>(written.ptr - digits.data())};
  text += shown;
  if (plain && shown.find('.') == std::string_view::npos) text += ".0";
}

void append_string(std::string& text, std::string_view value) {
  constexpr std::string_view hex = "0123456789abcdef";
  text += '"';
  while (!value.empty()) {
    // Nearly all text is plain: it is taken over in one piece.
    const std::size_t plain = plain_length(value);
    text.append(value.data(), plain);
    value.remove_prefix(plain);
    if (value.empty()) break;
    const char c = value.front();
    const auto byte = static_cast<unsigned char>(c);
    std::size_t length = 1;
    if (byte >= 0x80) {
      length = utf8_length(value);
      if (length == 0) {
        text += "\\ufffd";
        length = 1;
      } else {
        text += value.substr(0, length);
      }
    } else if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '\t') {
      text += "\\t";
    } else if (c == '\r') {
      text += "\\r";
    } else if (byte < 0x20) {
      text += "\\u00";
      text += hex[byte >> 4U];
      text += hex[byte & 0xFU];
    }
    value.remove_prefix(length);
  }
  text += '"';
}

void Writer::key(std::string_view name) {
  before_value();
  append_string(*text_, name);
  *text_ += layout_ == Layout::pretty ? ": " : ":";
  after_key_ = true;
}

void Writer::value(double number) {
  before_value();
  append_number(*text_, number);
}

void Writer::value(bool flag) {
  before_value();
  *text_ += flag ? "true" : "false";
}

void Writer::value(std::string_view text) {
  before_value();
  append_string(*text_, text);
}

void Writer::value(std::nullptr_t) {
  before_value();
  *text_ += "null";
}

void Writer::members_of(std::string_view object) {
  const auto begin = object.find('{');
  const auto end = object.rfind('}');
  if (begin == std::string_view::npos || end <= begin + 1) return;
  before_value();
  text_->append(object.substr(begin + 1, end - begin - 1));
}

void Writer::document(std::string_view text) {
  before_value();
  text_->append(text);
}

void Writer::begin(char bracket) {
  before_value();
  *text_ += bracket;
  has_content_.push_back(false);
}

void Writer::end(char bracket) {
  const bool had_content = has_content_.back();
  has_content_.pop_back();
  if (had_content) new_line();
  *text_ += bracket;
}

void Writer::before_value() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (has_content_.empty()) return;
  if (has_content_.back()) *text_ += ',';
  has_content_.back() = true;
  new_line();
}

void Writer::new_line() {
  if (layout_ == Layout::compact) return;
  *text_ += '\n';
  text_->append(2 * has_content_.size(), ' ');
}

}  // namespace hts::json
