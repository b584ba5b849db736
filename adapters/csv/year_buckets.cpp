#include "adapters/csv/year_buckets.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace hts::csv {
namespace {

/// Two megabytes: sorted in a few milliseconds, copied or set aside in one or two.
constexpr std::size_t rows_a_look = std::size_t{1} << 15U;
/// A quarter of a megabyte: a disk with other work takes its time for more.
constexpr std::size_t rows_a_transfer = std::size_t{1} << 12U;

/// Rows of 1m in a leap year, and from how many on a year is taken to be one of those.
constexpr std::size_t rows_of_longest_year = std::size_t{366} * 24 * 60;
constexpr std::size_t rows_of_many = std::size_t{1} << 16U;

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

/// work(begin, end) for each slice of `rows` rows, so that it can be stopped in between.
template <class Work>
result::Status YearBuckets::in_slices(std::size_t rows, std::size_t a_slice, Work work) const {
  for (std::size_t begin = 0; begin < rows; begin += a_slice) {
    if (auto on = go_on(); !on) return on;
    if (result::Status worked = work(begin, std::min(begin + a_slice, rows)); !worked) {
      return worked;
    }
  }
  return result::success();
}

/// Slices first, then ever longer ones into each other.
result::Status YearBuckets::sort(std::span<CandleRow> rows) {
  auto sorted = in_slices(rows.size(), rows_a_look, [&](std::size_t begin, std::size_t end) {
    const auto slice = rows.subspan(begin, end - begin);
    std::sort(slice.begin(), slice.end(), comes_before);
    return result::success();
  });
  if (!sorted) return sorted;
  for (std::size_t width = rows_a_look; width < rows.size(); width *= 2) {
    for (std::size_t begin = 0; begin + width < rows.size(); begin += 2 * width) {
      const auto both = rows.subspan(begin, std::min(2 * width, rows.size() - begin));
      if (auto merged = merge(both, width, merged_left_); !merged) return merged;
    }
  }
  return result::success();
}

/// The first `middle` rows and the others, each in order; `left` is room for the former.
result::Status YearBuckets::merge(std::span<CandleRow> rows, std::size_t middle,
                                  std::vector<CandleRow>& left) const {
  left.clear();
  left.reserve(middle);
  auto copied = in_slices(middle, rows_a_look, [&](std::size_t begin, std::size_t end) {
    const auto slice = rows.subspan(begin, end - begin);
    left.insert(left.end(), slice.begin(), slice.end());
    return result::success();
  });
  if (!copied) return copied;
  std::size_t from_left = 0;
  std::size_t from_right = middle;
  return in_slices(rows.size(), rows_a_look, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end && from_left < left.size(); ++i) {
      const bool right_first =
          from_right < rows.size() && comes_before(rows[from_right], left[from_left]);
      rows[i] = right_first ? rows[from_right++] : left[from_left++];
    }
    return result::success();
  });
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
    if (bucket_rows.size() == bucket_rows.capacity()) {
      if (auto made = make_room(bucket_rows); !made) return made;
    }
    bucket_rows.push_back(row);
    if (bucket_rows.size() >= current_->compact_at) {
      if (auto compacted = compact_and_limit(*current_); !compacted) return compacted;
    }
  }
  return keep_memory_bounded();
}

/// More room means to copy all rows, so a year of minutes gets its room before it has many.
result::Status YearBuckets::make_room(std::vector<CandleRow>& rows) const {
  if (auto on = go_on(); !on) return on;
  if (rows.size() >= rows_of_many) {
    rows.reserve(std::max(rows_of_longest_year, 2 * rows.size()));
  }
  return go_on();
}

