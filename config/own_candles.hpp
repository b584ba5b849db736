#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/ports/candle_store.hpp"

namespace hts::config {

/// The candles of one worker among several. What it lacks another may have: its errors say so, with
/// the field `worker`, and are no fault of the request. As thread-safe as the catalog.
class OwnCandles final : public ports::CandleStore {
 public:
  /// `worker` is the name by which people know it.
  OwnCandles(std::unique_ptr<ports::CandleStore> catalog, std::string worker)
      : catalog_(std::move(catalog)), worker_(std::move(worker)) {}

  [[nodiscard]] result::Result<market::CandleSeries> load(
      const market::Symbol& symbol, market::Timeframe timeframe, time::TimeRange range,
      const std::atomic<bool>* cancel = nullptr) override;
  [[nodiscard]] result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override;
  [[nodiscard]] result::Result<std::vector<ports::CatalogFile>> inventory() override;

 private:
  std::unique_ptr<ports::CandleStore> catalog_;
  const std::string worker_;
};

}  // namespace hts::config
