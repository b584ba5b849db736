#include "adapters/parquet/plain_candle_read.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "adapters/parquet/candle_soundness.hpp"
#include "adapters/parquet/plain_candle_file.hpp"
#include "engine/ports/candle_store.hpp"

namespace hts::parquet {
namespace {

using market::CandleSeries;
using result::Status;
using result::success;
using time::Timestamp;

void shorten(CandleSeries& candles, std::size_t count) {
  candles.open_time.resize(count);
  for (auto* column :
       {&candles.open, &candles.high, &candles.low, &candles.close, &candles.volume}) {
    column->resize(count);
  }
}

/// The rows of a group in the range, of those only their open times being read in full.
bool append_group(PlainCandleFile& file, const PlainCandleFile::Group& group, time::TimeRange range,
                  CandleSeries& candles, const std::atomic<bool>* cancel) {
  const auto begin = static_cast<std::ptrdiff_t>(candles.open_time.size());
  if (!file.read_times(group, candles.open_time, cancel)) return false;
  auto& times = candles.open_time;
  const auto last = std::lower_bound(times.begin() + begin, times.end(), range.end);
  times.erase(last, times.end());
  const auto first = std::lower_bound(times.begin() + begin, times.end(), range.begin);
  const auto skipped = static_cast<std::size_t>(first - times.begin() - begin);
  times.erase(times.begin() + begin, first);
  const std::size_t kept = times.size() - static_cast<std::size_t>(begin);
  for (std::size_t done = 0; done < kept;) {
    if (ports::is_cancelled(cancel)) return false;
    const std::size_t count = std::min(market::largest_block, kept - done);
    const std::size_t at = candles.open.size();
    if (!file.read_values(group, skipped + done, count, candles)) return false;
    if (find_unsound(candles.view().slice(at, count))) return false;
    done += count;
  }
  return true;
}

}  // namespace

bool append_plain(disk::Disk& disk, const std::filesystem::path& path, time::TimeRange range,
                  CandleSeries& candles, const std::atomic<bool>* cancel) {
  auto file = PlainCandleFile::open(disk, path, range);
  if (!file) return false;
  const std::size_t begin = candles.size();
  const bool is_read = std::all_of(
      file->groups().begin(), file->groups().end(),
      [&](const auto& group) { return append_group(*file, group, range, candles, cancel); });
  if (is_read) return true;
  shorten(candles, begin);
  return false;
}

std::optional<Status> stream_plain(disk::Disk& disk, const std::filesystem::path& path,
                                   time::TimeRange range, const market::TakeCandles& take) {
  auto file = PlainCandleFile::open(disk, path, range);
  if (!file) return std::nullopt;
  // All times before the first block: whether they ascend must be known by then.
  std::vector<Timestamp> times;
  for (const auto& group : file->groups()) {
    if (!times.empty() && group.first <= times.back()) return std::nullopt;
    if (!file->read_times(group, times)) return std::nullopt;
  }
  std::span<const Timestamp> left{times};
  CandleSeries block;
  for (const auto& group : file->groups()) {
    const auto of_group = left.first(static_cast<std::size_t>(group.rows));
    left = left.subspan(of_group.size());
    const auto rows_before = [&](Timestamp t) {
      return static_cast<std::size_t>(std::lower_bound(of_group.begin(), of_group.end(), t) -
                                      of_group.begin());
    };
    const std::size_t end = rows_before(range.end);
    for (std::size_t row = rows_before(range.begin); row < end; row += block.size()) {
      const auto times_of_block = of_group.subspan(row, std::min(market::largest_block, end - row));
      shorten(block, 0);
      block.open_time.assign(times_of_block.begin(), times_of_block.end());
      if (auto filled = file->read_values(group, row, block.size(), block); !filled) return filled;
      if (const auto problem = find_unsound(block.view())) {
        return Status{make_unsound_error(path, *problem)};
      }
      if (auto taken = take(block.view()); !taken) return taken;
    }
  }
  return success();
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
