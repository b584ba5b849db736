#include "adapters/csv/json_candle_reader.hpp"

#include <utility>

#include "adapters/csv/text_defects.hpp"
#include "adapters/upbit/upbit_page.hpp"

namespace hts::csv {
namespace {

constexpr std::size_t largest_json = std::size_t{64} << 20U;

class JsonCandleReader final : public CandleReader {
 public:
  JsonCandleReader(upbit::UpbitPage page, std::uint64_t bytes)
      : page_(std::move(page)), bytes_(bytes) {}

  result::Status read(std::vector<CandleRow>& rows) override {
    rows.clear();
    if (std::exchange(delivered_, true)) return result::success();
    const auto& candles = page_.candles;
    const bool newest_first =
        candles.size() > 1 && candles.front().open_time > candles.back().open_time;
    rows.reserve(candles.size());
    for (std::size_t i = 0; i < candles.size(); ++i) {
      const std::size_t position = newest_first ? candles.size() - 1 - i : i;
      rows.push_back({candles[position], position + 1});
    }
    return result::success();
  }

  const char* place_name() const noexcept override { return "candle"; }
  std::optional<market::Symbol> symbol() const override { return page_.symbol; }
  std::optional<market::Timeframe> timeframe() const override { return page_.timeframe; }
  std::uint64_t bytes_read() const noexcept override { return bytes_; }
  std::uint64_t bytes_total() const noexcept override { return bytes_; }

 private:
  upbit::UpbitPage page_;
  std::uint64_t bytes_;
  bool delivered_ = false;
};

}  // namespace

result::Result<std::unique_ptr<CandleReader>> open_json_candles(InputFile file, std::string head) {
  const std::string name = file.name();
  const auto too_large = [&] {
    return result::make_error(
        result::ErrorCode::too_large,
        name + " is larger than 64 MiB: import JSON pages in smaller files, or convert it to CSV.",
        name);
  };
  if (file.size() > largest_json) return too_large();
  std::string text = std::move(head);
  for (;;) {
    constexpr std::size_t step = std::size_t{1} << 20U;
    const std::size_t filled = text.size();
    text.resize(filled + step);
    const auto count = file.read({text.data() + filled, step});
    if (!count) return count.error();
    text.resize(filled + *count);
    if (*count < step) break;
    if (text.size() > largest_json) return too_large();
  }
  if (const auto bad = find_bad_byte(text)) {
    return result::make_error(result::ErrorCode::malformed,
                              name + " contains " + bad->problem + " at byte " +
                                  std::to_string(bad->offset + 1) + ": it is not JSON text.",
                              name);
  }
  auto page = upbit::parse_upbit_page(text);
  if (!page) {
    return result::make_error(page.error().code, name + ", " + page.error().message,
                              name + ", " + page.error().field);
  }
  if (page->candles.empty()) {
    return result::make_error(result::ErrorCode::malformed,
                              name + " has no candles: it is an empty page.", name);
  }
  return std::unique_ptr<CandleReader>(
      std::make_unique<JsonCandleReader>(*std::move(page), file.bytes_read()));
}

}  // namespace hts::csv
