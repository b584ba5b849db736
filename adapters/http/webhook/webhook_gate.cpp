#include "adapters/http/webhook/webhook_gate.hpp"

#include <charconv>

#include "adapters/http/path_template.hpp"
#include "adapters/webhook/webhook_signature.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;
using result::make_error;

constexpr std::string_view timestamp_field = "X-Hts-Timestamp";
constexpr std::string_view signature_field = "X-Hts-Signature";
/// How far the sender's clock may be ahead of this one.
constexpr std::chrono::seconds ahead{2};

/// As the router reads paths, so that no spelling of one gets around the gate.
std::optional<std::string> webhook_of(const HttpRequest& request) {
  if (request.method != Method::post) return std::nullopt;
  std::string_view path = request.path;
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto segments = split_path(path);
  if (!segments) return std::nullopt;
  static const PathTemplate webhooks{std::string{webhook_path}};
  const auto match = webhooks.match(*segments);
  if (!match) return std::nullopt;
  return match->front().second;
}

std::optional<time::Timestamp> signed_at(std::string_view seconds_text) {
  std::int64_t seconds = 0;
  const char* const end = seconds_text.data() + seconds_text.size();
  const auto read = std::from_chars(seconds_text.data(), end, seconds);
  constexpr std::int64_t year_2200 = 7'258'118'400;
  if (read.ec != std::errc{} || read.ptr != end || seconds < 0 || seconds >= year_2200) {
    return std::nullopt;
  }
  return time::Timestamp{std::chrono::seconds{seconds}};
}

bool is_of_sender(const result::Error& error) {
  return error.code == ErrorCode::invalid &&
         (error.field == "signature" || error.field == "timestamp");
}

std::string_view outcome_of(const result::Error& error) {
  if (is_of_sender(error)) return error.field == "signature" ? "unsigned" : "stale";
  if (error.code == ErrorCode::conflict) return "repeated";
  if (error.code == ErrorCode::unavailable) return "busy";
  return "malformed";
}

}  // namespace

WebhookGate::WebhookGate(Options options)
    : window_(options.window), started_at_(options.started_at), note_(std::move(options.note)) {
  for (auto& [name, secret] : options.secrets) {
    doors_.emplace(name, Door{std::move(secret), webhook::SeenRequests{window_}, {}, {}});
  }
}

std::optional<Problem> WebhookGate::refuse(const HttpRequest& request, time::Timestamp now) {
  const auto name = webhook_of(request);
  if (!name) return std::nullopt;
  const std::lock_guard lock{mutex_};
  const auto door = doors_.find(*name);
  if (door == doors_.end()) {
    return to_problem(make_error(ErrorCode::not_found,
                                 "There is no webhook of this name: webhooks.in lists names with "
                                 "the files of their secrets.",
                                 "name"));
  }
  const webhook::Headers headers{request.header(timestamp_field), request.header(signature_field)};
  if (auto admitted = admit(door->second, headers, request.body, now); !admitted) {
    return count(door->first, door->second, admitted.error());
  }
  ++door->second.outcomes["accepted"];
  door->second.noted.clear();
  return std::nullopt;
}

result::Status WebhookGate::admit(Door& door, const webhook::Headers& headers,
                                  std::string_view body, time::Timestamp now) const {
  const auto sent_at = signed_at(headers.timestamp);
  const bool is_early = sent_at && *sent_at <= started_at_ + ahead;
  const bool is_ahead = sent_at && *sent_at > now + ahead;
  const bool is_recent = sent_at && *sent_at >= now - window_;
  if ((is_ahead || (is_early && is_recent)) &&
      webhook::equal_signatures(headers.signature,
                                webhook::signature_of(headers.timestamp, body, door.secret))) {
    if (is_ahead) {
      return make_error(ErrorCode::invalid,
                        "The timestamp is ahead of this machine's clock: check both clocks.",
                        "timestamp");
    }
    return make_error(ErrorCode::unavailable,
                      "The daemon has just started and cannot tell whether it has had this "
                      "request: sign it anew and send it again.");
  }
  auto signal = webhook::verify_and_parse(headers, body, door.secret, now, door.seen);
  if (!signal) return std::move(signal).error();
  return result::success();
}

Problem WebhookGate::count(const std::string& name, Door& door, const result::Error& error) {
  const std::string_view outcome = outcome_of(error);
  ++door.outcomes[outcome];
  if (door.noted.insert(outcome).second && note_) {
    note_("A request to the webhook '" + name + "' was refused: " + error.message +
          " Further ones like it are only counted.");
  }
  Problem problem = to_problem(error);
  if (is_of_sender(error)) {
    problem.status = 401;
    problem.kind = outcome;
  }
  if (error.code == ErrorCode::unavailable) problem.retry_after_seconds = 3;
  return problem;
}

std::vector<prometheus::WebhookReadings> WebhookGate::readings() const {
  std::vector<prometheus::WebhookReadings> all;
  const std::lock_guard lock{mutex_};
  for (const auto& [name, door] : doors_) {
    for (const std::string_view outcome :
         {"accepted", "unsigned", "stale", "repeated", "malformed", "busy"}) {
      const auto found = door.outcomes.find(outcome);
      all.push_back({name, outcome, found == door.outcomes.end() ? 0 : found->second});
    }
  }
  return all;
}

}  // namespace hts::http
