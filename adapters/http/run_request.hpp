#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "adapters/http/problem.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/result/result.hpp"

/// Request bodies of the backtest routes, as far as they can be checked without the engine.
namespace hts::http {

struct RunRequest {
  backtest::RawBacktestRequest backtest;
  std::optional<std::chrono::nanoseconds> timeout;  ///< above 0, at most a day
};

/// 415 for a body that is clearly not JSON by its media type. None, any kind of JSON, and what
/// command-line clients send unasked (text, form) before a `{` are taken.
[[nodiscard]] std::optional<Problem> refuse_media_type(std::string_view content_type,
                                                       std::string_view body);

/// Unknown top-level fields are ignored. Errors: malformed for what is not JSON; invalid with the
/// field (`symbols[1]`, `params.NAME`, `timeout_seconds`) for a missing one or a wrong type.
[[nodiscard]] result::Result<RunRequest> parse_run_request(std::string_view body);
/// The same of a body that is parsed.
[[nodiscard]] result::Result<RunRequest> read_run_request(const boost::json::object& fields);

/// The member `timeout_seconds`, if it is there.
[[nodiscard]] result::Status read_timeout(const boost::json::object& body,
                                          std::optional<std::chrono::nanoseconds>& into);

/// `{"is_active": true}`. Errors as above.
[[nodiscard]] result::Result<bool> parse_active_flag(std::string_view body);

/// A UUID, in lower case. Error: invalid, field `run_id`.
[[nodiscard]] result::Result<std::string> parse_run_id(std::string_view text);

/// A whole number within [minimum, maximum], or `fallback` when there is none. Error: invalid with
/// the name as field.
[[nodiscard]] result::Result<std::uint64_t> parse_count(const std::optional<std::string>& text,
                                                        std::string_view name,
                                                        std::uint64_t fallback,
                                                        std::uint64_t minimum,
                                                        std::uint64_t maximum);

}  // namespace hts::http
