#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::parquet {

/// The first candle that is none, as the end of a sentence that begins with a file's name. O(n).
[[nodiscard]] std::optional<std::string> find_unsound(market::CandleView candles);

/// Such a problem of a file, code storage.
[[nodiscard]] result::Error make_unsound_error(const std::filesystem::path& path,
                                               const std::string& problem);

}  // namespace hts::parquet
