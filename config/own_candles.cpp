#include "config/own_candles.hpp"

#include <utility>

namespace hts::config {

result::Result<market::CandleSeries> OwnCandles::load(const market::Symbol& symbol,
                                                      market::Timeframe timeframe,
                                                      time::TimeRange range,
                                                      const std::atomic<bool>* cancel) {
  auto loaded = catalog_->load(symbol, timeframe, range, cancel);
  if (loaded || loaded.error().code == result::ErrorCode::cancelled) return loaded;
  return result::make_error(
      result::ErrorCode::unavailable,
      "The worker " + worker_ + " cannot get the candles: " + loaded.error().message, "worker");
}

result::Result<std::unique_ptr<ports::CandleWrite>> OwnCandles::begin_write(
    const market::Symbol& symbol, market::Timeframe timeframe) {
  return catalog_->begin_write(symbol, timeframe);
}

result::Result<std::vector<ports::CatalogFile>> OwnCandles::inventory() {
  return catalog_->inventory();
}

}  // namespace hts::config
