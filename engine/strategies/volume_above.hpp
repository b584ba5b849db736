#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hts::strategies {

/// How much volume of `count` price spans lies above `edge`:
/// the sum of density[i] * clamp(top[i] - edge, 0, height[i]), where density is volume / height.
///
/// Relative error below (count + 8) * 2^-53; the last bits differ between instruction sets, so a
/// decision may rest on it only with a margin. The arrays need no alignment.
using VolumeAbove = double (*)(const double* top, const double* height, const double* density,
                               std::size_t count, double edge) noexcept;

struct VolumeAboveVariant {
  std::string_view instruction_set;  ///< "scalar", "avx2"
  VolumeAbove compute = nullptr;
};

/// Those that this processor can run, slowest first; the first is plain C++. Lives as long as the
/// program.
[[nodiscard]] const std::vector<VolumeAboveVariant>& volume_above_variants();

/// The fastest of them.
[[nodiscard]] VolumeAbove fastest_volume_above();

}  // namespace hts::strategies
