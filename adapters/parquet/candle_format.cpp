#include "adapters/parquet/candle_format.hpp"

#include "adapters/parquet/candle_merge.hpp"

namespace hts::parquet {

result::Status CandleFormat::stream(const std::filesystem::path& path, time::TimeRange range,
                                    const market::TakeCandles& take) {
  market::CandleSeries candles;
  if (auto appended = append(path, range, candles); !appended) return appended;
  sort_and_deduplicate(candles);
  return market::give_in_blocks(candles.view(), take);
}

}  // namespace hts::parquet
