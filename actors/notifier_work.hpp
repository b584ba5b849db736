#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/alerts/alert_plan.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"

/// What a notifier does at its outbox, on a lane.
namespace hts::actors {

struct OutboxErrand {
  time::Timestamp now{};
  std::vector<ports::Alert> add;
  std::vector<ports::AlertOutbox::Outcome> settle;
  /// Channels whose deliveries are asked for; the others have one under way.
  std::vector<std::string> channels;
  std::optional<time::Timestamp> clean_up_before;
};

struct OutboxNews {
  // What of the errand is done, also when the rest met an error.
  bool is_added = false;
  bool is_settled = false;
  std::optional<result::Error> error;

  bool has_more = false;                               ///< to route
  std::vector<std::vector<ports::AlertDelivery>> due;  ///< for each channel asked for
  ports::AlertOutbox::Counts counts;
};

/// How far ahead deliveries are looked for: those wait for their time in the notifier.
[[nodiscard]] time::Duration horizon_of(const alerts::AlertPlan& plan) noexcept;

/// Adds, settles, routes what has no route, then asks, in this order; ends at the first error.
[[nodiscard]] OutboxNews run_errand(ports::AlertOutbox& outbox, const alerts::AlertPlan& plan,
                                    const OutboxErrand& errand);

}  // namespace hts::actors
