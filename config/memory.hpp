#pragma once

#include <malloc.h>

namespace hts::config {

/// Keeps freed blocks of some megabytes in the process instead of giving them back and asking for
/// them again: columns of 100,000 candles are 800 KB each, and paging them in anew costs more than
/// a simulation of them. Up to `kept_bytes` stay; larger ones are still returned at once. Called
/// once, before any other thread.
inline void keep_freed_columns() {
  constexpr int kept_bytes = 64 << 20;
  constexpr int largest_kept = 32 << 20;
  mallopt(M_MMAP_THRESHOLD, largest_kept);
  mallopt(M_TRIM_THRESHOLD, kept_bytes);
}

}  // namespace hts::config
