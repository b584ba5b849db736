#include "adapters/csv/year_buckets.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace hts::csv {
namespace {

std::filesystem::path spill_directory_of(const YearBuckets::Limits& limits) {
  if (!limits.spill_directory.empty()) return limits.spill_directory;
  std::error_code none;
  auto directory = std::filesystem::temp_directory_path(none);
  return none ? std::filesystem::path{"/tmp"} : directory;
}

bool comes_before(const CandleRow& a, const CandleRow& b) {
  return a.candle.open_time != b.candle.open_time ? a.candle.open_time < b.candle.open_time
                                                  : a.place < b.place;
}

}  // namespace

YearBuckets::YearBuckets(Limits limits, std::function<bool()> cancelled)
    : limits_(std::move(limits)),
      cancelled_(std::move(cancelled)),
      spill_(spill_directory_of(limits_)) {}

result::Status YearBuckets::go_on() const {
  if (!cancelled_ || !cancelled_()) return result::success();
  return result::make_error(result::ErrorCode::cancelled, "Sorting was stopped; start it again.");
}

/// Slices first, then ever longer ones into each other, so that it can be stopped in between.
result::Status YearBuckets::sort(std::span<CandleRow> rows) const {
  constexpr std::size_t slice = std::size_t{1} << 15U;
  const auto first_row_at = [&](std::size_t index) {
    return rows.begin() + static_cast<std::ptrdiff_t>(std::min(index, rows.size()));
  };
  for (std::size_t begin = 0; begin < rows.size(); begin += slice) {
    if (auto on = go_on(); !on) return on;
    std::sort(first_row_at(begin), first_row_at(begin + slice), comes_before);
  }
  for (std::size_t width = slice; width < rows.size(); width *= 2) {
    for (std::size_t begin = 0; begin + width < rows.size(); begin += 2 * width) {
      if (auto on = go_on(); !on) return on;
      std::inplace_merge(first_row_at(begin), first_row_at(begin + width),
                         first_row_at(begin + 2 * width), comes_before);
    }
  }
  return result::success();
}

result::Status YearBuckets::add(std::span<const CandleRow> rows) {
  for (const CandleRow& row : rows) {
    const time::Timestamp open_time = row.candle.open_time;
    if (!current_year_.contains(open_time)) {
      const int year = time::utc_year(open_time);
      current_ = &buckets_[year];
      current_->year = year;
      current_year_ = {time::utc_year_begin(year), time::utc_year_begin(year + 1)};
    }
    std::vector<CandleRow>& bucket_rows = current_->rows;
    if (!bucket_rows.empty() && open_time <= bucket_rows.back().candle.open_time) {
      current_->is_compact = false;
    }
    bucket_rows.push_back(row);
    if (bucket_rows.size() >= current_->compact_at) {
      if (auto compacted = compact_and_limit(*current_); !compacted) return compacted;
    }
  }
  return keep_memory_bounded();
}

result::Status YearBuckets::compact(Bucket& bucket) {
  if (auto on = go_on(); !on) return on;
  if (std::exchange(bucket.is_compact, true) || bucket.rows.empty()) return result::success();
  std::vector<CandleRow>& rows = bucket.rows;
  if (auto sorted = sort(rows); !sorted) return sorted;
  std::size_t kept = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].candle.open_time == rows[kept].candle.open_time) {
      const bool identical = rows[i].candle == rows[kept].candle;
      (identical ? duplicates_.identical_duplicates : duplicates_.conflicting_duplicates)
          .add(rows[i].place);
    } else {
      ++kept;
    }
    rows[kept] = rows[i];
  }
  rows.resize(kept + 1);
  return result::success();
}

result::Status YearBuckets::compact_and_limit(Bucket& bucket) {
  if (auto compacted = compact(bucket); !compacted) return compacted;
  if (bucket.rows.size() > limits_.rows_a_year) {
    return result::make_error(result::ErrorCode::invalid,
                              "There are more than " + std::to_string(limits_.rows_a_year) +
                                  " different open times in " + std::to_string(bucket.year) +
                                  ", more than candles of 1m can have: check the timestamps.");
  }
  bucket.compact_at = std::max(2 * bucket.rows.size(), std::size_t{1} << 16U);
  return result::success();
}

result::Status YearBuckets::keep_memory_bounded() {
  const auto bytes_of = [](const Bucket& bucket) {
    return bucket.rows.capacity() * sizeof(CandleRow);
  };
  std::size_t total = 0;
  for (const auto& [year, bucket] : buckets_) total += bytes_of(bucket);
  // Down to half, so that the next rows do not come here again at once.
  const bool over = total > limits_.memory_bytes;
  while (over && total > limits_.memory_bytes / 2) {
    const auto largest = std::max_element(
        buckets_.begin(), buckets_.end(),
        [&](const auto& a, const auto& b) { return bytes_of(a.second) < bytes_of(b.second); });
    Bucket& bucket = largest->second;
    if (bucket.rows.empty()) break;
    if (auto compacted = compact_and_limit(bucket); !compacted) return compacted;
    auto extent = spill_.append(bucket.rows);
    if (!extent) return std::move(extent).error();
    bucket.spilled.push_back(*extent);
    total -= bytes_of(bucket);
    std::vector<CandleRow>{}.swap(bucket.rows);
  }
  return result::success();
}

result::Status YearBuckets::bring_back(Bucket& bucket) {
  if (bucket.spilled.empty()) return compact(bucket);
  // Extents are older than the rows in memory, and older the earlier: the order of places.
  const std::vector<CandleRow> newest = std::exchange(bucket.rows, {});
  const auto join = [&](auto&& append) -> result::Status {
    const std::size_t before = bucket.rows.size();
    if (auto appended = append(); !appended) return appended;
    const bool ascends =
        before == 0 || bucket.rows.size() == before ||
        bucket.rows[before - 1].candle.open_time < bucket.rows[before].candle.open_time;
    if (!ascends) bucket.is_compact = false;
    return compact_and_limit(bucket);
  };
  const bool newest_is_compact = std::exchange(bucket.is_compact, true);
  for (const SpillFile::Extent& extent : std::exchange(bucket.spilled, {})) {
    auto joined = join([&] { return spill_.read(extent, bucket.rows); });
    if (!joined) return joined;
  }
  return join([&] {
    bucket.rows.insert(bucket.rows.end(), newest.begin(), newest.end());
    bucket.is_compact = newest_is_compact;
    return result::success();
  });
}

result::Status YearBuckets::drain(const TakeYear& take, ImportIssues& issues) {
  current_ = nullptr;
  current_year_ = {time::Timestamp::max(), time::Timestamp::min()};
  while (!buckets_.empty()) {
    Bucket bucket = std::move(buckets_.begin()->second);
    buckets_.erase(buckets_.begin());
    if (auto back = bring_back(bucket); !back) return back;
    market::CandleSeries series;
    series.reserve(bucket.rows.size());
    for (const CandleRow& row : bucket.rows) series.push_back(row.candle);
    std::vector<CandleRow>{}.swap(bucket.rows);
    issues.identical_duplicates = duplicates_.identical_duplicates;
    issues.conflicting_duplicates = duplicates_.conflicting_duplicates;
    if (auto taken = take(bucket.year, series.view()); !taken) return taken;
  }
  return result::success();
}

}  // namespace hts::csv
