#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace hts::memory {

/// Gives back blocks of memory on a thread of its own, because the system takes 70 to 100 ms for a
/// gigabyte of touched pages: whoever cancelled a run of that size would wait for it.
///
/// 1. Every block that was taken is released exactly once, on that thread, on one that calls
///    keep_waiting_below(), or by the destructor.
/// 2. Nothing is allocated for a block: what must be known of it is written into it.
///
/// Any thread may call anything but the destructor. O(1) a block.
class AsideRelease {
 public:
  using Release = void (*)(void* block, std::size_t bytes) noexcept;

  /// Starts the thread, which gets no signals. `release` is given each block with its size.
  explicit AsideRelease(Release release);
  /// Releases what waits, then ends the thread.
  ~AsideRelease();
  AsideRelease(const AsideRelease&) = delete;
  AsideRelease& operator=(const AsideRelease&) = delete;

  static constexpr std::size_t smallest_block = 64;

  /// `block` is of `bytes` (at least smallest_block), aligned for anything, and nobody uses it.
  void take(void* block, std::size_t bytes) noexcept;
  /// For who is about to take memory: while more than `most_bytes` wait, releases as much as
  /// `wanted_bytes` (and the rest of the last block), so that memory which is given back and taken
  /// again cannot pile up.
  void keep_waiting_below(std::size_t most_bytes, std::size_t wanted_bytes) noexcept;

 private:
  struct Waiting {
    Waiting* next;
    std::size_t bytes;
  };

  void work() noexcept;
  /// The block that came last; one must wait.
  [[nodiscard]] Waiting* pop_locked() noexcept;

  const Release release_;
  std::mutex mutex_;
  std::condition_variable has_work_;
  Waiting* last_ = nullptr;  // guarded by mutex_, as all below but thread_
  std::size_t waiting_bytes_ = 0;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace hts::memory
