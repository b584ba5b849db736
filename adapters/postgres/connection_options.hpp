#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::postgres {

/// Where a PostgreSQL database is and how long it may take to answer.
struct ConnectionOptions {
  /// `postgresql://[user[:password]@][host][:port][/database][?parameter=value&...]`, as libpq
  /// reads it: what is not there comes from PGHOST, PGUSER, PGPASSWORD, the password file, ...
  std::string url;
  std::string password;                             ///< beside the URL; empty: none
  std::chrono::milliseconds connect_timeout{5000};  ///< rounded up to seconds, at least 2
  std::chrono::milliseconds statement_timeout{5000};
  std::size_t connections = 4;  ///< at the same time, of one pool
};

[[nodiscard]] bool is_postgres_url(std::string_view text) noexcept;

/// Refuses what libpq would misread, and would then quote in its error. Errors: invalid, field
/// `url`, without the password.
[[nodiscard]] result::Status check_url(const std::string& url);

/// What libpq is given: the URL with password, time limits and our name, where it does not name its
/// own. Not for people.
[[nodiscard]] std::string connection_string(const ConnectionOptions& options);

/// The URL for people, without a password.
[[nodiscard]] std::string shown_url(const ConnectionOptions& options);

/// A message of libpq or the server for people: its first line, without level and password.
[[nodiscard]] std::string shown_message(const ConnectionOptions& options, std::string_view message);

}  // namespace hts::postgres
