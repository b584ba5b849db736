#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "engine/runtime/ask.hpp"
#include "engine/runtime/cell.hpp"
#include "engine/runtime/control.hpp"
#include "engine/runtime/host.hpp"
#include "engine/runtime/ref.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::runtime {
namespace detail {

/// What the asking thread and the asking cell know of one question from outside.
///
/// In a sequenced runtime it has a number, by which the runtime knows it until it is answered: its
/// cancelling is an input like others.
class OutsideQuestion final : public RefCounted, public ControlNode {
 public:
  OutsideQuestion(Cell& asker, Host& host, std::shared_ptr<Lifeline> lifeline) noexcept
      : asker_(&asker), host_(host), lifeline_(std::move(lifeline)) {}

  /// Any thread.
  void cancel() noexcept {
    if (number == 0) {
      take_back();
    } else if (!entered_.exchange(true) && lifeline_->enter()) {
      host_.enter_cancel(number);
      lifeline_->leave();
    }
  }
  /// The push follows that of the question itself, so the cell knows its id then.
  void take_back() noexcept {
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    add_ref();
    asker_->push_control(*this);
  }
  /// It was answered.
  void end() noexcept {
    if (number == 0 || !lifeline_->enter()) return;
    host_.forget_question(number);
    lifeline_->leave();
  }
  void complain(std::string_view error) noexcept {
    if (!lifeline_->enter()) return;
    host_.log(LogLevel::error, "runtime",
              "The callback of a question from outside failed: " + std::string(error));
    lifeline_->leave();
  }
  [[nodiscard]] bool is_cancelled() const noexcept {
    return cancelled_.load(std::memory_order_acquire);
  }

  void deliver(Cell& cell) override {
    present_trace = trace_;
    (void)cell.cancel_errand({id.value});
    release();
  }
  void discard() noexcept override { release(); }

  AskId id;                  // on the cell's turns
  std::uint64_t number = 0;  // before anybody knows it

 private:
  ~OutsideQuestion() override = default;

  const Ref<Cell> asker_;
  Host& host_;
  const std::shared_ptr<Lifeline> lifeline_;
  std::atomic<bool> entered_{false};
  const TraceId trace_ = current_trace();
  std::atomic<bool> cancelled_{false};
};

}  // namespace detail

/// A question asked from outside. May be copied, dropped (the question stays) and used from any
/// thread, also after the runtime is gone.
class AskHandle {
 public:
  /// Of no question.
  AskHandle() = default;
  /// For the runtime.
  explicit AskHandle(detail::Ref<detail::OutsideQuestion> question) noexcept
      : question_(std::move(question)) {}

  /// Takes the question back. Its callback is called with code `cancelled`, soon and on a worker
  /// thread, unless the answer came first. With a recorder it is recorded.
  void cancel() const noexcept {
    if (question_) question_->cancel();
  }

 private:
  detail::Ref<detail::OutsideQuestion> question_;
};

}  // namespace hts::runtime
