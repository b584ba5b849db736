#include "adapters/http/responder.hpp"

#include <utility>

namespace hts::http {

Responder& Responder::operator=(Responder&& other) noexcept {
  // The old right to answer ends here, so it answers first.
  Responder old{std::move(sink_)};
  old.route_ = route_;
  sink_ = std::move(other.sink_);
  route_ = other.route_;
  return *this;
}

Responder::~Responder() {
  if (pending()) {
    fail(result::make_error(result::ErrorCode::internal, "The request was dropped unanswered."));
  }
}

void Responder::send(Response response) noexcept {
  const std::shared_ptr<ResponseSink> sink = std::move(sink_);
  if (sink) sink->respond(std::move(response), route_);
}

void Responder::fail(const Problem& problem) noexcept {
  if (!pending()) return;
  send(problem_response(problem, request().path, request().request_id));
}

void Responder::fail(const result::Error& error) noexcept {
  fail(to_problem(error));
}

}  // namespace hts::http
