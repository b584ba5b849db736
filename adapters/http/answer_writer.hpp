#pragma once

#include <string>
#include <string_view>

#include "adapters/http/http_message.hpp"

namespace hts::http {

/// What the connection knows about an answer that the handler does not.
struct AnswerFrame {
  bool head_only = false;  ///< the request was HEAD: length as it would be, no content
  bool close = false;
  bool confirm_keep_alive = false;  ///< an HTTP/1.0 client keeps the connection only when told
  std::string_view request_id;
};

/// Appends status line and fields, up to and with the empty line. Reads the wall clock for Date.
void append_answer_head(std::string& out, const Response& response, const AnswerFrame& frame);

/// A request id that the server may take over from a client: 1 to 64 of letters, digits, `-_.`.
[[nodiscard]] bool is_sane_request_id(std::string_view text) noexcept;

}  // namespace hts::http
