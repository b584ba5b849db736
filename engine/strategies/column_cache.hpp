#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/market/candle_series.hpp"

namespace hts::strategies {

/// Columns of numbers computed from candles (a moving average of each close), kept because the next
/// trial of a sweep needs the same ones. When they outgrow the budget, those that were not asked
/// for the longest go first. Used by one thread; the candles that it is asked about must stay as
/// they are while it lives.
class ColumnCache {
 public:
  /// Computes the values [begin, end) of a column; called with ranges that follow each other.
  using Fill = std::function<void(std::size_t begin, std::size_t end, double* column)>;

  /// `cancel` may be null; once it is set, columns are no longer computed.
  explicit ColumnCache(std::size_t max_bytes, const std::atomic<bool>* cancel = nullptr) noexcept
      : max_bytes_(max_bytes), cancel_(cancel) {}

  /// Columns handed out from here on stay until the next call.
  void begin_scan() noexcept { scan_start_ = clock_; }

  /// One value a candle; empty when cancelled. `kind` and `parameter` must say all that the values
  /// depend on beside the candles; `kind` must live as long as the program. O(kept columns) when
  /// there already.
  [[nodiscard]] std::span<const double> column(market::CandleView candles, std::string_view kind,
                                               double parameter, const Fill& fill);

  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  struct Column {
    const double* close = nullptr;  ///< of the candles: says which ones
    std::string_view kind;
    double parameter = 0;
    std::uint64_t last_use = 0;
    std::vector<double> values;
  };

  /// Memory for `size` values, that of the column longest unused when the budget is spent.
  [[nodiscard]] std::vector<double> room_for(std::size_t size);

  std::size_t max_bytes_;
  const std::atomic<bool>* cancel_;
  std::size_t bytes_ = 0;
  std::uint64_t clock_ = 0;
  std::uint64_t scan_start_ = 0;
  std::vector<Column> columns_;
};

}  // namespace hts::strategies
