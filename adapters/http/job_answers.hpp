#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "engine/jobs/job_event.hpp"
#include "engine/jobs/job_record.hpp"
#include "engine/ports/job_store.hpp"

/// Jobs as clients see them.
namespace hts::http {

/// 202 with `task_id`, `status`, `created_at`, and where to look (`Location`).
[[nodiscard]] Response accepted_response(const ports::Submitted& submitted);

/// What became of a task: `task_id`, `status`, `progress`, `result`, `error` and more. `result` is
/// a JSON document, or empty for null.
[[nodiscard]] Response task_response(const jobs::JobRecord& job, std::string_view result);

/// Everything about one job, its request and output included.
[[nodiscard]] Response job_response(const jobs::JobRecord& job);

[[nodiscard]] Response job_list_response(const ports::JobPage& page, std::uint64_t limit,
                                         std::uint64_t offset);

/// The queue after it was paused or resumed.
[[nodiscard]] Response queue_response(const ports::JobCounts& counts);

/// One event as the data of a server-sent event, one line.
[[nodiscard]] std::string event_to_text(const jobs::JobEvent& event);

}  // namespace hts::http
