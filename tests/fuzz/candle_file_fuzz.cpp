// Candles in CSV and JSON files: rows or a sentence, whatever the bytes.
#include <vector>

#include "adapters/csv/candle_reader.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const hts::fuzz::MemoryFile file(hts::fuzz::text_of(data, size));
  auto reader = hts::csv::open_candle_file(file.path());
  if (!reader) {
    require(!reader.error().message.empty());
    return 0;
  }
  std::vector<hts::csv::CandleRow> rows;
  while (true) {
    const std::size_t before = rows.size();
    const auto status = (*reader)->read(rows);
    if (!status) require(!status.error().message.empty());
    if (!status || rows.size() == before) break;
  }
  require(rows.size() <= size);
  return 0;
}
