#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "adapters/csv/csv_columns.hpp"
#include "engine/market/candle.hpp"
#include "engine/result/result.hpp"

namespace hts::csv {

/// How a file writes its open times. Fixed by the first row: a number of at least 1e11 is
/// milliseconds (1973 and later); one from 1e8 is seconds; a smaller one is milliseconds again, of
/// a series that begins in 1970; anything else is ISO 8601.
enum class TimeForm : unsigned char { milliseconds, early_milliseconds, seconds, iso8601 };

/// Turns lines into candles. One thread.
class CsvRowParser {
 public:
  explicit CsvRowParser(CsvColumns columns) : columns_(std::move(columns)) {}

  /// Parses an ordinary line into `candle`. False when it is anything but plain numbers, times and
  /// commas; then ask parse_carefully(). The candle is not checked. Requires a first row that went
  /// through parse_carefully().
  [[nodiscard]] bool parse_plainly(std::string_view line, market::Candle& candle) const noexcept;

  /// Parses and checks any line. Errors: the sentence begins with the column (when it is about
  /// one), without file, line and final point. `open_line`: the file ends without ending this line.
  [[nodiscard]] result::Result<market::Candle> parse_carefully(std::string_view line,
                                                               bool open_line);

  /// The sentence about an unsound candle of this file.
  [[nodiscard]] result::Error defect_error(const std::string& defect) const;

 private:
  [[nodiscard]] result::Result<time::Timestamp> parse_time(std::string_view text);
  [[nodiscard]] result::Error column_error(std::size_t column, const std::string& problem,
                                           result::ErrorCode code) const;

  CsvColumns columns_;
  std::optional<TimeForm> time_form_;
};

}  // namespace hts::csv
