#pragma once

#include "actors/messages.hpp"
#include "adapters/prometheus/metrics.hpp"

namespace hts::config {

/// What people are told of paper trading day by day: the session, its money, what is open. Amounts
/// are of the quote currency.
[[nodiscard]] actors::Notice daily_report(const prometheus::LiveReadings& live);

}  // namespace hts::config
