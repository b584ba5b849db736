#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "adapters/http/http_message.hpp"
#include "adapters/http/recorded_request.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/responder.hpp"
#include "adapters/http/router.hpp"
#include "config/simulation/dice.hpp"
#include "config/simulation/referee.hpp"

namespace hts::simulation {

/// A request as a client writes it.
struct ClientRequest {
  std::string method = "GET";
  std::string target;
  std::string body;
};

/// One HTTP request on its way through the daemon's own parser and router, and its one answer.
class Exchange final : public http::ResponseSink, public std::enable_shared_from_this<Exchange> {
 public:
  using OnAnswer = std::function<void(const http::Response& response)>;

  Exchange(Referee& referee, const ClientRequest& request, time::Timestamp patience_ends,
           OnAnswer on_answer);

  /// Sends the bytes in pieces of the dice's choice. A request that cannot be parsed is answered
  /// here, as the server does.
  void send(runtime::Runtime& runtime, const http::Router& router, const http::WhenSafe& when_safe,
            Dice& dice);

  /// The client leaves: an answer must still be made, but nobody reads it.
  void leave() noexcept { on_answer_ = nullptr; }
  /// The process died: no answer will come, or matter.
  void forget() noexcept { forgotten_ = true; }

  [[nodiscard]] bool answered() const noexcept { return answers_ > 0; }
  /// By then the daemon must have answered.
  [[nodiscard]] time::Timestamp patience_ends() const noexcept { return patience_ends_; }
  [[nodiscard]] const std::string& title() const noexcept { return title_; }

  [[nodiscard]] const http::HttpRequest& request() const noexcept override {
    return parser_.request();
  }
  void respond(http::Response response, std::string_view route) noexcept override;

 private:
  Referee& referee_;
  const std::string title_;
  const std::string bytes_;
  const std::string request_id_;
  const time::Timestamp patience_ends_;
  OnAnswer on_answer_;
  http::RequestParser parser_;
  int answers_ = 0;
  bool forgotten_ = false;
};

}  // namespace hts::simulation
