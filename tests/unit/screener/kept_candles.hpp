#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "engine/ports/candle_store.hpp"

namespace hts::screener::testing {

/// A catalog in memory that tests fill.
class KeptCandles final : public ports::CandleStore {
 public:
  /// Ascending ones after those that are there.
  void add(const market::Symbol& symbol, market::Timeframe timeframe,
           const std::vector<market::Candle>& candles) {
    const std::lock_guard lock{mutex_};
    auto& series = series_[{symbol, timeframe}];
    for (const market::Candle& candle : candles) series.push_back(candle);
  }

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* = nullptr) override {
    const std::lock_guard lock{mutex_};
    ++loads_;
    market::CandleSeries found;
    if (const auto series = series_.find({symbol, timeframe}); series != series_.end()) {
      found.append(series->second.view().within(range));
    }
    if (!found.empty()) return found;
    return result::make_error(result::ErrorCode::not_found, "There are no such candles.");
  }
  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(const market::Symbol&,
                                                                  market::Timeframe) override {
    return result::make_error(result::ErrorCode::unavailable, "Nobody writes here.");
  }
  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    const std::lock_guard lock{mutex_};
    std::vector<ports::CatalogFile> files;
    for (const auto& [key, series] : series_) {
      files.push_back({key.first, key.second, time::utc_year(series.open_time.front()),
                       series.size(), series.open_time.front(), series.open_time.back(), 1});
    }
    return files;
  }
  [[nodiscard]] int loads() {
    const std::lock_guard lock{mutex_};
    return loads_;
  }

 private:
  std::mutex mutex_;
  std::map<std::pair<market::Symbol, market::Timeframe>, market::CandleSeries> series_;
  int loads_ = 0;
};

}  // namespace hts::screener::testing
