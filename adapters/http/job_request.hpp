#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "adapters/http/path_template.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/result/result.hpp"

/// What clients ask of jobs.
namespace hts::http {

/// Says whether a job of that kind can be asked for with that request (JSON). Errors: invalid,
/// field `kind` or the request's.
using CheckJob = std::function<result::Status(std::string_view kind, std::string_view request)>;

/// What holds for jobs that ask for nothing else.
struct JobTerms {
  std::uint32_t max_attempts = jobs::default_max_attempts;
  time::Duration timeout = jobs::default_timeout;  ///< of one attempt
};

/// A backtest as a job, from the body of a run and the fields beside it (`idempotency_key`,
/// `priority`, `timeout_seconds`, `max_attempts`). It is checked like a run. Errors: those of a
/// run.
[[nodiscard]] result::Result<jobs::NewJob> parse_backtest_job(const HttpRequest& request,
                                                              const JobTerms& terms = {});

/// `{"kind": ..., "request": {...}}` and the fields above. Kinds beside `backtest` are those that
/// `check` takes.
[[nodiscard]] result::Result<jobs::NewJob> parse_job(const HttpRequest& request,
                                                     const CheckJob& check,
                                                     const JobTerms& terms = {});

/// Error: invalid, field `task_id`.
[[nodiscard]] result::Result<jobs::JobId> parse_task_id(std::string_view text);

struct ListRequest {
  ports::JobFilter filter;
  std::uint64_t offset = 0;
  std::uint64_t limit = 0;
};

/// `state`, `kind`, `parts_of`, `limit`, `offset`. Errors: invalid with the parameter as field.
[[nodiscard]] result::Result<ListRequest> parse_list(std::string_view query);

}  // namespace hts::http
