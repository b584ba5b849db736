#pragma once

#include <atomic>
#include <cstdint>

#include "engine/runtime/gate.hpp"

namespace hts::runtime::detail {

/// What one worker thread does, for the watchdog to see: which cell it runs, and how many batches
/// it has begun. Written by its worker only; costs it three stores a batch, and nothing a message.
struct alignas(cache_line) Beat {
  std::atomic<std::uint64_t> cell{0};  ///< id; 0: none
  std::atomic<std::uint64_t> batches{0};

  /// Of the calling thread; null outside of workers.
  static constinit inline thread_local Beat* current = nullptr;
};

/// Around one batch of a cell.
class BeatScope {
 public:
  explicit BeatScope(std::uint64_t cell) noexcept : beat_(Beat::current) {
    if (beat_ == nullptr) return;
    beat_->cell.store(cell, std::memory_order_relaxed);
    // Whoever sees the count sees the cell.
    beat_->batches.store(beat_->batches.load(std::memory_order_relaxed) + 1,
                         std::memory_order_release);
  }
  ~BeatScope() {
    if (beat_ != nullptr) beat_->cell.store(0, std::memory_order_relaxed);
  }
  BeatScope(const BeatScope&) = delete;
  BeatScope& operator=(const BeatScope&) = delete;

 private:
  Beat* const beat_;
};

}  // namespace hts::runtime::detail