result::Status YearBuckets::compact(Bucket& bucket) {
  if (auto on = go_on(); !on) return on;
  if (std::exchange(bucket.is_compact, true) || bucket.rows.empty()) return result::success();
  std::vector<CandleRow>& rows = bucket.rows;
  if (auto sorted = sort(rows); !sorted) return sorted;
  std::size_t kept = 0;
  auto compacted = in_slices(rows.size(), rows_a_look, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = std::max<std::size_t>(begin, 1); i < end; ++i) {
      if (rows[i].candle.open_time == rows[kept].candle.open_time) {
        const bool identical = rows[i].candle == rows[kept].candle;
        (identical ? duplicates_.identical_duplicates : duplicates_.conflicting_duplicates)
            .add(rows[i].place);
      } else {
        ++kept;
      }
      rows[kept] = rows[i];
    }
    return result::success();
  });
  if (!compacted) return compacted;
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
  bucket.compact_at = std::max(2 * bucket.rows.size(), rows_of_many);
  return result::success();
}

result::Status YearBuckets::keep_memory_bounded() {
  const auto bytes_of = [](const Bucket& bucket) { return bucket.rows.size() * sizeof(CandleRow); };
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
    if (auto spilled = spill(bucket); !spilled) return spilled;
    total -= bytes_of(bucket);
    std::vector<CandleRow>{}.swap(bucket.rows);
  }
  return result::success();
}

/// One extent: those of an append follow each other.
result::Status YearBuckets::spill(Bucket& bucket) {
  SpillFile::Extent whole;
  auto spilled =
      in_slices(bucket.rows.size(), rows_a_transfer, [&](std::size_t begin, std::size_t end) {
        auto extent = spill_.append(std::span{bucket.rows}.subspan(begin, end - begin));
        if (!extent) return result::Status{std::move(extent).error()};
        if (begin == 0) whole.offset = extent->offset;
        whole.rows += extent->rows;
        return result::success();
      });
  if (spilled) bucket.spilled.push_back(whole);
  return spilled;
}

result::Status YearBuckets::read_back(const SpillFile::Extent& extent,
                                      std::vector<CandleRow>& rows) const {
  return in_slices(extent.rows, rows_a_transfer, [&](std::size_t begin, std::size_t end) {
    return spill_.read({extent.offset + begin * sizeof(CandleRow), end - begin}, rows);
  });
}

result::Status YearBuckets::bring_back(Bucket& bucket) {
  if (bucket.spilled.empty()) return compact(bucket);
  // Extents are older than the rows in memory, and older the earlier: the order of places.
  const std::vector<CandleRow> newest = std::exchange(bucket.rows, std::move(drained_));
  bucket.rows.clear();
  std::size_t most_rows = newest.size();
  for (const SpillFile::Extent& extent : bucket.spilled) most_rows += extent.rows;
  bucket.rows.reserve(most_rows);
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
    auto joined = join([&] { return read_back(extent, bucket.rows); });
    if (!joined) return joined;
  }
  return join([&] {
    bucket.is_compact = newest_is_compact;
    return in_slices(newest.size(), rows_a_look, [&](std::size_t begin, std::size_t end) {
      const auto slice = std::span{newest}.subspan(begin, end - begin);
      bucket.rows.insert(bucket.rows.end(), slice.begin(), slice.end());
      return result::success();
    });
  });
}

result::Status YearBuckets::drain(const TakeYear& take, ImportIssues& issues) {
  current_ = nullptr;
  current_year_ = {time::Timestamp::max(), time::Timestamp::min()};
  market::CandleSeries series;
  while (!buckets_.empty()) {
    if (auto on = go_on(); !on) return on;
    Bucket bucket = std::move(buckets_.begin()->second);
    buckets_.erase(buckets_.begin());
    if (auto back = bring_back(bucket); !back) return back;
    series.clear();
    series.reserve(bucket.rows.size());
    auto copied =
        in_slices(bucket.rows.size(), rows_a_look, [&](std::size_t begin, std::size_t end) {
          for (std::size_t i = begin; i < end; ++i) series.push_back(bucket.rows[i].candle);
          return result::success();
        });
    if (!copied) return copied;
    drained_ = std::move(bucket.rows);
    issues.identical_duplicates = duplicates_.identical_duplicates;
    issues.conflicting_duplicates = duplicates_.conflicting_duplicates;
    if (auto taken = take(bucket.year, series.view()); !taken) return taken;
  }
  return result::success();
}

}  // namespace hts::csv
