#include "adapters/parquet/thrift_reader.hpp"

namespace hts::parquet {
namespace {

constexpr unsigned high_half_shift = 4;
constexpr std::uint8_t low_half = 0x0f;
/// Parquet's own structures nest six deep.
constexpr int deepest = 16;

std::int64_t without_zigzag(std::uint64_t value) {
  return static_cast<std::int64_t>(value >> 1U) ^ -static_cast<std::int64_t>(value & 1U);
}

}  // namespace

std::uint8_t ThriftReader::next_byte() {
  if (!is_sound_ || next_ == bytes_.size()) {
    is_sound_ = false;
    return 0;
  }
  return static_cast<std::uint8_t>(bytes_[next_++]);
}

std::uint64_t ThriftReader::variable_length() {
  constexpr unsigned bits_a_byte = 7;
  constexpr std::uint8_t goes_on = 0x80;
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += bits_a_byte) {
    const std::uint8_t byte = next_byte();
    value |= std::uint64_t{static_cast<std::uint8_t>(byte & ~goes_on)} << shift;
    if ((byte & goes_on) == 0) return value;
  }
  is_sound_ = false;
  return 0;
}

std::int64_t ThriftReader::integer() {
  return without_zigzag(variable_length());
}

std::string_view ThriftReader::binary() {
  const std::uint64_t size = variable_length();
  if (!is_sound_ || size > bytes_.size() - next_) {
    is_sound_ = false;
    return {};
  }
  const std::string_view text{reinterpret_cast<const char*>(bytes_.data() + next_),
                              static_cast<std::size_t>(size)};
  next_ += text.size();
  return text;
}

ThriftReader::Field ThriftReader::next_field(int last) {
  const std::uint8_t header = next_byte();
  const auto type = static_cast<Type>(header & low_half);
  if (type == Type::stop || !is_sound_) return {};
  const int step = header >> high_half_shift;
  if (step != 0) return {last + step, type};
  const std::int64_t id = integer();
  if (id < 0 || id > INT16_MAX) is_sound_ = false;
  return is_sound_ ? Field{static_cast<int>(id), type} : Field{};
}

ThriftReader::List ThriftReader::list() {
  constexpr std::size_t in_its_own_number = 15;
  const std::uint8_t header = next_byte();
  std::uint64_t size = header >> high_half_shift;
  if (size == in_its_own_number) size = variable_length();
  // Every element takes at least a byte: nobody makes room for more than there can be.
  if (size > bytes_.size() - next_) is_sound_ = false;
  if (!is_sound_) return {};
  return {static_cast<std::size_t>(size), static_cast<Type>(header & low_half)};
}

void ThriftReader::skip(Type type, int depth) {
  if (depth > deepest) is_sound_ = false;
  if (!is_sound_) return;
  switch (type) {
    case Type::true_value:
    case Type::false_value:
      return;
    case Type::byte:
      (void)next_byte();
      return;
    case Type::int16:
    case Type::int32:
    case Type::int64:
      (void)variable_length();
      return;
    case Type::float64:
      for (std::size_t i = 0; i < sizeof(double); ++i) (void)next_byte();
      return;
    case Type::binary:
      (void)binary();
      return;
    case Type::list:
    case Type::set: {
      const List elements = list();
      const bool is_flags = elements.type == Type::true_value || elements.type == Type::false_value;
      for (std::size_t i = 0; i < elements.size && is_sound_; ++i) {
        // In a list, unlike in a field, a flag is a byte of its own.
        skip(is_flags ? Type::byte : elements.type, depth + 1);
      }
      return;
    }
    case Type::structure:
      for (Field field = next_field(0); field.type != Type::stop; field = next_field(field.id)) {
        skip(field.type, depth + 1);
      }
      return;
    case Type::stop:
    case Type::map:
      break;
  }
  is_sound_ = false;  // Parquet has no maps
}

}  // namespace hts::parquet
