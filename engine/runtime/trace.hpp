#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// Which request from outside caused what happens now.
///
/// 1. A trace id travels with every message, and with everything else that makes an actor's code
///    run later: answers, work for lanes and its outcome, timers, room and death notices. What a
///    handler sends or sets carries the trace of what it handles.
/// 2. The present trace belongs to the thread. The runtime sets it around each handler, callback
///    and lane job; an adapter sets it with TraceScope around what it does for a request.
/// 3. It costs a load and a store of eight bytes a message, in the slot that is touched anyway.
namespace hts::runtime {

/// Zero: caused by nobody outside.
using TraceId = std::uint64_t;

namespace detail {
constinit inline thread_local TraceId present_trace = 0;
}  // namespace detail

/// The trace of what this thread does now.
[[nodiscard]] inline TraceId current_trace() noexcept {
  return detail::present_trace;
}

/// Makes `trace` the present one of this thread until the scope ends.
class [[nodiscard]] TraceScope {
 public:
  explicit TraceScope(TraceId trace) noexcept
      : before_(std::exchange(detail::present_trace, trace)) {}
  ~TraceScope() { detail::present_trace = before_; }
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  const TraceId before_;
};

/// The trace of a request that has a name of its own: the same text gives the same trace, on every
/// machine; never zero.
[[nodiscard]] TraceId trace_of(std::string_view request_id) noexcept;

/// Sixteen hexadecimal digits, as logs write it.
[[nodiscard]] std::string trace_text(TraceId trace);

}  // namespace hts::runtime
