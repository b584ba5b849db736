#include "adapters/csv/candle_reader.hpp"

#include <utility>

#include "adapters/csv/csv_candle_reader.hpp"
#include "adapters/csv/input_file.hpp"
#include "adapters/csv/json_candle_reader.hpp"
#include "adapters/csv/text_defects.hpp"

namespace hts::csv {
namespace {

constexpr std::size_t head_size = std::size_t{64} << 10U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

result::Result<std::unique_ptr<CandleReader>> open_candle_file(const std::filesystem::path& path) {
  auto file = InputFile::open(path);
  if (!file) return std::move(file).error();
  std::string head(head_size, '\0');
  const auto count = file->read(head);
  if (!count) return count.error();
  head.resize(*count);
  const auto malformed = [&](const std::string& problem) {
    return result::make_error(result::ErrorCode::malformed, file->name() + " " + problem + ".",
                              file->name());
  };
  if (const auto kind = recognise_binary(head)) return malformed("is " + *kind);
  if (head.starts_with(byte_order_mark)) head.erase(0, byte_order_mark.size());
  const std::size_t first = head.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return malformed("is empty: there are no candles in it");

  if (head[first] == '[' || head[first] == '{') {
    return open_json_candles(*std::move(file), std::move(head));
  }
  return open_csv_candles(*std::move(file), std::move(head));
}

}  // namespace hts::csv
