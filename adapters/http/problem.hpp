#pragma once

#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "engine/result/result.hpp"

/// Errors as clients see them: RFC 9457 problem details, `application/problem+json`.
namespace hts::http {

struct Problem {
  int status = 500;
  std::string kind;             ///< last part of the `type` URI: "invalid", "not-found", ...
  std::string detail;           ///< one sentence for the person who reads the answer
  std::string field;            ///< "params.volume_window", "symbols[1]", or empty
  std::string allow;            ///< methods for the Allow field of a 405, or empty
  int retry_after_seconds = 0;  ///< written as Retry-After unless 0
};

/// What an engine error looks like from outside. Storage, network and internal errors keep their
/// detail to themselves: it may name paths and hosts.
[[nodiscard]] Problem to_problem(const result::Error& error);

/// The answer. `instance` is the request's path without its query.
[[nodiscard]] Response problem_response(const Problem& problem, std::string_view instance,
                                        std::string_view request_id);

}  // namespace hts::http
