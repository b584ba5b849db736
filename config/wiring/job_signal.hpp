#pragma once

#include <memory>
#include <string_view>

#include "actors/messages.hpp"
#include "engine/runtime/outside_work.hpp"
#include "engine/runtime/runtime.hpp"

/// What a shared store of jobs hears from others, as inputs of a runtime whose inputs are recorded.
namespace hts::config {

inline constexpr std::string_view job_signal_work = "jobs.signal";

/// For Runtime::enter.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> make_job_signal(
    runtime::Address<actors::SchedulerProtocol> scheduler, const ports::JobSignal& signal);

/// For a replay: the signal that a record named `job_signal_work` holds. Null when the bytes are
/// not those of one.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_job_signal(
    runtime::Address<actors::SchedulerProtocol> scheduler, std::string_view bytes);

}  // namespace hts::config
