#pragma once

#include <filesystem>

#include "adapters/parquet/candle_format.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// One Parquet file of candles. Included only by the sources of this folder.
namespace hts::parquet {

class Connection;

/// Appends the candles of a file with open times in the range, in the file's order. Takes files of
/// any origin that have the columns `timestamp open high low close volume` in any order:
/// `timestamp` as an integer of milliseconds or as a date or timestamp type, the others as any
/// numeric type. Errors: storage, naming the file, when it is damaged, lacks a column or holds
/// something that is not a candle; cancelled.
[[nodiscard]] result::Status append_candles(Connection& connection,
                                            const std::filesystem::path& path,
                                            time::TimeRange range, market::CandleSeries& candles,
                                            const std::atomic<bool>* cancel = nullptr);

[[nodiscard]] result::Result<CandleFileSpan> read_span(Connection& connection,
                                                       const std::filesystem::path& path);

/// Writes a new file, not synced. Error: storage, naming it; it may then be there, incomplete.
[[nodiscard]] result::Status write_candles(Connection& connection,
                                           const std::filesystem::path& path,
                                           market::CandleView candles);

}  // namespace hts::parquet
