#include "engine/strategies/volume_above.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hts::strategies {
namespace {

double height_above(double top, double height, double edge) noexcept {
  return std::max(0.0, std::min(height, top - edge));
}

double volume_above_scalar(const double* top, const double* height, const double* density,
                           std::size_t count, double edge) noexcept {
  // Four sums: one alone would wait for each addition.
  double sums[4] = {0, 0, 0, 0};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    for (std::size_t lane = 0; lane < 4; ++lane) {
      sums[lane] += density[i + lane] * height_above(top[i + lane], height[i + lane], edge);
    }
  }
  for (; i < count; ++i) sums[0] += density[i] * height_above(top[i], height[i], edge);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) inline __m256d add_volume_above(__m256d sum, __m256d top,
                                                                    __m256d height, __m256d density,
                                                                    __m256d edge) noexcept {
  const __m256d above = _mm256_min_pd(height, _mm256_sub_pd(top, edge));
  return _mm256_fmadd_pd(density, _mm256_max_pd(_mm256_setzero_pd(), above), sum);
}

__attribute__((target("avx2,fma"))) double volume_above_avx2(const double* top,
                                                             const double* height,
                                                             const double* density,
                                                             std::size_t count,
                                                             double edge) noexcept {
  const __m256d edges = _mm256_set1_pd(edge);
  __m256d even = _mm256_setzero_pd();
  __m256d odd = _mm256_setzero_pd();
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    even = add_volume_above(even, _mm256_loadu_pd(top + i), _mm256_loadu_pd(height + i),
                            _mm256_loadu_pd(density + i), edges);
    odd = add_volume_above(odd, _mm256_loadu_pd(top + i + 4), _mm256_loadu_pd(height + i + 4),
                           _mm256_loadu_pd(density + i + 4), edges);
  }
  for (; i < count; i += 4) {
    // Lanes past the end load as zero.
    const auto left = static_cast<long long>(count - i);
    const __m256i inside =
        _mm256_cmpgt_epi64(_mm256_set1_epi64x(left), _mm256_setr_epi64x(0, 1, 2, 3));
    even = add_volume_above(even, _mm256_maskload_pd(top + i, inside),
                            _mm256_maskload_pd(height + i, inside),
                            _mm256_maskload_pd(density + i, inside), edges);
  }
  const __m256d sums = _mm256_add_pd(even, odd);
  const __m128d halves = _mm_add_pd(_mm256_castpd256_pd128(sums), _mm256_extractf128_pd(sums, 1));
  return _mm_cvtsd_f64(_mm_add_sd(halves, _mm_unpackhi_pd(halves, halves)));
}

#endif

}  // namespace

const std::vector<VolumeAboveVariant>& volume_above_variants() {
  static const std::vector<VolumeAboveVariant> variants = [] {
    std::vector<VolumeAboveVariant> usable = {{"scalar", &volume_above_scalar}};
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
      usable.push_back({"avx2", &volume_above_avx2});
    }
#endif
    return usable;
  }();
  return variants;
}

VolumeAbove fastest_volume_above() {
  return volume_above_variants().back().compute;
}

}  // namespace hts::strategies
