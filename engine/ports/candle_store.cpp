#include "engine/ports/candle_store.hpp"

#include <utility>

namespace hts::ports {

result::Status CandleStore::stream(const market::Symbol& symbol, market::Timeframe timeframe,
                                   time::TimeRange range, const market::TakeCandles& take) {
  auto candles = load(symbol, timeframe, range);
  if (!candles) return std::move(candles).error();
  return market::give_in_blocks(candles->view(), take);
}

result::Error cancelled_load() {
  return result::make_error(
      result::ErrorCode::cancelled,
      "Loading the candles was cancelled before its end; start it again to have them.");
}

result::Result<WriteReport> write_all_years(CandleStore& store, const market::Symbol& symbol,
                                            market::Timeframe timeframe,
                                            market::CandleView candles) {
  auto write = store.begin_write(symbol, timeframe);
  if (!write) return std::move(write).error();
  while (!candles.empty()) {
    const int year = time::utc_year(candles.open_time.front());
    const auto of_year = candles.within({time::Timestamp::min(), time::utc_year_begin(year + 1)});
    if (auto staged = (*write)->stage(year, of_year); !staged) return std::move(staged).error();
    candles = candles.slice(of_year.size(), candles.size() - of_year.size());
  }
  return (*write)->commit();
}

}  // namespace hts::ports
