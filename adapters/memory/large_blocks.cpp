#include "adapters/memory/large_blocks.hpp"

#if defined(HTS_ADDRESS_SANITIZER) || defined(HTS_THREAD_SANITIZER)
#define HTS_OWN_ALLOCATOR 0
#else
#define HTS_OWN_ALLOCATOR 1
#endif

#if HTS_OWN_ALLOCATOR

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>
#include <sys/mman.h>

#include "adapters/memory/aside_release.hpp"

namespace hts::memory {
namespace {

constexpr std::size_t large_block = std::size_t{32} << 20U;
constexpr std::size_t large_page_block = std::size_t{4} << 20U;
constexpr std::size_t most_waiting = std::size_t{256} << 20U;

/// Never destroyed: blocks are given back until the very end of the process.
std::atomic<AsideRelease*> aside{nullptr};

/// The pages first, in slices: while the system takes away many at once, nobody else can map any.
void give_back(void* block, std::size_t bytes) noexcept {
  constexpr std::uintptr_t page = 4096;
  constexpr std::uintptr_t slice = std::uintptr_t{8} << 20U;
  const auto first = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t end = (first + bytes) / page * page;
  for (std::uintptr_t at = (first + page - 1) / page * page; at < end; at += slice) {
    // What it refuses, free() does.
    (void)madvise(reinterpret_cast<void*>(at), std::min(slice, end - at), MADV_DONTNEED);
  }
  std::free(block);
}

/// Asks for pages of 2 MiB below a large block: five hundred times fewer of them to map, and to
/// take away again when the process ends at once.
void use_large_pages(void* block, std::size_t bytes) noexcept {
  constexpr std::uintptr_t large_page = std::uintptr_t{2} << 20U;
  const auto first = reinterpret_cast<std::uintptr_t>(block);
  const std::uintptr_t begin = (first + large_page - 1) / large_page * large_page;
  const std::uintptr_t end = (first + bytes) / large_page * large_page;
  // A system without them refuses, and small ones do as well.
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

/// False when it is for the caller to free.
bool taken_aside(void* block, std::size_t bytes) noexcept {
  if (bytes < large_block) return false;
  AsideRelease* const there = aside.load(std::memory_order_acquire);
  if (there == nullptr) return false;
  there->take(block, bytes);
  return true;
}

}  // namespace

void release_large_blocks_aside() {
  if (aside.load(std::memory_order_relaxed) != nullptr) return;
  aside.store(new AsideRelease(give_back), std::memory_order_release);
}

}  // namespace hts::memory

// The operators of the whole program. Those for arrays, and those that do not throw, call these.

void* operator new(std::size_t bytes) {
  if (bytes >= hts::memory::large_block) {
    if (auto* there = hts::memory::aside.load(std::memory_order_acquire)) {
      there->keep_waiting_below(hts::memory::most_waiting, bytes);
    }
  }
  for (;;) {
    if (void* block = std::malloc(std::max<std::size_t>(bytes, 1))) {
      if (bytes >= hts::memory::large_page_block) hts::memory::use_large_pages(block, bytes);
      return block;
    }
    const std::new_handler handler = std::get_new_handler();
    if (handler == nullptr) throw std::bad_alloc{};
    handler();
  }
}

void operator delete(void* block) noexcept {
  if (block == nullptr || hts::memory::taken_aside(block, malloc_usable_size(block))) return;
  std::free(block);
}

void operator delete(void* block, std::size_t bytes) noexcept {
  if (block == nullptr || hts::memory::taken_aside(block, bytes)) return;
  std::free(block);
}

#else

namespace hts::memory {

void release_large_blocks_aside() {}

}  // namespace hts::memory

#endif
