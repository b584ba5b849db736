#pragma once

#include <cstdint>
#include <filesystem>

#include "adapters/parquet/candle_files.hpp"
#include "adapters/parquet/candle_format.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::parquet {

/// The candles of a range, over all years, as one file without a name: it lies in `folder` and is
/// gone when it is closed, however the process ends. Takes memory for the candles, of which there
/// may be `most`. Errors: those of CandleStore::stream; too_large, field `from`; storage.
[[nodiscard]] result::Result<OpenCandleFile> extract_candles(
    ports::CandleStore& store, CandleFormat& format, const std::filesystem::path& folder,
    const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
    std::uint64_t most);

}  // namespace hts::parquet
