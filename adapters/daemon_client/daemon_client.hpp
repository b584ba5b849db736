#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "adapters/daemon_client/event_parser.hpp"
#include "engine/result/result.hpp"

/// A running daemon as seen by command-line programs.
namespace hts::daemon_client {

struct Answer {
  long status = 0;   ///< HTTP status
  std::string body;  ///< JSON
};

/// One blocking HTTP exchange. `url` is the daemon's address and the path:
/// `http://127.0.0.1:8000/health`. Only http and https. Errors: network (nobody listens, no answer
/// in time), with the address and the next step.
[[nodiscard]] result::Result<Answer> get(const std::string& url, std::chrono::milliseconds timeout);
[[nodiscard]] result::Result<Answer> post_json(const std::string& url, const std::string& body,
                                               std::chrono::milliseconds timeout);
/// A change that needs no body.
[[nodiscard]] result::Result<Answer> post(const std::string& url,
                                          std::chrono::milliseconds timeout);
[[nodiscard]] result::Result<Answer> remove(const std::string& url,
                                            std::chrono::milliseconds timeout);

/// GET whose content goes to `take` piece by piece if the status is 200, and else into the answer
/// (64 KB of it at most). `keep_going` is asked every 20 ms. Errors: network as above,
/// also when nothing came for 15 s; cancelled when `keep_going` says no; those of `take`.
[[nodiscard]] result::Result<Answer> download(
    const std::string& url, const std::function<result::Status(std::string_view)>& take,
    const std::function<bool()>& keep_going);

/// Listens to server-sent events until the daemon ends them, `keep_going` (asked several times a
/// second) says no, which is success, or nothing was heard for 45 s. `opened` is called once it
/// listens. Both and `use` are called on the calling thread. Errors: network as above; unavailable
/// when the daemon offers no events.
[[nodiscard]] result::Status listen(const std::string& url, const std::function<void()>& opened,
                                    const std::function<void(const Event&)>& use,
                                    const std::function<bool()>& keep_going);

}  // namespace hts::daemon_client
