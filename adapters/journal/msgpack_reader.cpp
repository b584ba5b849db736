#include "adapters/journal/msgpack_reader.hpp"

#include <bit>

namespace hts::journal {

std::uint8_t MsgpackReader::byte() noexcept {
  if (rest_.empty()) {
    fail();
    return 0;
  }
  const auto value = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return value;
}

std::uint64_t MsgpackReader::big_endian(std::size_t bytes) noexcept {
  std::uint64_t value = 0;
  for (const char next : take(bytes)) value = value << 8U | static_cast<unsigned char>(next);
  return value;
}

std::string_view MsgpackReader::take(std::uint64_t bytes) noexcept {
  if (bytes > rest_.size()) {
    fail();
    return {};
  }
  const std::string_view taken = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return taken;
}

bool MsgpackReader::take_nil() noexcept {
  if (rest_.empty() || static_cast<std::uint8_t>(rest_.front()) != 0xc0) return false;
  rest_.remove_prefix(1);
  return true;
}

bool MsgpackReader::boolean() noexcept {
  const std::uint8_t mark = byte();
  if (mark != 0xc2 && mark != 0xc3) fail();
  return mark == 0xc3;
}

std::uint64_t MsgpackReader::unsigned_integer() noexcept {
  const std::uint8_t mark = byte();
  if (mark < 0x80) return mark;
  if (mark < 0xcc || mark > 0xcf) {
    fail();
    return 0;
  }
  return big_endian(std::size_t{1} << (mark - 0xccU));
}

std::int64_t MsgpackReader::integer() noexcept {
  const auto mark = rest_.empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(rest_.front());
  if (mark >= 0xe0) return static_cast<std::int8_t>(byte());
  if (mark >= 0xd0 && mark <= 0xd3) {
    rest_.remove_prefix(1);
    const std::size_t bytes = std::size_t{1} << (mark - 0xd0U);
    const std::size_t shift = 64 - 8 * bytes;
    return static_cast<std::int64_t>(big_endian(bytes) << shift) >> shift;
  }
  const std::uint64_t value = unsigned_integer();
  if (value > INT64_MAX) {
    fail();
    return 0;
  }
  return static_cast<std::int64_t>(value);
}

double MsgpackReader::real() noexcept {
  if (byte() != 0xcb) fail();
  return std::bit_cast<double>(big_endian(8));
}

std::string_view MsgpackReader::text() noexcept {
  const std::uint8_t mark = byte();
  if (mark >= 0xa0 && mark < 0xc0) return take(mark & 0x1fU);
  if (mark < 0xd9 || mark > 0xdb) {
    fail();
    return {};
  }
  return take(big_endian(std::size_t{1} << (mark - 0xd9U)));
}

std::string_view MsgpackReader::binary() noexcept {
  const std::uint8_t mark = byte();
  if (mark < 0xc4 || mark > 0xc6) {
    fail();
    return {};
  }
  return take(big_endian(std::size_t{1} << (mark - 0xc4U)));
}

std::size_t MsgpackReader::array() noexcept {
  const std::uint8_t mark = byte();
  std::uint64_t count = 0;
  if (mark >= 0x90 && mark < 0xa0) {
    count = mark & 0x0fU;
  } else if (mark == 0xdc || mark == 0xdd) {
    count = big_endian(mark == 0xdc ? 2 : 4);
  } else {
    fail();
  }
  if (count > rest_.size()) {  // every value takes a byte
    fail();
    return 0;
  }
  return count;
}

}  // namespace hts::journal
