#pragma once

#include <string>
#include <string_view>

#include "engine/paper/live_plan.hpp"
#include "engine/result/result.hpp"

namespace hts::paper {

/// A plan as the JSON document that is stored with its session; reads back as the same plan. O(n).
[[nodiscard]] std::string plan_document(const LivePlan& plan);

/// Errors: malformed; invalid, among them a strategy that is not known any more and parameters that
/// it does not take.
[[nodiscard]] result::Result<LivePlan> read_plan_document(std::string_view text);

}  // namespace hts::paper
