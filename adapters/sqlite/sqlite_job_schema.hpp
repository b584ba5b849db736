#pragma once

#include "engine/result/result.hpp"

namespace hts::sqlite {

class Connection;

/// Brings the database of jobs to this program's version; see migrate in sqlite_migrations.hpp.
[[nodiscard]] result::Status migrate_jobs(Connection& connection);

}  // namespace hts::sqlite
