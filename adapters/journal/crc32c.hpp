#pragma once

#include <cstdint>
#include <string_view>

/// CRC-32C (Castagnoli), the checksum of the journal's records.
namespace hts::journal {

/// The checksum of `bytes`, or of what `before` was the checksum of followed by `bytes`. Uses the
/// processor's own instruction where there is one. Any thread.
[[nodiscard]] std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0) noexcept;

/// The same by tables, for any processor.
[[nodiscard]] std::uint32_t crc32c_portable(std::string_view bytes,
                                            std::uint32_t before = 0) noexcept;

}  // namespace hts::journal
