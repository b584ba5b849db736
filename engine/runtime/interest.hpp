#pragma once

#include <atomic>
#include <cstdint>

namespace hts::runtime::detail {

class WithdrawalErrand;

/// Whether anybody still waits for the answer to one question.
///
/// 1. The asker withdraws, on its turns; the answering side looks, listens and settles, on whatever
///    thread holds the ReplyTo. One word decides which came first.
/// 2. Each listener goes home exactly once: told when the asker withdraws, untold when the question
///    is settled.
class Interest {
 public:
  /// Asker: nobody waits any more.
  void withdraw() noexcept;
  [[nodiscard]] bool is_withdrawn() const noexcept {
    return word_.load(std::memory_order_acquire) == withdrawn;
  }
  /// Answering side: the answer is about to be given.
  void settle() noexcept;
  /// Answering side, before it settles. Takes ownership.
  void listen(WithdrawalErrand& listener) noexcept;

 private:
  static constexpr std::uintptr_t withdrawn = 1;
  static constexpr std::uintptr_t settled = 2;

  std::atomic<std::uintptr_t> word_{0};  // one of these, or the last listener, or 0
};

}  // namespace hts::runtime::detail
