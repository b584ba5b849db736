#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hts::journal {

/// Reads the msgpack that MsgpackWriter writes, value after value, out of memory that it does not
/// trust.
///
/// A value that is missing, cut or of another type makes the reader bad; from then on every call
/// gives a zero or empty value. So a decoder reads everything and asks `ok()` once. Views point
/// into the given bytes. Never reads past them; allocates nothing. One thread.
class MsgpackReader {
 public:
  explicit MsgpackReader(std::string_view bytes) noexcept : rest_(bytes) {}

  [[nodiscard]] bool ok() const noexcept { return ok_; }
  /// Everything was read, and well.
  [[nodiscard]] bool finished() const noexcept { return ok_ && rest_.empty(); }
  /// For a value that is well-formed and makes no sense.
  void fail() noexcept {
    ok_ = false;
    rest_ = {};
  }

  /// Takes a nil if one is next.
  [[nodiscard]] bool take_nil() noexcept;
  [[nodiscard]] bool boolean() noexcept;
  [[nodiscard]] std::uint64_t unsigned_integer() noexcept;
  [[nodiscard]] std::int64_t integer() noexcept;
  [[nodiscard]] double real() noexcept;
  [[nodiscard]] std::string_view text() noexcept;
  [[nodiscard]] std::string_view binary() noexcept;
  /// How many values follow; never more than there are bytes left, so a loop over it is bounded.
  [[nodiscard]] std::size_t array() noexcept;
  /// Bad unless an array of exactly `count` follows.
  void expect_array(std::size_t count) noexcept {
    if (array() != count) fail();
  }

 private:
  [[nodiscard]] std::uint8_t byte() noexcept;
  [[nodiscard]] std::uint64_t big_endian(std::size_t bytes) noexcept;
  [[nodiscard]] std::string_view take(std::uint64_t bytes) noexcept;

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace hts::journal
