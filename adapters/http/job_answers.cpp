#include "adapters/http/job_answers.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include "adapters/credentials/url_password.hpp"
#include "adapters/http/problem.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

void write_text_or_null(json::Writer& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  if (text.empty()) {
    writer.value(nullptr);
  } else {
    writer.value(text);
  }
}

void write_time_or_null(json::Writer& writer, std::string_view name,
                        const std::optional<time::Timestamp>& at) {
  write_text_or_null(writer, name, at ? time::format_iso8601(*at) : std::string{});
}

void write_document_or_null(json::Writer& writer, std::string_view name,
                            std::string_view document) {
  writer.key(name);
  // What a worker left for the daemon alone is no document.
  if (document.starts_with('{') || document.starts_with('[')) {
    writer.document(document);
  } else {
    writer.value(nullptr);
  }
}

/// What a client may know of it. What others have said may quote addresses.
result::Error told(const result::Error& error) {
  result::Error shown = jobs::outward(error);
  shown.message = credentials::without_password(shown.message);
  return shown;
}

/// Why the task ended without success, in a sentence; empty while it may still succeed.
std::string reason_of(const jobs::JobRecord& job) {
  if (job.state == jobs::JobState::failed) {
    return job.error ? told(*job.error).message : "The task failed.";
  }
  if (job.state == jobs::JobState::cancelled) return "The task was cancelled.";
  return {};
}

/// A job that goes back to the queue for another attempt or to join its parts keeps its place.
double shown_progress(const jobs::JobRecord& job) {
  return job.state == jobs::JobState::completed ? 1.0 : job.progress;
}

void write_error(json::Writer& writer, const std::optional<result::Error>& error) {
  writer.key("error");
  if (!error) return writer.value(nullptr);
  const result::Error shown = told(*error);
  writer.begin_object();
  writer.member("kind", to_problem(*error).kind);
  writer.member("message", shown.message);
  if (!shown.field.empty()) writer.member("field", shown.field);
  writer.end_object();
}

void write_lease(json::Writer& writer, const std::optional<jobs::Lease>& lease) {
  write_text_or_null(writer, "worker", lease ? lease->worker : std::string{});
  write_time_or_null(writer, "lease_until", lease ? std::optional{lease->until} : std::nullopt);
}

void write_parts(json::Writer& writer, const jobs::JobRecord& job) {
  writer.key("parts");
  if (job.parts == 0) {
    writer.value(nullptr);
  } else {
    writer.begin_object();
    writer.member("total", job.parts);
    writer.member("completed", job.parts - job.open_parts);
    writer.end_object();
  }
  if (!job.whole.empty()) {
    writer.member("part_of", job.whole.text());
    writer.member("part_number", job.part_number);
  }
}

void write_members(json::Writer& writer, const jobs::JobRecord& job) {
  const bool delayed = job.state == jobs::JobState::queued && job.available_at > job.job.created_at;
  writer.member("task_id", job.job.id.text());
  writer.member("kind", job.job.kind);
  writer.member("status", jobs::name_of(jobs::shown_state(job)));
  writer.member("progress", shown_progress(job));
  writer.member("priority", job.job.priority);
  writer.member("created_at", time::format_iso8601(job.job.created_at));
  write_time_or_null(writer, "not_before",
                     delayed ? std::optional{job.available_at} : std::nullopt);
  write_time_or_null(writer, "started_at", job.started_at);
  write_time_or_null(writer, "finished_at", job.finished_at);
  writer.member("timeout_seconds", std::chrono::duration<double>(job.job.timeout).count());
  writer.member("attempts", job.attempts);
  writer.member("max_attempts", job.job.max_attempts);
  writer.member("claims", job.claims);
  writer.member("lease_losses", job.lease_losses);
  writer.member("hand_backs", job.hand_backs);
  write_lease(writer, job.lease);
  writer.member("cancel_requested", job.cancel_requested);
  writer.member("is_dead_letter", job.is_dead_letter);
  write_text_or_null(writer, "idempotency_key", job.job.idempotency_key);
  write_text_or_null(writer, "run_id", job.run_id);
  write_error(writer, job.error);
  write_parts(writer, job);
}

}  // namespace

Response accepted_response(const ports::Submitted& submitted) {
  const std::string id = submitted.id.text();
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("task_id", id);
  writer.member("status", jobs::name_of(submitted.state));
  writer.member("created_at", time::format_iso8601(submitted.created_at));
  writer.member("existing", submitted.result == ports::SubmitResult::existing);
  writer.end_object();
  Response response = json_response(202, std::move(text));
  response.headers.emplace_back("Location", "/api/backtests/status/" + id);
  return response;
}

Response task_response(const jobs::JobRecord& job, std::string_view result) {
  std::string text;
  text.reserve(result.size() + 512);
  json::Writer writer{text};
  writer.begin_object();
  writer.member("task_id", job.job.id.text());
  writer.member("status", jobs::name_of(jobs::shown_state(job)));
  writer.member("progress", shown_progress(job));
  write_document_or_null(writer, "result", result);
  write_text_or_null(writer, "error", reason_of(job));
  writer.member("kind", job.job.kind);
  write_text_or_null(writer, "run_id", job.run_id);
  writer.member("attempts", job.attempts);
  writer.member("created_at", time::format_iso8601(job.job.created_at));
  write_time_or_null(writer, "started_at", job.started_at);
  write_time_or_null(writer, "finished_at", job.finished_at);
  writer.end_object();
  return json_response(200, std::move(text));
}

Response job_response(const jobs::JobRecord& job) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  write_members(writer, job);
  write_document_or_null(writer, "request", job.job.request);
  write_document_or_null(writer, "output", job.output);
  writer.end_object();
  return json_response(200, std::move(text));
}

Response job_list_response(const ports::JobPage& page, std::uint64_t limit, std::uint64_t offset) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("jobs");
  writer.begin_array();
  for (const jobs::JobRecord& job : page.jobs) {
    writer.begin_object();
    write_members(writer, job);
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", page.jobs.size());
  writer.member("total", page.total);
  writer.member("limit", limit);
  writer.member("offset", offset);
  writer.end_object();
  return json_response(200, std::move(text));
}

Response queue_response(const ports::JobCounts& counts) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("paused", counts.paused);
  writer.member("queued", counts.queued);
  writer.member("running", counts.running);
  writer.member("dead_letters", counts.dead_letters);
  writer.end_object();
  return json_response(200, std::move(text));
}

std::string event_to_text(const jobs::JobEvent& event) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.member("task_id", event.id.text());
  writer.member("kind", event.kind);
  writer.member("status", jobs::name_of(event.state));
  writer.member("progress", event.progress);
  write_text_or_null(writer, "error", credentials::without_password(event.error));
  write_text_or_null(writer, "run_id", event.run_id);
  writer.member("at", time::format_iso8601(event.at));
  writer.end_object();
  return text;
}

}  // namespace hts::http
