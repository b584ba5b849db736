#pragma once

#include <atomic>
#include <filesystem>
#include <optional>

#include "adapters/disk/disk.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "engine/market/candle_blocks.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// What a CandleFormat does, with files that a PlainCandleFile can read. What cannot be done so
/// changes nothing and is left to the Parquet library, which also says what is wrong with a damaged
/// file.
namespace hts::parquet {

/// Appends the candles with open times in the range. False: with nothing appended, also when it was
/// cancelled.
[[nodiscard]] bool append_plain(disk::Disk& disk, const std::filesystem::path& path,
                                time::TimeRange range, market::CandleSeries& candles,
                                const std::atomic<bool>* cancel = nullptr);

/// Gives the candles with open times in the range in blocks. Memory for a block and for 8 bytes a
/// candle of the file. Nothing: before the first block. Errors: those of `take`, and storage when
/// the disk fails or a candle is none.
[[nodiscard]] std::optional<result::Status> stream_plain(disk::Disk& disk,
                                                         const std::filesystem::path& path,
                                                         time::TimeRange range,
                                                         const market::TakeCandles& take);

[[nodiscard]] std::optional<CandleFileSpan> plain_span(disk::Disk& disk,
                                                       const std::filesystem::path& path);

}  // namespace hts::parquet
