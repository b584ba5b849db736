#pragma once

#include <memory>
#include <string>

#include "adapters/csv/candle_reader.hpp"
#include "adapters/csv/input_file.hpp"

namespace hts::csv {

/// CSV with a header. `head` is what was read of the file so far, without a byte order mark, and is
/// not empty. Errors: malformed when the first line is not a header.
[[nodiscard]] result::Result<std::unique_ptr<CandleReader>> open_csv_candles(InputFile file,
                                                                             std::string head);

}  // namespace hts::csv
