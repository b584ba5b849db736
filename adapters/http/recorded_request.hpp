#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "adapters/http/http_message.hpp"
#include "adapters/http/responder.hpp"
#include "adapters/http/router.hpp"
#include "engine/runtime/outside_work.hpp"

namespace hts::runtime {
class Runtime;
}

/// HTTP requests as inputs of a runtime whose inputs are recorded, and their answers as its
/// commands.
///
/// Recorded of a request: method, path, query, body, request id, and the header fields that
/// handlers read (content-type, accept, origin, host, idempotency-key, prefer): never credentials.
/// Of an answer: status, type, further fields and body, which is clipped when it is long.
namespace hts::http {

inline constexpr std::string_view request_work = "http.request";
inline constexpr std::string_view answer_command = "http.answer";

/// Calls back when what was recorded so far is safe; empty: at once.
using WhenSafe = std::function<void(std::function<void()>)>;

/// Gives a request to the router: recorded if the runtime records, but for pages that only look
/// (health, metrics, actors, events, files of candles, what was built at the start, what the router
/// was told) and for scheduled tasks, which are outside of the actors. The runtime and router
/// outlive it; the answer goes out once the record of it is safe.
void enter_request(runtime::Runtime& runtime, const Router& router, Responder responder,
                   const WhenSafe& when_safe = {});

/// For a replay: the work that a record named `request_work` holds; its answer goes to
/// Runtime::command only. Null when the bytes are not those of a request.
[[nodiscard]] std::unique_ptr<runtime::OutsideWork> remake_request(runtime::Runtime& runtime,
                                                                   const Router& router,
                                                                   std::string_view bytes);

/// "POST /api/backtests/run", for people who look at a record.
[[nodiscard]] std::string describe_request(std::string_view bytes);

}  // namespace hts::http
