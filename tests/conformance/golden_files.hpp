#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/market/candle_series.hpp"

/// Expected answers and the real candles they belong to. They are no part of the project: a
/// checkout without them skips the tests that need them.
namespace hts::conformance {

[[nodiscard]] std::filesystem::path shared_folder();

/// Names of the `.json` files of `golden/<kind>`, sorted; one empty name when there is no such
/// folder, so that the test exists and can say why it skips.
[[nodiscard]] std::vector<std::string> golden_names(const std::string& kind);

[[nodiscard]] std::string read_text(const std::filesystem::path& path);

/// `data/candles/<dataset>.csv` with the header `timestamp,open,high,low,close,volume`, timestamps
/// in UTC milliseconds. Empty when it cannot be read.
[[nodiscard]] market::CandleSeries read_candles(const std::string& dataset);

}  // namespace hts::conformance
