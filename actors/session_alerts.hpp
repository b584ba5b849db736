#pragma once

#include <span>
#include <vector>

#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::actors {

/// What people are told of events of a session: positions opened and closed, halts. Ids come from
/// the session and the event's number, so that the same event is the same alert whenever it is
/// told.
[[nodiscard]] std::vector<ports::Alert> alerts_of(const paper::LivePlan& plan,
                                                  std::span<const paper::PaperEvent> events,
                                                  time::Timestamp now);
/// Of signals given at the close of a bar.
[[nodiscard]] std::vector<ports::Alert> alerts_of(const paper::LivePlan& plan,
                                                  time::Timestamp bar_time,
                                                  std::span<const backtest::SteppedSignal> signals,
                                                  time::Timestamp now);
/// The session does not go on. `event`: the newest one.
[[nodiscard]] ports::Alert broken_alert(const std::string& session_id, std::uint64_t event,
                                        const std::string& why, time::Timestamp now);

}  // namespace hts::actors
