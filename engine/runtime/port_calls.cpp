#include "engine/runtime/port_calls.hpp"

#include <algorithm>

namespace hts::runtime {
namespace {

/// Not a call, but also something that came from outside while the work ran.
constexpr std::string_view cancellation = "cancelled";

}  // namespace

std::optional<std::string_view> PortCalls::answer(std::string_view name,
                                                  std::string_view arguments) {
  if (difference_) return std::nullopt;
  if (next_ < calls_.size() && calls_[next_].name == name && calls_[next_].arguments == arguments) {
    return calls_[next_++].result;
  }
  difference_ = Difference{next_, {std::string(name), std::string(arguments), {}}};
  return std::nullopt;
}

std::optional<PortCalls::Difference> PortCalls::difference() const {
  if (difference_ || was_cancelled_) return difference_;
  if (next_ < calls_.size() && calls_[next_].name != cancellation) return Difference{next_, {}};
  return std::nullopt;
}

const std::atomic<bool>* PortCalls::cancel_flag(const std::atomic<bool>* live) noexcept {
  static const std::atomic<bool> no{false};
  static const std::atomic<bool> yes{true};
  PortCalls* calls = current();
  if (calls == nullptr || calls->mode_ != Mode::replay) return live;
  calls->was_cancelled_ =
      std::any_of(calls->calls_.begin(), calls->calls_.end(),
                  [](const PortCall& call) { return call.name == cancellation; });
  return calls->was_cancelled_ ? &yes : &no;
}

void PortCalls::note_cancelled(bool cancelled) {
  PortCalls* calls = current();
  if (cancelled && calls != nullptr && calls->mode_ == Mode::record) {
    calls->add({std::string(cancellation), {}, {}});
  }
}

}  // namespace hts::runtime
