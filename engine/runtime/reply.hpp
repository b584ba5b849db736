#pragma once

#include <utility>

#include "engine/result/result.hpp"
#include "engine/runtime/interest.hpp"

/// The one-shot way to answer a question.
///
/// 1. Move-only; answered at most once. A second call does nothing.
/// 2. Never blocks and never throws; may be called or destroyed on any thread, in or out of a turn.
/// 3. Destroyed unanswered, it answers by itself with an Error of code `unavailable`, at once, so
///    an asker never waits for its deadline because of a handler that forgot or failed.
/// 4. The answer goes to the asker's control lane: a full mailbox cannot delay it. An answer that
///    comes after the asker's deadline is dropped there.
/// 5. Nobody wants the answer any more once the asker has cancelled, timed out, restarted or ended:
///    `wanted` tells at any time, `Context::when_unwanted` as soon as it is so.
/// 6. It is callable like a callback, so it can be handed to `offload` or `ask` as their last
///    argument.
namespace hts::runtime {

namespace detail {

/// Where an answer goes. Consumed by the one call of `answer`.
template <class T>
class ReplySink {
 public:
  virtual void answer(result::Result<T> result) noexcept = 0;

  Interest interest;

 protected:
  ~ReplySink() = default;
};

}  // namespace detail

template <class T>
class ReplyTo {
 public:
  ReplyTo() = default;
  explicit ReplyTo(detail::ReplySink<T>& sink) noexcept : sink_(&sink) {}
  ReplyTo(ReplyTo&& other) noexcept : sink_(std::exchange(other.sink_, nullptr)) {}
  ReplyTo& operator=(ReplyTo&& other) noexcept {
    if (this != &other) {
      abandon();
      sink_ = std::exchange(other.sink_, nullptr);
    }
    return *this;
  }
  ~ReplyTo() { abandon(); }

  void operator()(result::Result<T> result) noexcept {
    auto* sink = std::exchange(sink_, nullptr);
    if (sink == nullptr) return;
    sink->interest.settle();
    sink->answer(std::move(result));
  }

  /// True while nobody has answered.
  [[nodiscard]] bool pending() const noexcept { return sink_ != nullptr; }

  /// False once answered, or once nobody waits for the answer any more.
  [[nodiscard]] bool wanted() const noexcept {
    return sink_ != nullptr && !sink_->interest.is_withdrawn();
  }

  /// For the runtime; null once answered.
  [[nodiscard]] detail::Interest* interest() const noexcept {
    return sink_ == nullptr ? nullptr : &sink_->interest;
  }

 private:
  void abandon() noexcept {
    if (sink_ == nullptr) return;
    (*this)(result::make_error(result::ErrorCode::unavailable,
                               "The part of the engine that should have answered stopped before "
                               "it did: try again."));
  }

  detail::ReplySink<T>* sink_ = nullptr;
};

}  // namespace hts::runtime
