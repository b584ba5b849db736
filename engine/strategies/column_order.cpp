#include "engine/strategies/column_order.hpp"

#include <cmath>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hts::strategies {
namespace {

ColumnOrder order_scalar(const double* values, const double* others) noexcept {
  ColumnOrder order;
  for (std::size_t i = 0; i < order_lanes; ++i) {
    const double gap = values[i] - others[i];
    const double rounding = rounding_of_lines * std::abs(others[i]);
    order.above |= static_cast<std::uint64_t>(gap > rounding) << i;
    order.below |= static_cast<std::uint64_t>(gap < -rounding) << i;
  }
  return order;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) ColumnOrder order_avx2(const double* values,
                                                       const double* others) noexcept {
  ColumnOrder order;
  const __m256d sign = _mm256_set1_pd(-0.0);
  const __m256d share = _mm256_set1_pd(rounding_of_lines);
  for (std::size_t i = 0; i < order_lanes; i += 4) {
    const __m256d other = _mm256_loadu_pd(others + i);
    const __m256d gap = _mm256_sub_pd(_mm256_loadu_pd(values + i), other);
    const __m256d rounding = _mm256_mul_pd(share, _mm256_andnot_pd(sign, other));
    const __m256d is_above = _mm256_cmp_pd(gap, rounding, _CMP_GT_OQ);
    const __m256d is_below = _mm256_cmp_pd(gap, _mm256_xor_pd(sign, rounding), _CMP_LT_OQ);
    const auto above = static_cast<unsigned>(_mm256_movemask_pd(is_above));
    const auto below = static_cast<unsigned>(_mm256_movemask_pd(is_below));
    order.above |= static_cast<std::uint64_t>(above) << i;
    order.below |= static_cast<std::uint64_t>(below) << i;
  }
  return order;
}

__attribute__((target("avx512f"))) ColumnOrder order_avx512(const double* values,
                                                            const double* others) noexcept {
  ColumnOrder order;
  const __m512d share = _mm512_set1_pd(rounding_of_lines);
  for (std::size_t i = 0; i < order_lanes; i += 8) {
    const __m512d other = _mm512_loadu_pd(others + i);
    const __m512d gap = _mm512_sub_pd(_mm512_loadu_pd(values + i), other);
    const __m512d rounding = _mm512_mul_pd(share, _mm512_abs_pd(other));
    const __m512d below = _mm512_sub_pd(_mm512_setzero_pd(), rounding);
    order.above |= static_cast<std::uint64_t>(_mm512_cmp_pd_mask(gap, rounding, _CMP_GT_OQ)) << i;
    order.below |= static_cast<std::uint64_t>(_mm512_cmp_pd_mask(gap, below, _CMP_LT_OQ)) << i;
  }
  return order;
}

#endif

}  // namespace

const std::vector<OrderColumnsVariant>& order_columns_variants() {
  static const std::vector<OrderColumnsVariant> variants = [] {
    std::vector<OrderColumnsVariant> usable = {{"scalar", &order_scalar}};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) usable.push_back({"avx2", &order_avx2});
    if (__builtin_cpu_supports("avx512f")) usable.push_back({"avx512", &order_avx512});
#endif
    return usable;
  }();
  return variants;
}

OrderColumns fastest_order_columns() {
  return order_columns_variants().back().compare;
}

}  // namespace hts::strategies
