#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/redis/connection.hpp"

namespace hts::redis {

/// Looks whether our jobs can live on this server, and makes what they need there if so. Gives what
/// an operator should know: that jobs may be lost when the server dies, and how to prevent it.
///
/// Errors (invalid, field `jobs.store`, nothing changed): a Redis older than 6.2; a node of a
/// cluster; a Sentinel; keys of another program or of another version of our layout under `prefix`.
/// A read-only replica: unavailable, the field named.
[[nodiscard]] result::Result<std::vector<std::string>> check_server(Connection& connection,
                                                                    const std::string& address,
                                                                    const std::string& prefix);

/// The value of a line `name:value` of INFO; empty when there is none.
[[nodiscard]] std::string_view info_value(std::string_view info, std::string_view name);

}  // namespace hts::redis
