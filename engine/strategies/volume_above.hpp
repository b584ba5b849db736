#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hts::strategies {

/// Four price spans side by side, as the sum below reads them. A lane of zeros is no span.
struct alignas(32) SpanBlock {
  static constexpr std::size_t lanes = 4;
  double top[lanes] = {};
  double height[lanes] = {};
  double density[lanes] = {};  ///< volume / height
};

/// How much volume lies above `edge`: the sum of density * clamp(top - edge, 0, height) over all
/// spans of `count` blocks.
///
/// Relative error below (spans + 8) * 2^-53; the last bits differ between instruction sets, so a
/// decision may rest on it only with a margin.
using VolumeAbove = double (*)(const SpanBlock* blocks, std::size_t count, double edge) noexcept;

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
