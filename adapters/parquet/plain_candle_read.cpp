#include "adapters/parquet/plain_candle_read.hpp"

#include <algorithm>
#include <cstddef>

#include "adapters/parquet/candle_soundness.hpp"
#include "adapters/parquet/plain_candle_file.hpp"

namespace hts::parquet {
namespace {

using market::CandleSeries;

void shorten(CandleSeries& candles, std::size_t count) {
  candles.open_time.resize(count);
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    column->resize(count);
  }
}

/// The rows of a group in the range, of those only their open times being read in full.
bool append_group(PlainCandleFile& file, const PlainCandleFile::Group& group, time::TimeRange range,
                  CandleSeries& candles) {
  const auto begin = static_cast<std::ptrdiff_t>(candles.open_time.size());
  if (!file.read_times(group, candles.open_time)) return false;
  auto& times = candles.open_time;
  const auto last = std::lower_bound(times.begin() + begin, times.end(), range.end);
  times.erase(last, times.end());
  const auto first = std::lower_bound(times.begin() + begin, times.end(), range.begin);
  const auto skipped = static_cast<std::size_t>(first - times.begin() - begin);
  times.erase(times.begin() + begin, first);
  const std::size_t kept = times.size() - static_cast<std::size_t>(begin);
  return kept == 0 || file.read_values(group, skipped, kept, candles).ok();
}

}  // namespace

bool append_plain(disk::Disk& disk, const std::filesystem::path& path, time::TimeRange range,
                  CandleSeries& candles) {
  auto file = PlainCandleFile::open(disk, path, range);
  if (!file) return false;
  const std::size_t begin = candles.size();
  const bool is_read =
      std::all_of(file->groups().begin(), file->groups().end(),
                  [&](const auto& group) { return append_group(*file, group, range, candles); });
  if (is_read && !find_unsound(candles.view().slice(begin, candles.size() - begin))) return true;
  shorten(candles, begin);
  return false;
}

std::optional<CandleFileSpan> plain_span(disk::Disk& disk, const std::filesystem::path& path) {
  auto file = PlainCandleFile::open(disk, path, {});
  if (!file) return std::nullopt;
  CandleFileSpan span;
  for (const auto& group : file->groups()) {
    span.first = span.candles == 0 ? group.first : std::min(span.first, group.first);
    span.last = span.candles == 0 ? group.last : std::max(span.last, group.last);
    span.candles += group.rows;
  }
  return span;
}

}  // namespace hts::parquet
