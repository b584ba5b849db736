#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/ports/alerts.hpp"
#include "engine/time/timestamp.hpp"

/// The text of an e-mail. Pure.
namespace hts::alert_channels {

/// A header's text in ASCII: as it is, or as encoded words of at most 75 characters (RFC 2047),
/// folded. Line ends and other control characters become blanks, so that no header can be added.
[[nodiscard]] std::string header_text(std::string_view text);

/// Base64 (RFC 4648) in lines of 76 characters that end with CRLF.
[[nodiscard]] std::string base64_lines(std::string_view bytes);

/// Whether it is one plain address, `name@host.example`, without anything that could end a command.
[[nodiscard]] bool is_mail_address(std::string_view text) noexcept;

/// A whole letter of plain UTF-8 text: From, To, Date, Subject, a Message-ID that is the same for
/// the same alerts, the id of each alert as X-HTS-Alert-Id; the body in base64, so that no line of
/// it can be taken for a command.
[[nodiscard]] std::string letter_text(const ports::AlertMessage& message, std::string_view from,
                                      const std::vector<std::string>& to, time::Timestamp now);

}  // namespace hts::alert_channels
