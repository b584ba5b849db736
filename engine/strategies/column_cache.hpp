#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/market/candle_series.hpp"

namespace hts::strategies {

/// Columns of numbers computed from candles (a moving average of each close), kept because the next
/// trial of a sweep needs the same ones. The candles that it is asked about must stay as they are
/// while it lives. Thread-safe: a column that several threads need at once is computed by one while
/// the others wait.
class ColumnStore {
 public:
  /// Computes the values [begin, end) of a column; called with ranges that follow each other.
  using Fill = std::function<void(std::size_t begin, std::size_t end, double* column)>;

  struct Column {
    const double* close = nullptr;  ///< of the candles: says which ones
    std::string_view kind;
    double parameter = 0;
    std::size_t size = 0;
    std::unique_ptr<double[]> values;  ///< not set to 0 before they are computed
    enum class State { computing, ready, given_up } state = State::computing;
    std::uint64_t last_use = 0;
  };

  /// Columns that nobody uses go, the longest unused first, when all take more than `max_bytes`.
  explicit ColumnStore(std::size_t max_bytes) noexcept : max_bytes_(max_bytes) {}

  /// Null once `cancel`, which may be null, is set. Passes on what `fill` throws.
  [[nodiscard]] std::shared_ptr<const Column> column(market::CandleView candles,
                                                     std::string_view kind, double parameter,
                                                     const Fill& fill,
                                                     const std::atomic<bool>* cancel);
  [[nodiscard]] std::size_t bytes() const;

 private:
  [[nodiscard]] std::shared_ptr<Column> find(market::CandleView candles, std::string_view kind,
                                             double parameter) const;
  /// Memory for `size` values, that of a column longest unused when the budget is spent.
  [[nodiscard]] std::unique_ptr<double[]> make_room(std::size_t size);
  void end(const std::shared_ptr<Column>& column, Column::State state);

  std::size_t max_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t bytes_ = 0;
  std::uint64_t clock_ = 0;
  std::vector<std::shared_ptr<Column>> columns_;
};

/// One thread's view of a store, which other threads may share.
class ColumnCache {
 public:
  using Fill = ColumnStore::Fill;

  /// With a store of its own. `cancel` may be null; once it is set, columns are no longer computed.
  explicit ColumnCache(std::size_t max_bytes, const std::atomic<bool>* cancel = nullptr)
      : store_(std::make_shared<ColumnStore>(max_bytes)), cancel_(cancel) {}
  explicit ColumnCache(std::shared_ptr<ColumnStore> store,
                       const std::atomic<bool>* cancel = nullptr) noexcept
      : store_(std::move(store)), cancel_(cancel) {}

  /// Columns handed out from here on stay until the next call.
  void begin_scan() noexcept { in_use_.clear(); }

  /// One value a candle; empty when cancelled. `kind` and `parameter` must say all that the values
  /// depend on beside the candles; `kind` must live as long as the program. O(kept columns) when
  /// there already.
  [[nodiscard]] std::span<const double> column(market::CandleView candles, std::string_view kind,
                                               double parameter, const Fill& fill) {
    auto column = store_->column(candles, kind, parameter, fill, cancel_);
    if (!column) return {};
    in_use_.push_back(std::move(column));
    return {in_use_.back()->values.get(), in_use_.back()->size};
  }

  /// The columns handed out since `begin_scan`, in that order.
  [[nodiscard]] std::span<const std::shared_ptr<const ColumnStore::Column>> in_use()
      const noexcept {
    return in_use_;
  }
  [[nodiscard]] std::size_t bytes() const { return store_->bytes(); }

 private:
  std::shared_ptr<ColumnStore> store_;
  const std::atomic<bool>* cancel_;
  std::vector<std::shared_ptr<const ColumnStore::Column>> in_use_;
};

}  // namespace hts::strategies
