#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/alerts/alert_plan.hpp"
#include "engine/ports/alerts.hpp"

namespace hts::alerts {

/// Alerts of one key are the same to people: of several, one is told and the others are counted.
[[nodiscard]] std::string key_of(const ports::Alert& alert);

/// What one message tells at most; further ones go into the next.
inline constexpr std::size_t most_in_message = 200;

/// One message of all of them, in their order, each key once: `... and 12 more`. The subject is
/// that of the most severe one, with how many others there are. Neither subject nor lines have
/// control characters, texts of more than 2,000 bytes are cut. `alerts` is not empty.
[[nodiscard]] ports::AlertMessage make_message(const AlertPlan& plan,
                                               std::vector<ports::Alert> alerts);

}  // namespace hts::alerts
