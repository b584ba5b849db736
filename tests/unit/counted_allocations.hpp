#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <new>

#include <malloc.h>

/// Counts what the whole program takes from the heap: it replaces operator new, so that one source
/// of a test program of its own includes it.
namespace {

std::atomic<std::uint64_t> allocations{0};
/// Taken and not given back, as the heap rounds it up.
std::atomic<std::int64_t> held_bytes{0};

std::int64_t bytes_of(void* memory) {
  return static_cast<std::int64_t>(::malloc_usable_size(memory));
}

void* counted_or_null(std::size_t size) noexcept {
  allocations.fetch_add(1, std::memory_order_relaxed);
  void* memory = std::malloc(size);
  held_bytes.fetch_add(bytes_of(memory), std::memory_order_relaxed);
  return memory;
}

void* counted(std::size_t size) {
  if (void* memory = counted_or_null(size)) return memory;
  throw std::bad_alloc();
}

void give_back(void* memory) noexcept {
  held_bytes.fetch_sub(bytes_of(memory), std::memory_order_relaxed);
  std::free(memory);
}

}  // namespace

// Not inlined: g++ would take the pair of new and free for a mistake.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return counted(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return counted(size);
}
// As of std::stable_sort.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted_or_null(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted_or_null(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  give_back(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
  give_back(memory);
}
