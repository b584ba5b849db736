#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "adapters/csv/candle_reader.hpp"
#include "adapters/csv/import_issues.hpp"
#include "adapters/csv/spill_file.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::csv {

/// Sorts rows of any order into years of unique, ascending candles, in bounded memory.
///
/// Invariants: (1) of rows with the same open time the one with the greatest place wins; (2) rows
/// that come ascending are never sorted; (3) memory stays near `memory_bytes` plus the year that is
/// taken out, as rows and as columns: the fullest years go to a temporary file, and a year is
/// compacted (sorted, duplicates removed) each time it has doubled. O(n log n) at worst, O(n) for
/// ascending rows. One thread.
class YearBuckets {
 public:
  struct Limits {
    std::size_t memory_bytes = std::size_t{128} << 20U;
    std::filesystem::path spill_directory;  ///< empty: the system's temporary directory
    /// Distinct open times in a year; more is refused. A year of 1m has 527,040.
    std::size_t rows_a_year = 1'200'000;
  };

  /// `cancelled` is asked before every few milliseconds of work, 32,768 rows at most being sorted,
  /// copied or set aside in between, and before a year gets more room; may be empty.
  explicit YearBuckets(Limits limits, std::function<bool()> cancelled = {});

  /// Errors: invalid when a year has too many open times, storage when rows cannot be set aside,
  /// cancelled; after it the rows are of no use.
  [[nodiscard]] result::Status add(std::span<const CandleRow> rows);

  /// Takes each year out, ascending. Stops at the first error, or when
  /// it is cancelled. The view is valid during the call. Duplicates are counted into `issues` by
  /// the time of the last year.
  using TakeYear = std::function<result::Status(int year, market::CandleView candles)>;
  [[nodiscard]] result::Status drain(const TakeYear& take, ImportIssues& issues);

  /// Years that drain() will take.
  [[nodiscard]] std::size_t years() const noexcept { return buckets_.size(); }

 private:
  struct Bucket {
    int year = 0;
    std::vector<CandleRow> rows;
    bool is_compact = true;  ///< ascending and unique
    std::size_t compact_at = std::size_t{1} << 16U;
    std::vector<SpillFile::Extent> spilled;
  };

  [[nodiscard]] result::Status go_on() const;
  template <class Work>
  [[nodiscard]] result::Status in_slices(std::size_t rows, std::size_t a_slice, Work work) const;
  [[nodiscard]] result::Status sort(std::span<CandleRow> rows);
  [[nodiscard]] result::Status merge(std::span<CandleRow> rows, std::size_t middle,
                                     std::vector<CandleRow>& left) const;
  [[nodiscard]] result::Status make_room(std::vector<CandleRow>& rows) const;
  [[nodiscard]] result::Status compact(Bucket& bucket);
  [[nodiscard]] result::Status compact_and_limit(Bucket& bucket);
  [[nodiscard]] result::Status keep_memory_bounded();
  [[nodiscard]] result::Status spill(Bucket& bucket);
  [[nodiscard]] result::Status read_back(const SpillFile::Extent& extent,
                                         std::vector<CandleRow>& rows) const;
  [[nodiscard]] result::Status bring_back(Bucket& bucket);

  Limits limits_;
  std::function<bool()> cancelled_;
  SpillFile spill_;
  std::map<int, Bucket> buckets_;
  ImportIssues duplicates_;
  Bucket* current_ = nullptr;
  // Memory for the next: to touch new costs more than to sort what is in it.
  std::vector<CandleRow> merged_left_;
  std::vector<CandleRow> drained_;
  time::TimeRange current_year_{time::Timestamp::max(), time::Timestamp::min()};
};

}  // namespace hts::csv
