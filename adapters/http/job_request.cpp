#include "adapters/http/job_request.hpp"

#include <chrono>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/http/page_request.hpp"
#include "adapters/http/run_request.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/json/json_text.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;

constexpr PageLimits job_pages{};
constexpr std::string_view backtest_kind = "backtest";
constexpr std::size_t longest_kind = 64;
constexpr std::size_t longest_key = 255;
constexpr std::int64_t most_attempts = 100;

template <class Number>
Status read_whole_number(const object& body, std::string_view name, std::int64_t minimum,
                         std::int64_t maximum, Number& into) {
  const value* found = member_of(body, name);
  if (found == nullptr) return result::success();
  if (!found->is_int64() || found->get_int64() < minimum || found->get_int64() > maximum) {
    return make_error(ErrorCode::invalid,
                      std::string{name} + " must be a whole number from " +
                          std::to_string(minimum) + " to " + std::to_string(maximum) + ".",
                      std::string{name});
  }
  into = static_cast<Number>(found->get_int64());
  return result::success();
}

/// The field of the request's head counts when the body has none.
Status read_key(const HttpRequest& request, const object& body, std::string& into) {
  into = request.header("Idempotency-Key");
  if (Status read = read_text(body, "idempotency_key", into); !read.ok()) return read;
  if (into.size() > longest_key) {
    return make_error(ErrorCode::invalid,
                      "idempotency_key must not be longer than 255 bytes; a UUID is enough.",
                      "idempotency_key");
  }
  return result::success();
}

jobs::NewJob job_of(const JobTerms& terms) {
  jobs::NewJob job;
  job.max_attempts = terms.max_attempts;
  job.timeout = terms.timeout;
  return job;
}

/// How the job is to be treated, whatever it is.
Status read_terms(const HttpRequest& request, const object& body, jobs::NewJob& job) {
  std::optional<std::chrono::nanoseconds> timeout;
  Status read = read_key(request, body, job.idempotency_key);
  if (read.ok()) {
    read = read_whole_number(body, "priority", jobs::lowest_priority, jobs::highest_priority,
                             job.priority);
  }
  if (read.ok()) read = read_whole_number(body, "max_attempts", 1, most_attempts, job.max_attempts);
  if (read.ok()) read = read_timeout(body, timeout);
  if (timeout) job.timeout = *timeout;
  return read;
}

Status check_backtest(const object& fields) {
  const auto raw = read_run_request(fields);
  if (!raw.ok()) return raw.error();
  const auto checked = backtest::make_backtest_request(raw->backtest);
  return checked.ok() ? result::success() : Status{checked.error()};
}

/// Of the request inside of a job: `params.x` is `request.params.x` to whom sent the job.
result::Error inside_request(result::Error error) {
  error.field = error.field.empty() || error.field == "request" || error.field == "kind"
                    ? error.field
                    : "request." + error.field;
  return error;
}

Result<std::optional<std::string>> text_parameter(std::string_view query, std::string_view name) {
  auto text = query_parameter(query, name);
  if (text.ok() && *text && (*text)->empty()) return std::optional<std::string>{};
  return text;
}

}  // namespace

Result<jobs::NewJob> parse_backtest_job(const HttpRequest& request, const JobTerms& terms) {
  const auto body = parse_object(request.body);
  if (!body.ok()) return body.error();
  jobs::NewJob job = job_of(terms);
  job.kind = backtest_kind;
  if (Status checked = check_backtest(*body); !checked.ok()) return checked.error();
  if (Status read = read_terms(request, *body, job); !read.ok()) return read.error();
  job.request = request.body;
  return job;
}

Result<jobs::NewJob> parse_job(const HttpRequest& request, const CheckJob& check,
                               const JobTerms& terms) {
  const auto body = parse_object(request.body);
  if (!body.ok()) return body.error();
  jobs::NewJob job = job_of(terms);
  if (member_of(*body, "kind") == nullptr) return missing("kind", "\"backtest\"");
  if (Status read = read_text(*body, "kind", job.kind); !read.ok()) return read.error();
  if (job.kind.empty() || job.kind.size() > longest_kind) {
    return make_error(ErrorCode::invalid, "kind must be a text of 1 to 64 characters.", "kind");
  }
  if (Status read = read_terms(request, *body, job); !read.ok()) return read.error();

  const value* inner = member_of(*body, "request");
  if (inner != nullptr && !inner->is_object()) {
    return make_error(ErrorCode::invalid, "request must be a JSON object, written in { }.",
                      "request");
  }
  job.request = inner == nullptr ? "{}" : json::to_text(*inner);
  Status checked = result::success();
  if (job.kind == backtest_kind) {
    if (inner == nullptr) return missing("request", R"({"strategy": "volume_long_candle", ...})");
    checked = check_backtest(inner->get_object());
  } else if (check) {
    checked = check(job.kind, job.request);
  } else {
    checked =
        make_error(ErrorCode::invalid,
                   "This daemon does jobs of the kind backtest only; kind names another.", "kind");
  }
  if (!checked.ok()) return inside_request(checked.error());
  return job;
}

Result<jobs::JobId> parse_task_id(std::string_view text) {
  auto id = jobs::JobId::parse(text);
  if (!id.ok()) {
    return make_error(ErrorCode::invalid,
                      "task_id must be a UUID such as 0f8fad5b-d9cb-469f-a165-70867728950e; GET "
                      "/api/jobs lists those there are.",
                      "task_id");
  }
  return id;
}

Result<ListRequest> parse_list(std::string_view query) {
  ListRequest list;
  const auto state = text_parameter(query, "state");
  if (!state.ok()) return state.error();
  if (*state) {
    const auto parsed = jobs::parse_state(**state);
    if (!parsed.ok()) return parsed.error();
    list.filter.state = *parsed;
  }
  auto kind = text_parameter(query, "kind");
  if (!kind.ok()) return kind.error();
  list.filter.kind = std::move(*kind).value_or("");
  const auto whole = text_parameter(query, "parts_of");
  if (!whole.ok()) return whole.error();
  if (*whole) {
    auto id = parse_task_id(**whole);
    if (!id.ok()) return make_error(ErrorCode::invalid, id.error().message, "parts_of");
    list.filter.parts_of = *id;
  }
  const auto page = parse_page(query, job_pages);
  if (!page.ok()) return page.error();
  list.limit = page->limit;
  list.offset = page->offset;
  return list;
}

}  // namespace hts::http
