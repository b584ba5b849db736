#pragma once

#include <span>

#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Alerts into the outbox of the database of live trading (sqlite_live_schema.hpp), as part of
/// whatever transaction is open: durable with it. Those that are there already (by id) stay as
/// they are. Cost: O(log n) an alert. Error: storage.
[[nodiscard]] result::Status insert_alerts(Connection& connection,
                                           std::span<const ports::Alert> alerts);

}  // namespace hts::sqlite
