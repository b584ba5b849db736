#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hts::json {

enum class Layout { compact, pretty };

/// Appends `value` as people write numbers: the shortest text that reads back as the same double,
/// without an exponent from 1e-7 up to 1e21, always with a fraction (`2.5`, `11523000.0`), so that
/// a reader tells a number from an integer. NaN and infinities, which JSON lacks, become `null`.
void append_number(std::string& text, double value);

/// Appends a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_string(std::string& text, std::string_view value);

/// Writes a JSON document into a string as it goes, so that a report of a million signals needs no
/// tree in memory. The caller calls in an order that makes sense: a key before each value of an
/// object, an end for each begin. O(1) a call besides the text itself.
class Writer {
 public:
  /// Appends to `text`, which must outlive the writer.
  explicit Writer(std::string& text, Layout layout = Layout::compact)
      : text_(&text), layout_(layout) {}

  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }
  void key(std::string_view name);

  void value(double number);
  void value(bool flag);
  void value(std::string_view text);
  void value(const char* text) { value(std::string_view{text}); }
  void value(std::nullptr_t);
  template <std::integral Integer>
  void value(Integer number) {
    before_value();
    text_->append(std::to_string(number));
  }

  /// The members of an object that is written already (`{...}`, not checked), as they are.
  void members_of(std::string_view object);
  /// A value that is JSON already, not checked.
  void document(std::string_view text);

  template <class Value>
  void member(std::string_view name, const Value& content) {
    key(name);
    value(content);
  }

 private:
  void begin(char bracket);
  void end(char bracket);
  void before_value();
  void new_line();

  std::string* text_;
  Layout layout_;
  std::vector<bool> has_content_;  ///< for each open object or array
  bool after_key_ = false;
};

}  // namespace hts::json
