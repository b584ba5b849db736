#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "adapters/csv/candle_reader.hpp"
#include "engine/market/gap_report.hpp"
#include "engine/market/timeframe.hpp"

/// What is odd about a candle file without making it useless.
namespace hts::csv {

/// How often something happened, and where first.
struct Places {
  static constexpr std::size_t most_places = 5;

  std::uint64_t count = 0;
  std::vector<std::uint64_t> first;  ///< the smallest places (lines or candles), ascending

  void add(std::uint64_t place);
  friend bool operator==(const Places&, const Places&) = default;
};

struct ImportIssues {
  Places identical_duplicates;    ///< rows that repeat an earlier row in full
  Places conflicting_duplicates;  ///< rows that repeat an earlier open time; the last one counts
  Places disorder;                ///< rows earlier than the row before them
  Places misaligned;              ///< rows whose open time is not on the timeframe's grid
  market::GapReport gaps;
  /// The most common distance of the first rows, when it is a timeframe other than the one used:
  /// the timeframe is probably wrong.
  std::optional<market::Timeframe> other_spacing;

  friend bool operator==(const ImportIssues&, const ImportIssues&) = default;
};

/// Finds disorder and misalignment while rows stream by. O(1) a row.
class OrderChecks {
 public:
  explicit OrderChecks(std::optional<market::Timeframe> timeframe) : timeframe_(timeframe) {}

  void add(std::span<const CandleRow> rows, ImportIssues& issues);

 private:
  std::optional<market::Timeframe> timeframe_;
  std::optional<time::Timestamp> previous_;
  bool previous_is_aligned_ = false;
};

}  // namespace hts::csv
