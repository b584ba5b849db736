#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "engine/runtime/runtime.hpp"

namespace hts::runtime {

/// The way in for messages of a feed: what `tell` takes is recorded, if the runtime has a recorder,
/// and reaches the actor in its turn.
///
/// `Codec` has, for every message type M that is told, `encode(const M&, std::string&)`, which
/// appends what a replay makes the message of.
///
/// Thread-safe; messages of one thread arrive in the order told. The runtime and `name` outlive it.
template <class P, class Codec>
class Inlet {
 public:
  /// `name` tells inlets apart in the record.
  Inlet(Runtime& runtime, std::string_view name, Address<P> to)
      : runtime_(&runtime), name_(name), to_(std::move(to)) {}

  /// `full` when too many inputs wait, `stopped` for an address of nobody. With a recorder, a
  /// message that is taken here may still be refused by the actor: see its dead letters.
  template <class M>
    requires Takes<P, M>
  [[nodiscard]] SendResult tell(M&& message) {
    if (!to_) return SendResult::stopped;
    if (!runtime_->is_sequenced()) return to_.tell(std::forward<M>(message));
    using Stored = std::remove_cvref_t<M>;
    std::unique_ptr<OutsideWork> work =
        std::make_unique<Telling<Stored>>(name_, to_, std::forward<M>(message));
    return runtime_->try_enter(work, most_waiting) ? SendResult::accepted : SendResult::full;
  }

 private:
  static constexpr std::size_t most_waiting = 65'536;

  template <class M>
  class Telling final : public OutsideWork {
   public:
    template <class From>
    Telling(std::string_view name, const Address<P>& to, From&& message)
        : name_(name), to_(to), message_(std::forward<From>(message)) {}
    std::string_view name() const noexcept override { return name_; }
    void encode(std::string& bytes) const override { Codec::encode(message_, bytes); }
    void run() override { (void)to_.tell(std::move(message_)); }

   private:
    const std::string_view name_;
    const Address<P> to_;
    M message_;
  };

  Runtime* runtime_;
  std::string_view name_;
  Address<P> to_;
};

}  // namespace hts::runtime
