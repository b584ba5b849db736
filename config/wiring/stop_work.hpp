#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "actors/messages.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/runtime.hpp"

/// The steps of the daemon's stop, as inputs of a runtime whose inputs are recorded. The runtime
/// outlives them.
namespace hts::config {

/// What still computes is cancelled, and its client told.
inline constexpr std::string_view stop_scheduler_work = "daemon.stop_scheduler";
/// Jobs are finished or handed back.
inline constexpr std::string_view prepare_to_stop_work = "daemon.prepare_to_stop";

[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_stop_scheduler(
    runtime::Runtime& runtime, runtime::Address<actors::SchedulerProtocol> scheduler);

/// `done` is called once, any thread: nothing runs any more, or `patience` is over.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_prepare_to_stop(
    runtime::Runtime& runtime, runtime::Address<actors::SchedulerProtocol> scheduler,
    time::Duration grace, time::Duration patience, std::function<void()> done);

/// For a replay. Null when it is neither of the two.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_stop_work(
    runtime::Runtime& runtime, runtime::Address<actors::SchedulerProtocol> scheduler,
    std::string_view name, std::string_view bytes);

}  // namespace hts::config
