#pragma once

#include <string>

#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"

namespace hts::http {

/// What a paper session did, as clients hear of it: `{"type":"fill","number","timestamp","symbol",
/// "strategy_name","position_id","side","quantity","price","fee_amount","slippage_amount",
/// "realized_pnl","reason","session_id"}`. `type` is the event's kind.
[[nodiscard]] std::string session_event_text(const paper::LivePlan& plan,
                                             const paper::PaperEvent& event);

}  // namespace hts::http
