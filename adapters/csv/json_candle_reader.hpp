#pragma once

#include <memory>
#include <string>

#include "adapters/csv/candle_reader.hpp"
#include "adapters/csv/input_file.hpp"

namespace hts::csv {

/// Upbit's REST pages saved to a file. `head` is what was read of the file so far. Errors:
/// too_large over 64 MiB, and whatever the page says; the file is parsed here, in whole.
[[nodiscard]] result::Result<std::unique_ptr<CandleReader>> open_json_candles(InputFile file,
                                                                              std::string head);

}  // namespace hts::csv
