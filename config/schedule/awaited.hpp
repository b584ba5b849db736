#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "engine/result/result.hpp"

namespace hts::config {

/// An answer that comes back on another thread while this one waits for it. Whoever answers may do
/// so after nobody waits any more.
template <class T>
class Awaited {
  struct State {
    std::mutex mutex;
    std::condition_variable came;
    std::optional<result::Result<T>> answer;
  };

 public:
  /// Takes the answer; may be copied, and outlive this object.
  class Taker {
   public:
    void operator()(result::Result<T> answer) const {
      {
        const std::lock_guard lock{state_->mutex};
        state_->answer.emplace(std::move(answer));
      }
      state_->came.notify_all();
    }

   private:
    friend class Awaited;
    explicit Taker(std::shared_ptr<State> state) : state_(std::move(state)) {}
    std::shared_ptr<State> state_;
  };

  [[nodiscard]] Taker taker() const { return Taker{state_}; }

  /// Error: cancelled, within moments once the flag is set; else what the answer says.
  [[nodiscard]] result::Result<T> wait(const std::atomic<bool>& cancelled) const {
    constexpr std::chrono::milliseconds look_at_flag{20};
    std::unique_lock lock{state_->mutex};
    while (
        !state_->came.wait_for(lock, look_at_flag, [this] { return state_->answer.has_value(); })) {
      if (!cancelled) continue;
      return result::make_error(result::ErrorCode::cancelled, "It was stopped.");
    }
    return *std::move(state_->answer);
  }

 private:
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace hts::config
