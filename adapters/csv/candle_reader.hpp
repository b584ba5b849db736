#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/result/result.hpp"

/// Candle files of any origin as a stream of sound candles.
namespace hts::csv {

/// A candle and where it stood: the line of a CSV file, the position in a JSON page (1-based).
struct CandleRow {
  market::Candle candle;
  std::uint64_t place = 0;
};

/// Reads a file once, from front to back, in bounded memory (CSV: about 2 MiB whatever its size;
/// JSON pages: in whole, at most 64 MiB). Every row that comes out is sound (find_defect) and lies
/// in 1970 to 2200; order and uniqueness are not checked here. One thread.
class CandleReader {
 public:
  virtual ~CandleReader() = default;

  /// Replaces `rows` with the next ones, in the order of the file (pages newest first are turned
  /// round); none at the end. The first bad row is an error whose sentence begins with the file,
  /// the line and the column, and whose field is `FILE:LINE`.
  [[nodiscard]] virtual result::Status read(std::vector<CandleRow>& rows) = 0;

  /// "line" or "candle": what `CandleRow::place` counts.
  [[nodiscard]] virtual const char* place_name() const noexcept = 0;
  /// What the content itself says; known once the first rows were read.
  [[nodiscard]] virtual std::optional<market::Symbol> symbol() const { return std::nullopt; }
  [[nodiscard]] virtual std::optional<market::Timeframe> timeframe() const { return std::nullopt; }
  /// The last line had no end: the file may have been cut inside its last number.
  [[nodiscard]] virtual bool last_line_is_open() const noexcept { return false; }

  [[nodiscard]] virtual std::uint64_t bytes_read() const noexcept = 0;
  /// 0 when unknown (a pipe).
  [[nodiscard]] virtual std::uint64_t bytes_total() const noexcept = 0;
};

/// Opens a file and recognises its format by content: a JSON array of Upbit's REST candles, or CSV
/// with a header (see csv_columns.hpp) and timestamps in milliseconds, in seconds or as ISO 8601
/// (UTC when there is no zone). Errors: not_found, storage, malformed (empty, binary, no header).
[[nodiscard]] result::Result<std::unique_ptr<CandleReader>> open_candle_file(
    const std::filesystem::path& path);

}  // namespace hts::csv
