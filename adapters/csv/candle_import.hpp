#pragma once

#include <filesystem>

#include "adapters/csv/candle_collection.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"

/// From a candle file into the catalog, or into memory.
namespace hts::csv {

struct ImportReport {
  FileFacts facts;
  ports::WriteReport written;
};

/// Reads a file of any size in bounded memory, checks every row, and writes all of its years in one
/// transaction: the first bad row, a full disk or a cancellation leaves the catalog as it was.
/// Importing the same file again changes nothing. Duplicates, disorder, gaps and times off the grid
/// are reported in the facts, not refused. Errors: those of CandleCollection, symbol and timeframe
/// being required, and those of the store.
[[nodiscard]] result::Result<ImportReport> import_candles(const std::filesystem::path& path,
                                                          ports::CandleStore& store,
                                                          const ReadOptions& options = {});

/// A whole file in memory.
struct CandleFile {
  market::CandleSeries series;  ///< ascending, unique open times
  FileFacts facts;              ///< symbol and timeframe when they are known
};

/// Reads a file with the same checks as an import. O(n) for ascending rows; at the peak 48 bytes a
/// candle (twice that while the series grows) and 56 a row: up to 1 GiB of rows, or
/// `limits.memory_bytes` when that is more, the others being set aside in a temporary file. Errors:
/// those of CandleCollection.
[[nodiscard]] result::Result<CandleFile> read_candles(const std::filesystem::path& path,
                                                      const ReadOptions& options = {});

}  // namespace hts::csv
