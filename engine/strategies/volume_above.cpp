#include "engine/strategies/volume_above.hpp"

#include <algorithm>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace hts::strategies {
namespace {

double volume_above_scalar(const SpanBlock* blocks, std::size_t count, double edge) noexcept {
  // A sum for each lane: one alone would wait for each addition.
  double sums[SpanBlock::lanes] = {};
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t lane = 0; lane < SpanBlock::lanes; ++lane) {
      const double above = std::min(blocks[i].height[lane], blocks[i].top[lane] - edge);
      sums[lane] += blocks[i].density[lane] * std::max(0.0, above);
    }
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

#if defined(__x86_64__)

__attribute__((target("avx2,fma"))) inline __m256d add_block(__m256d sum, const SpanBlock& block,
                                                             __m256d edge) noexcept {
  const __m256d above =
      _mm256_min_pd(_mm256_load_pd(block.height), _mm256_sub_pd(_mm256_load_pd(block.top), edge));
  return _mm256_fmadd_pd(_mm256_load_pd(block.density), _mm256_max_pd(_mm256_setzero_pd(), above),
                         sum);
}

__attribute__((target("avx2,fma"))) double volume_above_avx2(const SpanBlock* blocks,
                                                             std::size_t count,
                                                             double edge) noexcept {
  const __m256d edges = _mm256_set1_pd(edge);
  __m256d even = _mm256_setzero_pd();
  __m256d odd = _mm256_setzero_pd();
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    even = add_block(even, blocks[i], edges);
    odd = add_block(odd, blocks[i + 1], edges);
  }
  if (i < count) even = add_block(even, blocks[i], edges);
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
