#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hts::parquet {

/// Reads Thrift's compact protocol, in which Parquet writes its footer and its page headers.
///
/// Values are taken in turn; a caller passes over those that it does not know. What is not there or
/// makes no sense gives zeros and makes `is_sound` false for good, so that loops over fields end.
/// Does not own the bytes. Format: Apache Thrift, thrift-compact-protocol.md.
class ThriftReader {
 public:
  enum class Type : std::uint8_t {
    stop = 0,
    true_value = 1,
    false_value = 2,
    byte = 3,
    int16 = 4,
    int32 = 5,
    int64 = 6,
    float64 = 7,
    binary = 8,
    list = 9,
    set = 10,
    map = 11,
    structure = 12
  };
  struct Field {
    int id = 0;
    Type type = Type::stop;
  };
  struct List {
    std::size_t size = 0;
    Type type = Type::stop;
  };

  explicit ThriftReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  /// The next field of a structure; type stop at its end. `last` is the id before it, 0 at first.
  [[nodiscard]] Field next_field(int last);
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] std::string_view binary();
  [[nodiscard]] List list();
  /// Passes over a value, with everything in it.
  void skip(Type type) { skip(type, 0); }
  /// For a caller that meets something it cannot take.
  void give_up() noexcept { is_sound_ = false; }

  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  /// How many bytes were read.
  [[nodiscard]] std::size_t position() const noexcept { return next_; }

 private:
  [[nodiscard]] std::uint8_t next_byte();
  [[nodiscard]] std::uint64_t variable_length();
  void skip(Type type, int depth);

  std::span<const std::byte> bytes_;
  std::size_t next_ = 0;
  bool is_sound_ = true;
};

}  // namespace hts::parquet
