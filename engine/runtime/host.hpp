#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "engine/runtime/dead_letters.hpp"
#include "engine/runtime/executor.hpp"
#include "engine/runtime/log.hpp"
#include "engine/runtime/observer.hpp"
#include "engine/runtime/supervision.hpp"

namespace hts::runtime::detail {

class Cell;

/// Lets threads outside touch the runtime through an address that outlives it.
///
/// Between a successful `enter` and its `leave` the runtime exists; after `close` nobody enters.
/// Both sides use sequentially consistent operations, so one of them always sees the other.
class Lifeline {
 public:
  [[nodiscard]] bool enter() noexcept {
    users_.fetch_add(1);
    if (!closed_.load()) return true;
    leave();
    return false;
  }
  void leave() noexcept { users_.fetch_sub(1); }

  /// Returns once the last user has left.
  void close() noexcept {
    closed_.store(true);
    while (users_.load() != 0) std::this_thread::yield();
  }

 private:
  std::atomic<std::uint32_t> users_{0};
  std::atomic<bool> closed_{false};
};

/// What the cells of one runtime share.
class Host {
 public:
  virtual ~Host() = default;

  /// The cell has no work, no waiting message and no actor any more. On its last turn.
  virtual void on_dead(Cell& cell) noexcept = 0;

  /// Of questions from outside, by number; any thread.
  virtual void enter_cancel(std::uint64_t question) noexcept = 0;
  virtual void forget_question(std::uint64_t question) noexcept = 0;

  void log(LogLevel level, std::string_view actor, std::string_view text) const noexcept;

  Executor* executor = nullptr;
  std::function<Timestamp()> wall_clock;  ///< empty: the executor's
  std::uint64_t seed = 0;
  LogSink log_sink;
  DeadLetterHook on_dead_letter;
  Observer* observer = nullptr;
  std::function<void(const Failure&)> on_give_up;
};

}  // namespace hts::runtime::detail
