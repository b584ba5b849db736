#include "adapters/http/recorded_request.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "adapters/journal/codec.hpp"
#include "engine/runtime/runtime.hpp"
#include "engine/runtime/trace.hpp"

namespace hts::http {
namespace {

using journal::MsgpackReader;
using journal::MsgpackWriter;

constexpr std::array<std::string_view, 6> recorded_fields = {
    "content-type", "accept", "origin", "host", "idempotency-key", "prefer"};
/// They ask no actor, or nothing that changes one; what tasks bring to the actors enters by itself.
constexpr std::array<std::string_view, 10> direct_pages = {"/",
                                                           "/health",
                                                           "/health/ready",
                                                           "/api/health",
                                                           "/api/strategies",
                                                           "/api/actors",
                                                           "/api/events",
                                                           "/api/data/candles",
                                                           "/api/data/candles/years",
                                                           "/api/scheduler/trigger"};
/// They ask actors for figures, and show others beside them.
constexpr std::array<std::string_view, 2> figure_pages = {"/metrics", "/api/scheduler/status"};

std::string_view without_slash(std::string_view path) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return path;
}

bool is_recorded_field(std::string_view name) {
  return std::ranges::any_of(recorded_fields, [&](std::string_view recorded) {
    return equal_ignoring_case(name, recorded);
  });
}

void encode_request(const HttpRequest& request, std::string& bytes) {
  MsgpackWriter writer(bytes);
  writer.array(6);
  writer.unsigned_integer(static_cast<std::uint64_t>(request.method));
  writer.text(request.path);
  writer.text(request.query);
  const auto count = std::ranges::count_if(
      request.headers, [](const HeaderField& field) { return is_recorded_field(field.name); });
  writer.array(static_cast<std::size_t>(count));
  for (const HeaderField& field : request.headers) {
    if (!is_recorded_field(field.name)) continue;
    writer.array(2);
    writer.text(field.name);
    writer.text(field.value);
  }
  writer.binary(request.body);
  writer.text(request.request_id);
}

std::string encode_answer(const HttpRequest& request, const Response& response,
                          std::string_view route) {
  std::string bytes;
  MsgpackWriter writer(bytes);
  writer.array(5);
  writer.text(std::string{to_text(request.method)} + " " + std::string{route});
  writer.unsigned_integer(static_cast<std::uint64_t>(response.status));
  writer.text(response.content_type);
  writer.array(response.headers.size());
  for (const auto& [name, value] : response.headers) {
    writer.array(2);
    writer.text(name);
    writer.text(value);
  }
  writer.binary(journal::clipped(response.content()));
  return bytes;
}

/// Tells the runtime of the answer on its way to the client.
class RecordedAnswer final : public ResponseSink {
 public:
  RecordedAnswer(runtime::Runtime& runtime, Responder client, WhenSafe when_safe)
      : runtime_(runtime), client_(std::move(client)), when_safe_(std::move(when_safe)) {}

  const HttpRequest& request() const noexcept override { return client_.request(); }
  void respond(Response response, std::string_view route) noexcept override {
    runtime_.command(answer_command, encode_answer(request(), response, route));
    client_.set_route(route);
    if (!when_safe_) {
      client_.send(std::move(response));
      return;
    }
    // std::function wants what it holds to be copyable.
    auto answer =
        std::make_shared<std::pair<Responder, Response>>(std::move(client_), std::move(response));
    when_safe_([answer] { answer->first.send(std::move(answer->second)); });
  }
  void when_gone(std::function<void()> gone) override {
    if (client_.pending()) client_.sink()->when_gone(std::move(gone));
  }

 private:
  runtime::Runtime& runtime_;
  Responder client_;
  const WhenSafe when_safe_;
};

class RequestWork final : public runtime::OutsideWork {
 public:
  RequestWork(const Router& router, Responder responder)
      : router_(router), responder_(std::move(responder)) {}

  std::string_view name() const noexcept override { return request_work; }
  void encode(std::string& bytes) const override { encode_request(responder_.request(), bytes); }
  void run() override {
    const HttpRequest& request = responder_.request();
    const runtime::TraceScope caused_by_it(request.trace);
    router_.handle(request, std::move(responder_));
  }

 private:
  const Router& router_;
  Responder responder_;
};

/// The request of a record, and where its answer ends.
class ReplayedRequest final : public ResponseSink {
 public:
  ReplayedRequest(runtime::Runtime& runtime, std::string bytes)
      : runtime_(runtime), bytes_(std::move(bytes)) {
    MsgpackReader reader(bytes_);
    reader.expect_array(6);
    const std::uint64_t method = reader.unsigned_integer();
    if (method > static_cast<std::uint64_t>(Method::other)) reader.fail();
    request_.method = static_cast<Method>(method);
    request_.path = reader.text();
    request_.query = reader.text();
    for (std::size_t left = reader.array(); left > 0 && reader.ok(); --left) {
      reader.expect_array(2);
      const std::string_view name = reader.text();
      fields_.push_back({name, reader.text()});
    }
    request_.headers = fields_;
    request_.body = reader.binary();
    request_.request_id = reader.text();
    request_.trace = runtime::trace_of(request_.request_id);
    is_sound_ = reader.finished();
  }

  [[nodiscard]] bool is_sound() const noexcept { return is_sound_; }
  const HttpRequest& request() const noexcept override { return request_; }
  void respond(Response response, std::string_view route) noexcept override {
    runtime_.command(answer_command, encode_answer(request_, response, route));
  }

 private:
  runtime::Runtime& runtime_;
  const std::string bytes_;
  std::vector<HeaderField> fields_;
  HttpRequest request_;
  bool is_sound_ = false;
};

}  // namespace

void enter_request(runtime::Runtime& runtime, const Router& router, Responder responder,
                   const WhenSafe& when_safe) {
  const HttpRequest& request = responder.request();
  const std::string_view page = without_slash(request.path);
  if (!runtime.is_sequenced() || std::ranges::find(direct_pages, page) != direct_pages.end() ||
      !router.is_recorded(request.path)) {
    router.handle(request, std::move(responder));
  } else if (std::ranges::find(figure_pages, page) != figure_pages.end()) {
    runtime.observe([&router, &request, responder = std::move(responder)]() mutable {
      router.handle(request, std::move(responder));
    });
  } else {
    Responder recorded{std::make_shared<RecordedAnswer>(runtime, std::move(responder), when_safe)};
    runtime.enter(std::make_unique<RequestWork>(router, std::move(recorded)));
  }
}

std::unique_ptr<runtime::OutsideWork> remake_request(runtime::Runtime& runtime,
                                                     const Router& router, std::string_view bytes) {
  auto replayed = std::make_shared<ReplayedRequest>(runtime, std::string{bytes});
  if (!replayed->is_sound()) return nullptr;
  return std::make_unique<RequestWork>(router, Responder{std::move(replayed)});
}

std::string describe_request(std::string_view bytes) {
  MsgpackReader reader(bytes);
  reader.expect_array(6);
  const std::uint64_t method = reader.unsigned_integer();
  const std::string_view path = reader.text();
  if (!reader.ok() || method > static_cast<std::uint64_t>(Method::other)) return "a request";
  return std::string{to_text(static_cast<Method>(method))} + " " + std::string{path};
}

}  // namespace hts::http
