#pragma once

#include <utility>

#include "engine/runtime/callback.hpp"
#include "engine/runtime/errand.hpp"

namespace hts::runtime::detail {

/// Waits at a question for its asker to lose interest; owned by the answering actor.
class WithdrawalErrand final : public Errand {
 public:
  WithdrawalErrand(Cell& owner, Callback callback)
      : Errand(owner, OnStop::ignore), on_withdrawal_(std::move(callback)) {}

  void tell() noexcept {
    told_ = true;
    send_home();
  }
  void dismiss() noexcept { send_home(); }

  WithdrawalErrand* next_listener = nullptr;

 private:
  void complete() override {
    if (told_) on_withdrawal_();
  }
  void abandon() noexcept override { on_withdrawal_.reset(); }

  bool told_ = false;
  Callback on_withdrawal_;
};

}  // namespace hts::runtime::detail
