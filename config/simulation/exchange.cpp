#include "config/simulation/exchange.hpp"

#include <algorithm>
#include <utility>

#include "adapters/http/problem.hpp"
#include "engine/runtime/random.hpp"

namespace hts::simulation {
namespace {

std::string to_bytes(const ClientRequest& request) {
  std::string bytes = request.method + " " + request.target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!request.body.empty()) {
    bytes +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(request.body.size()) +
        "\r\n";
  }
  return bytes + "\r\n" + request.body;
}

}  // namespace

Exchange::Exchange(Referee& referee, const ClientRequest& request, time::Timestamp patience_ends,
                   OnAnswer on_answer)
    : referee_(referee),
      title_(request.method + " " + request.target),
      bytes_(to_bytes(request)),
      request_id_("simulated-" + std::to_string(referee.step())),
      patience_ends_(patience_ends),
      on_answer_(std::move(on_answer)),
      parser_({}) {}

void Exchange::send(runtime::Runtime& runtime, const http::Router& router,
                    const http::WhenSafe& when_safe, Dice& dice) {
  std::string_view rest = bytes_;
  std::size_t offered = 0;
  for (;;) {
    const bool whole =
        (offered = std::min(rest.size(), offered + 1 + dice.below(rest.size()))) == rest.size();
    std::size_t consumed = 0;
    const auto state = parser_.feed(rest.substr(0, offered), consumed);
    if (state == http::RequestParser::State::complete) break;
    if (state == http::RequestParser::State::failed) {
      http::Response refusal;
      refusal.status = parser_.failure_status();
      respond(std::move(refusal), "unreadable");
      return;
    }
    if (whole) {
      referee_.violated("request_read", "the parser wants more than the whole request: " + title_);
      respond({}, "unreadable");
      return;
    }
    rest.remove_prefix(consumed);
    offered -= consumed;
  }
  parser_.request().request_id = request_id_;
  http::enter_request(runtime, router, http::Responder(shared_from_this()), when_safe);
}

void Exchange::respond(http::Response response, std::string_view route) noexcept {
  if (forgotten_) return;
  if (referee_.tracing()) {
    referee_.tell(title_ + " answered " + std::to_string(response.status) + " " +
                  response.content().substr(0, 160));
  }
  if (++answers_ > 1) {
    referee_.violated("answered_once", "a second answer came: " + title_);
    return;
  }
  referee_.note(static_cast<std::uint64_t>(response.status));
  referee_.note(runtime::detail::stable_hash(route));
  // The figures of the process that simulates are not the simulation's.
  if (route != "/metrics") referee_.note(runtime::detail::stable_hash(response.content()));
  if (const OnAnswer on_answer = std::exchange(on_answer_, nullptr)) on_answer(response);
}

}  // namespace hts::simulation
