#pragma once

namespace hts::memory {

/// From now on what `new` gave in blocks of 32 MiB or more (the columns of millions of candles, the
/// document of a run) is given back to the system on a thread of its own; see AsideRelease. Who
/// takes such a block while more than 256 MiB wait releases as much first. Smaller blocks stay with
/// the allocator, which keeps most of them (config/memory.hpp). Call once, before any other thread.
/// Without effect under AddressSanitizer and ThreadSanitizer, which have allocators of their own.
void release_large_blocks_aside();

}  // namespace hts::memory
