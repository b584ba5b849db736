#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// How two texts of bytes are shown to people who look for what differs.
namespace hts::config {

/// The first byte that differs; the shorter one's length if it is the longer one's beginning.
[[nodiscard]] std::uint64_t first_difference(std::string_view left,
                                             std::string_view right) noexcept;

/// Up to 24 bytes before and 40 from `at` on, with `\x00` for what cannot be printed.
[[nodiscard]] std::string shown_around(std::string_view bytes, std::uint64_t at);

}  // namespace hts::config
