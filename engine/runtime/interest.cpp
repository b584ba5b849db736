#include "engine/runtime/interest.hpp"

#include <utility>

#include "engine/runtime/withdrawal.hpp"

namespace hts::runtime::detail {
namespace {

WithdrawalErrand* listeners_in(std::uintptr_t word) noexcept {
  return word > 2 ? reinterpret_cast<WithdrawalErrand*>(word) : nullptr;
}

}  // namespace

void Interest::withdraw() noexcept {
  auto* listener = listeners_in(word_.exchange(withdrawn, std::memory_order_acq_rel));
  while (listener != nullptr) std::exchange(listener, listener->next_listener)->tell();
}

void Interest::settle() noexcept {
  auto* listener = listeners_in(word_.exchange(settled, std::memory_order_acq_rel));
  while (listener != nullptr) std::exchange(listener, listener->next_listener)->dismiss();
}

void Interest::listen(WithdrawalErrand& listener) noexcept {
  std::uintptr_t word = word_.load(std::memory_order_acquire);
  do {
    if (word == withdrawn) {
      listener.tell();
      return;
    }
    listener.next_listener = listeners_in(word);
  } while (!word_.compare_exchange_weak(word, reinterpret_cast<std::uintptr_t>(&listener),
                                        std::memory_order_acq_rel, std::memory_order_acquire));
}

}  // namespace hts::runtime::detail
