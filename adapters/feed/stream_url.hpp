#pragma once

#include <string>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::feed {

/// Where a WebSocket is: `ws://host[:port][/path][?query]` or `wss://...`.
struct StreamUrl {
  bool is_encrypted = true;
  std::string host;  ///< without the brackets of an IPv6 address
  std::string port;
  std::string target = "/";  ///< path and query

  /// As the header `Host` has it.
  [[nodiscard]] std::string host_header() const;
};

/// Without encryption only servers on this machine are taken. Errors: invalid, field `feed.url`. A
/// user or password in it is refused and never repeated.
[[nodiscard]] result::Result<StreamUrl> parse_stream_url(std::string_view text);

/// That an exchange's history may be asked there: `https://host[:port]`, or `http://` to this
/// machine. Error: invalid, field `feed.history_url`.
[[nodiscard]] result::Status check_history_url(std::string_view text);

}  // namespace hts::feed
