// Requests to the daemon: the parser says the same however the bytes come, and every reader of a
// body or a query answers with a value or a sentence.
#include <algorithm>

#include "adapters/http/http_message.hpp"
#include "adapters/http/job_request.hpp"
#include "adapters/http/request_parser.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/http/session_request.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;
using hts::http::RequestParser;

namespace {

struct Outcome {
  RequestParser::State state = RequestParser::State::need_more;
  int status = 0;
  std::string path;
  std::string body;
};

Outcome parse(std::string_view bytes, std::size_t piece) {
  RequestParser parser({.header_bytes = 1024, .header_fields = 10, .body_bytes = 4096});
  std::string waiting;
  Outcome outcome;
  while (outcome.state == RequestParser::State::need_more && !bytes.empty()) {
    const std::size_t count = std::min(piece, bytes.size());
    waiting.append(bytes.substr(0, count));
    bytes.remove_prefix(count);
    std::size_t consumed = 0;
    outcome.state = parser.feed(waiting, consumed);
    require(consumed <= waiting.size());
    waiting.erase(0, consumed);
  }
  if (outcome.state == RequestParser::State::failed) outcome.status = parser.failure_status();
  if (outcome.state == RequestParser::State::complete) {
    outcome.path = parser.request().path;
    outcome.body = parser.request().body;
  }
  return outcome;
}

/// Every refusal is a sentence.
template <class T>
void told(const hts::result::Result<T>& read) {
  require(read || !read.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  const Outcome whole = parse(text, size + 1);
  require(whole.state != RequestParser::State::failed || whole.status >= 400);
  (void)parse(text, 1);

  told(hts::http::parse_run_request(text));
  told(hts::http::parse_active_flag(text));
  told(hts::http::parse_run_id(text));
  told(hts::http::parse_task_id(text));
  told(hts::http::parse_list(text));
  auto session = hts::http::parse_session_start(text);
  told(session);
  if (session) told(hts::http::plan_of(std::move(*session)));
  told(hts::http::parse_enter(text));
  told(hts::http::parse_close(text));
  told(hts::http::parse_halt(text));
  told(hts::http::parse_slot_change({}, text));
  hts::http::HttpRequest request;
  request.method = hts::http::Method::post;
  request.path = "/api/jobs";
  request.body = text;
  told(hts::http::parse_backtest_job(request));
  told(hts::http::parse_job(
      request, [](std::string_view, std::string_view) { return hts::result::success(); }));
  return 0;
}
