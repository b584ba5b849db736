#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/runtime/address.hpp"
#include "engine/runtime/cell.hpp"
#include "engine/runtime/errand.hpp"

namespace hts::runtime {

/// Names one question of one actor; never reused for another.
struct AskId {
  std::uint64_t value = 0;  ///< 0: no question
  friend bool operator==(AskId, AskId) = default;
};

namespace detail {

/// One question under way: the only allocation of an `ask`.
template <class T, class F>
class AskErrand final : public Errand, public ReplySink<T> {
 public:
  AskErrand(Cell& owner, Cell* target, F on_reply)
      : Errand(owner, OnStop::hold), target_(target), on_reply_(std::move(on_reply)) {}

  AskId set_deadline(Duration deadline) {
    deadline_ = owner().set_deadline(deadline, [this] { time_out(); }, this);
    return {deadline_.value};
  }

  void answer(result::Result<T> result) noexcept override {
    result_.emplace(std::move(result));
    send_home();
  }

 private:
  void time_out() {
    forget();
    this->interest.withdraw();
    F on_reply = take_callback();
    on_reply(result::Result<T>(result::make_error(
        result::ErrorCode::timed_out, "No answer from " + target_->name() +
                                          " before the deadline: it may be overloaded, try "
                                          "again.")));
  }
  void complete() override {
    owner().cancel_deadline(deadline_);
    F on_reply = take_callback();
    on_reply(std::move(*result_));
  }
  void abandon() noexcept override {
    this->interest.withdraw();
    owner().cancel_deadline(deadline_);
    on_reply_.reset();
  }
  F take_callback() {
    F on_reply = std::move(*on_reply_);
    on_reply_.reset();
    return on_reply;
  }

  const Ref<Cell> target_;
  std::optional<F> on_reply_;
  std::optional<result::Result<T>> result_;
  TimerId deadline_;
};

/// Why a request was not taken, for people.
[[nodiscard]] inline result::Error refusal(SendResult sent, std::string_view target) {
  return result::make_error(
      result::ErrorCode::unavailable,
      sent == SendResult::full
          ? std::string(target) + " has more work than it can keep: try again later."
          : std::string(target) + " has stopped: try again once the engine is back.");
}

template <class P, class Query, class F>
AskId ask(Cell& owner, const Address<P>& to, Query query, Duration deadline, F on_reply) {
  using T = typename Query::Reply;
  auto* errand = new AskErrand<T, F>(owner, to.cell(), std::move(on_reply));
  Request<Query> request{std::move(query), ReplyTo<T>(*errand)};
  const AskId id = errand->set_deadline(deadline);
  if (const SendResult sent = to.tell(std::move(request)); !taken(sent)) {
    // NOLINTNEXTLINE(bugprone-use-after-move): a refused message is untouched
    request.reply(refusal(sent, to.name()));
  }
  return id;
}

}  // namespace detail
}  // namespace hts::runtime
