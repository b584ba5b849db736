#pragma once

#include <chrono>
#include <string>

#include "engine/result/result.hpp"

/// A running daemon as seen by command-line programs.
namespace hts::daemon_client {

struct Answer {
  long status = 0;   ///< HTTP status
  std::string body;  ///< JSON
};

/// One blocking HTTP exchange. `url` is the daemon's address and the path:
/// `http://127.0.0.1:8000/health`. Only http and https. Errors: network (nobody listens, no answer
/// in time), with the address and the next step.
[[nodiscard]] result::Result<Answer> get(const std::string& url, std::chrono::milliseconds timeout);
[[nodiscard]] result::Result<Answer> post_json(const std::string& url, const std::string& body,
                                               std::chrono::milliseconds timeout);

}  // namespace hts::daemon_client
