#pragma once

#include <string>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::redis {

/// Where a Redis is: `redis://[user@]host[:port][/database]`.
struct RedisAddress {
  std::string host;
  int port = 6379;
  int database = 0;
  std::string user;  ///< empty: Redis's default user

  /// `host:port`, for sentences; without the user.
  [[nodiscard]] std::string text() const;
};

/// Errors: invalid, field `jobs.store`. A password in the address is refused and never repeated:
/// addresses end up in logs and process lists.
[[nodiscard]] result::Result<RedisAddress> parse_address(std::string_view url);

}  // namespace hts::redis
