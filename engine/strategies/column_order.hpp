#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace hts::strategies {

/// Lines nearer to each other than this part of their size are equal: so little is rounding, and in
/// a flat market it would cross for ever.
inline constexpr double rounding_of_lines = 1e-12;

/// Which of 64 values lie above and which below their neighbours in another column: bit i is of
/// value i. A value that is no number, or equal but for rounding, is neither.
struct ColumnOrder {
  std::uint64_t above = 0;
  std::uint64_t below = 0;

  friend bool operator==(const ColumnOrder&, const ColumnOrder&) = default;
};

inline constexpr std::size_t order_lanes = 64;

/// Compares `order_lanes` values with as many others: above is value - other > rounding_of_lines *
/// |other|. All variants do the same operations, so they answer the same.
using OrderColumns = ColumnOrder (*)(const double* values, const double* others) noexcept;

struct OrderColumnsVariant {
  std::string_view instruction_set;  ///< "scalar", "avx2", "avx512"
  OrderColumns compare = nullptr;
};

/// Those that this processor can run, slowest first; the first is plain C++. Lives as long as the
/// program.
[[nodiscard]] const std::vector<OrderColumnsVariant>& order_columns_variants();

/// The fastest of them.
[[nodiscard]] OrderColumns fastest_order_columns();

}  // namespace hts::strategies
