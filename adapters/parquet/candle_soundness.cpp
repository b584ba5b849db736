#include "adapters/parquet/candle_soundness.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

namespace hts::parquet {

std::optional<std::string> find_unsound(market::CandleView candles) {
  for (std::size_t i = 0; i < candles.size(); ++i) {
    // Comparisons with NaN are false. Only what looks wrong pays for the description.
    const double top = std::max(candles.open[i], candles.close[i]);
    const double bottom = std::min(candles.open[i], candles.close[i]);
    const bool sound = candles.low[i] > 0 && candles.low[i] <= bottom && top <= candles.high[i] &&
                       candles.high[i] <= std::numeric_limits<double>::max() &&
                       candles.open[i] == candles.open[i] && candles.close[i] == candles.close[i] &&
                       candles.volume[i] >= 0 &&
                       candles.volume[i] <= std::numeric_limits<double>::max();
    if (sound) continue;
    if (const auto defect = market::find_defect(candles[i])) {
      return "has a candle at " + time::format_iso8601(candles.open_time[i]) + " whose " + *defect;
    }
  }
  return std::nullopt;
}

result::Error make_unsound_error(const std::filesystem::path& path, const std::string& problem) {
  return result::make_error(
      result::ErrorCode::storage,
      path.string() + " " + problem + ": move it away and import its candles again.");
}

}  // namespace hts::parquet
