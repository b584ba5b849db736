#include "adapters/http/problem.hpp"

#include <utility>

#include "adapters/http/path_template.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;

struct ProblemKind {
  int status;
  const char* kind;
};

ProblemKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::malformed:
      return {400, "malformed"};
    case ErrorCode::unknown_symbol:
      return {400, "unknown-symbol"};
    case ErrorCode::invalid:
      return {422, "invalid"};
    case ErrorCode::not_found:
      return {404, "not-found"};
    case ErrorCode::too_large:
      return {413, "too-large"};
    case ErrorCode::conflict:
      return {409, "conflict"};
    case ErrorCode::unavailable:
      return {503, "unavailable"};
    case ErrorCode::timed_out:
      return {504, "timed-out"};
    case ErrorCode::cancelled:
      return {503, "cancelled"};
    case ErrorCode::storage:
    case ErrorCode::network:
    case ErrorCode::internal:
      break;
  }
  return {500, "internal"};
}

}  // namespace

Problem to_problem(const result::Error& error) {
  const ProblemKind kind = kind_of(error.code);
  Problem problem;
  problem.status = kind.status;
  problem.kind = kind.kind;
  if (kind.status == 500) {
    problem.detail =
        "Something went wrong inside the daemon; its log has the cause under this request_id.";
    return problem;
  }
  problem.detail = error.message;
  problem.field = error.field;
  if (kind.status == 503) problem.retry_after_seconds = 1;
  return problem;
}

Response problem_response(const Problem& problem, std::string_view instance,
                          std::string_view request_id) {
  std::string text;
  text.reserve(256 + problem.detail.size());
  json::Writer writer{text};
  writer.begin_object();
  writer.member("type", "urn:hts:problem:" + problem.kind);
  writer.member("title", reason_phrase(problem.status));
  writer.member("status", problem.status);
  writer.member("detail", problem.detail);
  if (!problem.field.empty()) writer.member("field", problem.field);
  if (!instance.empty()) writer.member("instance", quotable_path(instance));
  writer.member("request_id", request_id);
  writer.end_object();

  Response response;
  response.status = problem.status;
  response.content_type = "application/problem+json";
  response.body = std::move(text);
  if (!problem.allow.empty()) response.headers.emplace_back("Allow", problem.allow);
  if (problem.retry_after_seconds > 0) {
    response.headers.emplace_back("Retry-After", std::to_string(problem.retry_after_seconds));
  }
  return response;
}

}  // namespace hts::http
