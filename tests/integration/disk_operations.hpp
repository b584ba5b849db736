#pragma once

#include <cstdint>

namespace hts::testing {

/// How far tests go on that fail a disk at each of its operations in turn. The optimised build
/// tries every one; under a sanitizer, ten times slower and there to see other mistakes than a lost
/// write, every fifth is tried.
#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
inline constexpr std::uint64_t disk_operations_a_step = 5;
#else
inline constexpr std::uint64_t disk_operations_a_step = 1;
#endif

}  // namespace hts::testing
