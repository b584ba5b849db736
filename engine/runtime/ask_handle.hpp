#pragma once

#include <atomic>
#include <utility>

#include "engine/runtime/ask.hpp"
#include "engine/runtime/cell.hpp"
#include "engine/runtime/control.hpp"
#include "engine/runtime/ref.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::runtime {
namespace detail {

/// What the asking thread and the asking cell know of one question from outside.
class OutsideQuestion final : public RefCounted, public ControlNode {
 public:
  explicit OutsideQuestion(Cell& asker) noexcept : asker_(&asker) {}

  /// Any thread. The push follows that of the question itself, so the cell knows its id then.
  void cancel() noexcept {
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    add_ref();
    asker_->push_control(*this);
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

  AskId id;  // on the cell's turns

 private:
  ~OutsideQuestion() override = default;

  const Ref<Cell> asker_;
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
  /// thread, unless the answer came first. With a recorder, only from work that entered.
  void cancel() const noexcept {
    if (question_) question_->cancel();
  }

 private:
  detail::Ref<detail::OutsideQuestion> question_;
};

}  // namespace hts::runtime
