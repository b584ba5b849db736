#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "adapters/http/problem.hpp"
#include "engine/result/result.hpp"

namespace hts::http {

/// Where a Responder's answer goes: a connection, or a test. `respond` is called exactly once for
/// each request, from any thread, and must not throw.
class ResponseSink {
 public:
  virtual ~ResponseSink() = default;
  [[nodiscard]] virtual const HttpRequest& request() const noexcept = 0;
  virtual void respond(Response response, std::string_view route) noexcept = 0;
  /// Calls `gone` once, on any thread, if the client leaves before its answer is given. Any thread;
  /// before the answer is. A sink that cannot notice never calls.
  virtual void when_gone(std::function<void()> gone) { (void)gone; }
};

/// The right to answer one request, once, from any thread, now or later.
///
/// Move-only. Destroyed unused it answers 500, so no client waits for a forgotten request. The
/// request's views stay valid until the answer is given. It keeps the connection's memory, not the
/// socket: an answer to a client that has gone is dropped.
class Responder {
 public:
  explicit Responder(std::shared_ptr<ResponseSink> sink) noexcept : sink_(std::move(sink)) {}
  Responder(Responder&& other) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder();

  /// The template that the request matched, for the access log and metrics; never a raw path. Must
  /// outlive the answer.
  void set_route(std::string_view route) noexcept { route_ = route; }

  /// Requires that no answer was given yet, as do all below.
  void send(Response response) noexcept;
  void fail(const Problem& problem) noexcept;
  void fail(const result::Error& error) noexcept;

  /// False once answered or moved from.
  [[nodiscard]] bool pending() const noexcept { return sink_ != nullptr; }
  [[nodiscard]] const HttpRequest& request() const noexcept { return sink_->request(); }
  /// Where the answer will go, for `when_gone` after the Responder was moved away.
  [[nodiscard]] const std::shared_ptr<ResponseSink>& sink() const noexcept { return sink_; }

 private:
  std::shared_ptr<ResponseSink> sink_;
  std::string_view route_ = "unmatched";
};

}  // namespace hts::http
