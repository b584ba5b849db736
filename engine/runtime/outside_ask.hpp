#pragma once

#include <exception>
#include <memory>
#include <string>
#include <utility>

#include "engine/runtime/ask.hpp"
#include "engine/runtime/ask_handle.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::runtime {
namespace detail {

/// A callback for an answer that is called exactly once, whatever happens to its owner; what it
/// throws is logged.
template <class T, class F>
class AnsweredOnce {
 public:
  AnsweredOnce(F f, Ref<OutsideQuestion> question)
      : f_(std::make_unique<F>(std::move(f))), question_(std::move(question)) {}
  AnsweredOnce(AnsweredOnce&&) noexcept = default;
  AnsweredOnce& operator=(AnsweredOnce&&) noexcept = default;
  ~AnsweredOnce() {
    if (f_ == nullptr) return;
    (*this)(question_->is_cancelled()
                ? result::make_error(result::ErrorCode::cancelled,
                                     "The question was taken back before it was answered.")
                : result::make_error(result::ErrorCode::unavailable,
                                     "The engine is stopping: try again once it is back."));
  }

  // By value for the callbacks that keep it.
  // NOLINTNEXTLINE(performance-unnecessary-value-param)
  void operator()(result::Result<T> result) noexcept {
    const std::unique_ptr<F> f = std::move(f_);
    if (f == nullptr) return;
    question_->end();
    try {
      (*f)(std::move(result));
    } catch (const std::exception& error) {
      question_->complain(error.what());
    } catch (...) {
      question_->complain("something that is not a std::exception was thrown");
    }
  }

 private:
  std::unique_ptr<F> f_;
  Ref<OutsideQuestion> question_;
};

/// Carries a question onto the cell that asks it.
template <class P, class Query, class F>
class OutsideAsk final : public ControlNode {
 public:
  OutsideAsk(Ref<OutsideQuestion> question, Address<P> to, Query query, Duration deadline,
             F callback)
      : question_(std::move(question)),
        to_(std::move(to)),
        query_(std::move(query)),
        deadline_(deadline),
        callback_(std::move(callback)) {}

  void deliver(Cell& cell) override {
    const std::unique_ptr<OutsideAsk> self(this);
    present_trace = trace_;
    question_->id = ask(cell, to_, std::move(query_), deadline_, std::move(callback_));
  }
  void discard() noexcept override {
    const TraceScope scope(trace_);
    delete this;
  }

 private:
  Ref<OutsideQuestion> question_;
  Address<P> to_;
  Query query_;
  Duration deadline_;
  F callback_;
  const TraceId trace_ = current_trace();
};

}  // namespace detail

template <class P, class Query, class F>
  requires Takes<P, Request<Query>>
AskHandle Runtime::ask(const Address<P>& to, Query query, Duration deadline, F on_reply) {
  using Once = detail::AnsweredOnce<typename Query::Reply, F>;
  detail::Cell& asker = outside();
  const detail::Ref<detail::OutsideQuestion> question(
      new detail::OutsideQuestion(asker, host(), lifeline()));
  keep_question(*question);
  asker.push_control(*new detail::OutsideAsk<P, Query, Once>(
      question, to, std::move(query), deadline, Once(std::move(on_reply), question)));
  return AskHandle(question);
}

}  // namespace hts::runtime
