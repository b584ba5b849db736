#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Reads JSON value after value where it lies, without a tree and without memory of its own: for
/// messages that come by the hundred thousand.
namespace hts::json {

/// The number that `text` is, all of it, rounded to the nearest double. False for anything else,
/// among it infinities, NaN and what no double can hold.
[[nodiscard]] bool read_decimal(std::string_view text, double& value) noexcept;

/// Walks over a text that it does not trust:
///
///     JsonCursor cursor(text);
///     std::string_view name;
///     cursor.object();
///     while (cursor.member(name)) {
///       if (name == "price") price = cursor.real(); else cursor.skip();
///     }
///     if (!cursor.finished()) ...
///
/// Strict RFC 8259, but for two things: a name that occurs twice is the caller's to refuse, and a
/// text with an escape in it is refused by text(). What is missing or of another type makes the
/// cursor bad; from then on every call gives a zero, empty or false value, so a reader reads
/// everything and asks once. Views point into the text. One thread; O(1) a call besides the bytes.
class JsonCursor {
 public:
  explicit JsonCursor(std::string_view text) noexcept
      : at_(text.data()), end_(text.data() + text.size()) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// Everything was read, and well.
  [[nodiscard]] bool finished() noexcept;
  /// For a value that is well-formed and makes no sense.
  void fail() noexcept {
    ok_ = false;
    at_ = end_;
  }

  /// The first byte of the next value, 0 at the end: `{ [ "` or what else it is.
  [[nodiscard]] char peek() noexcept;
  /// Steps into an object; its members follow.
  void object() noexcept;
  /// The name of the next member, as it is written between its quotes; its value follows. False at
  /// the end of the object, which is then left.
  [[nodiscard]] bool member(std::string_view& name) noexcept;
  void array() noexcept;
  /// A value follows. False at the end of the array, which is then left.
  [[nodiscard]] bool element() noexcept;

  [[nodiscard]] std::string_view text() noexcept;
  [[nodiscard]] double real() noexcept;
  /// A number in quotes, as exchanges write what must not be rounded.
  [[nodiscard]] double quoted_real() noexcept;
  [[nodiscard]] std::uint64_t unsigned_integer() noexcept;
  [[nodiscard]] std::int64_t integer() noexcept;
  [[nodiscard]] bool boolean() noexcept;
  /// Any value, checked as if it were read. At most 64 levels deep.
  void skip() noexcept;

 private:
  void skip_space() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  /// True at the next value of an object or array, false at its end.
  [[nodiscard]] bool next_inside(char closing) noexcept;
  [[nodiscard]] bool take(char c) noexcept;
  [[nodiscard]] bool take_word(std::string_view word) noexcept;
  [[nodiscard]] bool take_escape() noexcept;
  /// Between the quotes.
  [[nodiscard]] std::string_view take_string(bool& has_escape) noexcept;
  [[nodiscard]] std::string_view take_number(bool& is_integer) noexcept;
  void skip_value(std::size_t depth) noexcept;

  const char* at_;
  const char* end_;
  bool ok_ = true;
  bool is_first_ = false;  ///< right behind an opening bracket
};

}  // namespace hts::json
