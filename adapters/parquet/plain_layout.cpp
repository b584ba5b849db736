#include "adapters/parquet/plain_layout.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string_view>

#include "adapters/parquet/thrift_reader.hpp"

namespace hts::parquet {
namespace {

using Type = ThriftReader::Type;
using Field = ThriftReader::Field;

constexpr std::array<std::string_view, plain_columns> names = {"timestamp", "open",  "high",
                                                               "low",       "close", "volume"};
// Values of parquet.thrift's enums.
constexpr std::int64_t type_int64 = 2;
constexpr std::int64_t type_double = 5;
constexpr std::int64_t optional_repetition = 1;
constexpr std::int64_t converted_int64 = 18;
constexpr std::int64_t uncompressed = 0;
constexpr std::int64_t data_page = 0;
constexpr std::int64_t plain_encoding = 0;
constexpr std::int64_t rle_encoding = 3;

/// Calls `take` with every field of a structure; a field that it refuses is passed over.
template <class Take>
void read_structure(ThriftReader& reader, Take&& take) {
  for (Field field = reader.next_field(0); field.type != Type::stop && reader.is_sound();
       field = reader.next_field(field.id)) {
    if (!take(field)) reader.skip(field.type);
  }
}

std::uint64_t natural(ThriftReader& reader) {
  const std::int64_t value = reader.integer();
  if (value < 0) reader.give_up();
  return value < 0 ? 0 : static_cast<std::uint64_t>(value);
}

void require(ThriftReader& reader, bool condition) {
  if (!condition) reader.give_up();
}

/// One element of the schema; `column` is its place, the root being before all columns.
void check_schema_element(ThriftReader& reader, std::optional<std::size_t> column) {
  std::int64_t type = -1;
  std::int64_t repetition = -1;
  std::int64_t converted = -1;
  std::int64_t children = 0;
  std::string_view name;
  read_structure(reader, [&](Field field) {
    if (field.id == 4 && field.type == Type::binary) {
      name = reader.binary();
      return true;
    }
    if (field.type != Type::int32) {
      reader.give_up();  // a logical type, for one
      return false;
    }
    const std::int64_t value = reader.integer();
    if (field.id == 1) type = value;
    if (field.id == 3) repetition = value;
    if (field.id == 5) children = value;
    if (field.id == 6) converted = value;
    require(reader, field.id == 1 || field.id == 3 || field.id == 5 || field.id == 6);
    return true;
  });
  if (!column) return require(reader, children == std::int64_t{plain_columns} && type == -1);
  const bool is_time = *column == 0;
  require(reader, name == names[*column] && children == 0 && repetition == optional_repetition);
  require(reader, type == (is_time ? type_int64 : type_double));
  require(reader, converted == (is_time ? converted_int64 : -1));
}

void check_schema(ThriftReader& reader) {
  const auto elements = reader.list();
  require(reader, elements.type == Type::structure && elements.size == 1 + plain_columns);
  for (std::size_t i = 0; i < elements.size && reader.is_sound(); ++i) {
    check_schema_element(reader, i == 0 ? std::nullopt : std::optional{i - 1});
  }
}

std::int64_t number_in(ThriftReader& reader) {
  static_assert(std::endian::native == std::endian::little);
  const std::string_view bytes = reader.binary();
  std::int64_t value = 0;
  require(reader, bytes.size() == sizeof value);
  if (reader.is_sound()) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

void read_statistics(ThriftReader& reader, PlainGroup& group) {
  bool has_smallest = false;
  bool has_largest = false;
  read_structure(reader, [&](Field field) {
    if (field.type != Type::binary || (field.id != 5 && field.id != 6)) return false;
    (field.id == 5 ? group.largest : group.smallest) = number_in(reader);
    (field.id == 5 ? has_largest : has_smallest) = true;
    return true;
  });
  require(reader, has_smallest && has_largest);
}

void read_column_metadata(ThriftReader& reader, PlainGroup& group, std::size_t column,
                          std::uint64_t& values) {
  PlainChunk& chunk = group.chunks[column];
  std::int64_t type = -1;
  std::int64_t codec = -1;
  std::uint64_t uncompressed_bytes = 0;
  bool has_statistics = column != 0;
  read_structure(reader, [&](Field field) {
    if (field.id == 12 && field.type == Type::structure && column == 0) {
      read_statistics(reader, group);
      has_statistics = true;
      return true;
    }
    if (field.type != Type::int32 && field.type != Type::int64) return false;
    const std::uint64_t value = natural(reader);
    if (field.id == 1) type = static_cast<std::int64_t>(value);
    if (field.id == 4) codec = static_cast<std::int64_t>(value);
    if (field.id == 5) values = value;
    if (field.id == 6) uncompressed_bytes = value;
    if (field.id == 7) chunk.bytes = value;
    if (field.id == 9) chunk.begin = value;
    require(reader, field.id != 11);  // a dictionary
    return true;
  });
  require(reader, type == (column == 0 ? type_int64 : type_double) && codec == uncompressed);
  require(reader, uncompressed_bytes == chunk.bytes && has_statistics);
}

/// The count of values; zero without a description.
std::uint64_t read_chunk(ThriftReader& reader, PlainGroup& group, std::size_t column) {
  std::uint64_t values = 0;
  read_structure(reader, [&](Field field) {
    if (field.id == 3 && field.type == Type::structure) {
      read_column_metadata(reader, group, column, values);
      return true;
    }
    require(reader, field.id == 2);  // another file's columns, or encrypted ones
    return false;
  });
  return values;
}

PlainGroup read_group(ThriftReader& reader) {
  PlainGroup group;
  std::array<std::uint64_t, plain_columns> values{};
  bool has_columns = false;
  read_structure(reader, [&](Field field) {
    if (field.id == 1 && field.type == Type::list) {
      const auto chunks = reader.list();
      require(reader, chunks.type == Type::structure && chunks.size == plain_columns);
      for (std::size_t i = 0; i < plain_columns && reader.is_sound(); ++i) {
        values[i] = read_chunk(reader, group, i);
      }
      has_columns = true;
      return true;
    }
    if (field.id != 3 || field.type != Type::int64) return false;
    group.rows = natural(reader);
    return true;
  });
  require(reader, has_columns);
  for (const std::uint64_t count : values) require(reader, count == group.rows);
  return group;
}

bool fits(const PlainGroup& group, std::uint64_t content_end) {
  constexpr std::uint64_t magic_bytes = 4;
  return std::all_of(group.chunks.begin(), group.chunks.end(), [&](const PlainChunk& chunk) {
    return chunk.begin >= magic_bytes && chunk.begin <= content_end &&
           chunk.bytes <= content_end - chunk.begin && group.rows <= chunk.bytes / value_bytes;
  });
}

}  // namespace

std::optional<std::vector<PlainGroup>> parse_plain_footer(std::span<const std::byte> footer,
                                                          std::uint64_t content_end) {
  ThriftReader reader{footer};
  std::vector<PlainGroup> groups;
  std::uint64_t rows = 0;
  bool has_schema = false;
  read_structure(reader, [&](Field field) {
    if (field.id == 2 && field.type == Type::list) {
      check_schema(reader);
      has_schema = true;
      return true;
    }
    if (field.id == 3 && field.type == Type::int64) {
      rows = natural(reader);
      return true;
    }
    if (field.id != 4 || field.type != Type::list) return false;
    const auto list = reader.list();
    require(reader, list.type == Type::structure);
    for (std::size_t i = 0; i < list.size && reader.is_sound(); ++i) {
      groups.push_back(read_group(reader));
      require(reader, fits(groups.back(), content_end));
    }
    return true;
  });
  std::uint64_t counted = 0;
  for (const PlainGroup& group : groups) counted += group.rows;
  if (!reader.is_sound() || !has_schema || counted != rows) return std::nullopt;
  return groups;
}

bool is_plain_page(std::span<const std::byte> before_values, std::uint64_t rows) {
  ThriftReader reader{before_values};
  std::int64_t type = -1;
  std::uint64_t uncompressed_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t values = 0;
  std::int64_t encoding = -1;
  std::int64_t level_encoding = -1;
  read_structure(reader, [&](Field field) {
    if (field.id == 5 && field.type == Type::structure) {
      read_structure(reader, [&](Field of_page) {
        if (of_page.type != Type::int32) return false;
        const std::int64_t value = reader.integer();
        if (of_page.id == 1) values = static_cast<std::uint64_t>(value);
        if (of_page.id == 2) encoding = value;
        if (of_page.id == 3) level_encoding = value;
        return true;
      });
      return true;
    }
    require(reader, field.type == Type::int32 && field.id <= 3);  // 4 is a checksum
    const std::uint64_t value = natural(reader);
    if (field.id == 1) type = static_cast<std::int64_t>(value);
    if (field.id == 2) uncompressed_bytes = value;
    if (field.id == 3) bytes = value;
    return true;
  });
  const std::size_t header = reader.position();
  const auto levels = before_values.subspan(header);
  std::uint32_t level_bytes = 0;
  if (!reader.is_sound() || levels.size() < sizeof level_bytes) return false;
  std::memcpy(&level_bytes, levels.data(), sizeof level_bytes);
  if (type != data_page || encoding != plain_encoding || level_encoding != rle_encoding ||
      values != rows || bytes != uncompressed_bytes ||
      bytes != levels.size() + rows * value_bytes ||
      level_bytes != levels.size() - sizeof level_bytes || level_bytes < 2) {
    return false;
  }
  // One run: its length doubled, in sevens of bits, and the level 1 ("there is a value").
  std::uint64_t run = 0;
  for (std::size_t i = sizeof level_bytes; i + 1 < levels.size(); ++i) {
    const auto byte = std::to_integer<std::uint64_t>(levels[i]);
    const bool is_last = i + 2 == levels.size();
    const auto shift = 7 * (i - sizeof level_bytes);
    if (shift > 56 || is_last != (byte < 0x80)) return false;
    run |= (byte & 0x7fU) << shift;
  }
  return run == 2 * rows && levels.back() == std::byte{1};
}

}  // namespace hts::parquet
