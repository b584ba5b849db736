#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

/// What a Parquet footer and page headers say, as far as a PlainCandleFile needs it. Included only
/// by the sources of this folder.
namespace hts::parquet {

inline constexpr std::size_t plain_columns = 6;
/// Of an int64 and of a double.
inline constexpr std::size_t value_bytes = 8;

/// Where one column of a row group is.
struct PlainChunk {
  std::uint64_t begin = 0;  ///< of its only page's header
  std::uint64_t bytes = 0;  ///< header, levels and values
};

struct PlainGroup {
  std::uint64_t rows = 0;
  std::array<PlainChunk, plain_columns> chunks{};
  std::int64_t smallest = 0;  ///< of the open times, in milliseconds
  std::int64_t largest = 0;
};

/// The row groups, when the footer describes uncompressed candle columns without dictionaries and
/// nothing else, and says which open times each group has. `content_end` is where the footer begins
/// in its file: no column goes beyond it.
[[nodiscard]] std::optional<std::vector<PlainGroup>> parse_plain_footer(
    std::span<const std::byte> footer, std::uint64_t content_end);

/// Whether these bytes, those of a chunk before its values, are the header and the levels of one
/// plain page of `rows` values without nulls that has nothing but its `rows` * 8 bytes after them.
[[nodiscard]] bool is_plain_page(std::span<const std::byte> before_values, std::uint64_t rows);

}  // namespace hts::parquet
