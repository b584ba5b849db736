#pragma once

#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Brings the database of live trading (ledger, newest candles, alerts) to this program's version;
/// see migrate in sqlite_migrations.hpp.
[[nodiscard]] result::Status migrate_live(Connection& connection);

}  // namespace hts::sqlite
