#include "adapters/memory/aside_release.hpp"

#include <new>
#include <utility>

#include <pthread.h>
#include <signal.h>

namespace hts::memory {

AsideRelease::AsideRelease(Release release) : release_(release) {
  // A thread inherits what is blocked where it begins: signals are for the others.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread{[this] { work(); }};
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

AsideRelease::~AsideRelease() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  has_work_.notify_one();
  thread_.join();
}

void AsideRelease::take(void* block, std::size_t bytes) noexcept {
  auto* waiting = ::new (block) Waiting{nullptr, bytes};
  {
    const std::lock_guard lock{mutex_};
    waiting->next = std::exchange(last_, waiting);
    waiting_bytes_ += bytes;
  }
  has_work_.notify_one();
}

void AsideRelease::keep_waiting_below(std::size_t most_bytes, std::size_t wanted_bytes) noexcept {
  for (std::size_t released = 0; released < wanted_bytes;) {
    Waiting* waiting = nullptr;
    {
      const std::lock_guard lock{mutex_};
      if (waiting_bytes_ <= most_bytes) return;
      waiting = pop_locked();
    }
    const std::size_t bytes = waiting->bytes;
    release_(waiting, bytes);
    released += bytes;
  }
}

AsideRelease::Waiting* AsideRelease::pop_locked() noexcept {
  Waiting* const waiting = std::exchange(last_, last_->next);
  waiting_bytes_ -= waiting->bytes;
  return waiting;
}

void AsideRelease::work() noexcept {
  std::unique_lock lock{mutex_};
  for (;;) {
    has_work_.wait(lock, [this] { return closing_ || last_ != nullptr; });
    if (last_ == nullptr) return;
    Waiting* const waiting = pop_locked();
    const std::size_t bytes = waiting->bytes;
    lock.unlock();
    release_(waiting, bytes);
    lock.lock();
  }
}

}  // namespace hts::memory
