#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/hash/hash128.hpp"
#include "engine/ports/collection_status_store.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/preset_store.hpp"

/// Hashes of stored rows that are equal when the rows are, whichever database they come from: times
/// to the millisecond, texts as PostgreSQL can keep them, one kind of NaN and of zero.
namespace hts::transfer {

[[nodiscard]] hash::Hash128 row_hash(const backtest::RunSummary& run);
[[nodiscard]] hash::Hash128 row_hash(const ports::EndedJob& job);
[[nodiscard]] hash::Hash128 row_hash(const ports::Preset& preset);
[[nodiscard]] hash::Hash128 row_hash(const ports::CollectionStatus& status);

/// What tells a row from the others of its table.
[[nodiscard]] hash::Hash128 row_key(const backtest::RunSummary& run);
[[nodiscard]] hash::Hash128 row_key(const ports::EndedJob& job);
[[nodiscard]] hash::Hash128 row_key(const ports::Preset& preset);
[[nodiscard]] hash::Hash128 row_key(const ports::CollectionStatus& status);

/// A table as hashes: 32 bytes a row.
class TableHashes {
 public:
  struct Row {
    hash::Hash128 key;
    hash::Hash128 content;
    friend auto operator<=>(const Row&, const Row&) = default;
  };

  template <class T>
  void add(const T& row) {
    rows_.push_back({row_key(row), row_hash(row)});
  }
  /// To be called once after the last row. A row that was read twice counts once.
  void sort();

  [[nodiscard]] std::uint64_t size() const noexcept { return rows_.size(); }
  [[nodiscard]] const Row* find(const hash::Hash128& key) const;
  /// Only the rows whose keys are in the other table too.
  [[nodiscard]] TableHashes within(const TableHashes& other) const;
  /// Of all rows, in no order.
  [[nodiscard]] hash::Hash128 hash() const;

 private:
  std::vector<Row> rows_;
};

}  // namespace hts::transfer
