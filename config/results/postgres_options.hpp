#pragma once

#include "adapters/postgres/connection_options.hpp"
#include "config/results/result_storage.hpp"

namespace hts::config {

/// For an address of PostgreSQL.
[[nodiscard]] postgres::ConnectionOptions postgres_options(const ResultStorageOptions& options);

}  // namespace hts::config
