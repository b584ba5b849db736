#include "fiber.hpp"

#include <exception>

#ifdef HTS_ADDRESS_SANITIZER
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

// A second stack for each function's variables would be lost with every fiber started anew.
extern "C" const char* __asan_default_options() {
  return "detect_stack_use_after_return=0";
}
#endif

namespace hts::interleaving {
namespace {

Fiber* leaving = nullptr;
Fiber* arriving = nullptr;

}  // namespace

Fiber::Fiber(std::size_t stack_bytes)
    : stack_bytes_(stack_bytes), stack_(new std::byte[stack_bytes]), bottom_(stack_.get()) {}

void Fiber::start(void (*body)(void*), void* argument) {
  body_ = body;
  argument_ = argument;
#ifdef HTS_ADDRESS_SANITIZER
  __asan_unpoison_memory_region(stack_.get(), stack_bytes_);
#endif
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_.get();
  context_.uc_stack.ss_size = stack_bytes_;
  context_.uc_link = nullptr;
  makecontext(&context_, &Fiber::enter, 0);
}

void Fiber::hand_over(Fiber& from, Fiber& to) {
  leaving = &from;
  arriving = &to;
#ifdef HTS_ADDRESS_SANITIZER
  __sanitizer_start_switch_fiber(nullptr, to.bottom_, to.stack_bytes_);
#endif
  swapcontext(&from.context_, &to.context_);
  arrive();
}

void Fiber::enter() noexcept {
  arrive();
  arriving->body_(arriving->argument_);
  std::terminate();
}

void Fiber::arrive() noexcept {
#ifdef HTS_ADDRESS_SANITIZER
  __sanitizer_finish_switch_fiber(nullptr, &leaving->bottom_, &leaving->stack_bytes_);
#endif
}

}  // namespace hts::interleaving
