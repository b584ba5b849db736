#pragma once

#include <array>
#include <cstdint>

namespace hts::report {

/// A letter as five columns from the left; the lowest bit of a column is its top pixel. Seven
/// pixels stand on the line, the eighth hangs below it.
using Letter = std::array<std::uint8_t, 5>;

/// Of printable ASCII; a box for everything else.
[[nodiscard]] Letter letter_of(char character) noexcept;

}  // namespace hts::report
