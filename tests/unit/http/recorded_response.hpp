#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/http/responder.hpp"

namespace hts::http {

/// Takes the answer that a handler gives, in place of a connection.
class RecordedResponse final : public ResponseSink {
 public:
  explicit RecordedResponse(HttpRequest request) : request_(request) {}

  [[nodiscard]] const HttpRequest& request() const noexcept override { return request_; }
  void respond(Response response, std::string_view route) noexcept override {
    responses.push_back(std::move(response));
    routes.emplace_back(route);
  }

  std::vector<Response> responses;
  std::vector<std::string> routes;

 private:
  HttpRequest request_;
};

[[nodiscard]] inline HttpRequest request_of(Method method, std::string_view path,
                                            std::string_view query = {}) {
  HttpRequest request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.request_id = "id-1";
  return request;
}

}  // namespace hts::http
