#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result/result.hpp"

/// Which column of a CSV file holds what.
namespace hts::csv {

/// The parts of a candle, in the order of Candle's members.
enum class Part : unsigned char { open_time, open, high, low, close, volume, ignored };
inline constexpr std::size_t part_count = 6;

struct CsvColumns {
  std::vector<Part> parts;                         ///< one a column
  std::array<std::size_t, part_count> position{};  ///< column index of each part

  /// "column 3 (high)", for messages.
  [[nodiscard]] std::string describe(std::size_t column) const;
};

/// Splits a line into fields: commas, optional double quotes, surrounding blanks removed. An error
/// (a quote left open, or text behind a closing one) names the column, 0-based, in `field`.
[[nodiscard]] result::Result<std::vector<std::string_view>> split_fields(std::string_view line);

/// Reads a header: `open high low close volume` and a time column named `timestamp`, `time`,
/// `open_time`, `date`, `datetime` or nothing (as pandas writes an index); any order, any case;
/// other columns are passed over. The error message has no file name and no final point.
[[nodiscard]] result::Result<CsvColumns> parse_header(std::string_view line);

}  // namespace hts::csv
