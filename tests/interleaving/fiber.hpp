#pragma once

#include <cstddef>
#include <memory>

#include <ucontext.h>

namespace hts::interleaving {

/// A stack of its own on which a function runs until it hands over to another one, on one thread.
///
/// A fiber may be started anew at any time, even in the middle of its function: what is on its
/// stack is then forgotten, not destroyed, so nothing on it may own anything.
class Fiber {
 public:
  /// For the thread's own stack.
  Fiber() = default;
  explicit Fiber(std::size_t stack_bytes);
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  /// `body` runs at the next switch to this fiber; it must never return.
  void start(void (*body)(void*), void* argument);

  /// True for what stands on its stack.
  [[nodiscard]] bool holds(const void* data) const noexcept {
    const auto* byte = static_cast<const std::byte*>(data);
    return byte >= stack_.get() && byte < stack_.get() + stack_bytes_;
  }

  /// Leaves `from`, which runs, and goes on where `to` stands.
  static void hand_over(Fiber& from, Fiber& to);

 private:
  static void enter() noexcept;
  static void arrive() noexcept;

  std::size_t stack_bytes_ = 0;
  std::unique_ptr<std::byte[]> stack_;
  void (*body_)(void*) = nullptr;
  void* argument_ = nullptr;
  ucontext_t context_{};
  const void* bottom_ = nullptr;  // of the stack; the thread's own is learnt on leaving it
};

}  // namespace hts::interleaving
