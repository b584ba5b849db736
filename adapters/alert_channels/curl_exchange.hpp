#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "engine/result/result.hpp"

/// What the channels need of libcurl. Included only by the sources of this folder, but for
/// `ExchangeOptions`.
namespace hts::alert_channels {

struct ExchangeOptions {
  std::chrono::milliseconds timeout{10'000};  ///< of a whole delivery
  std::string ca_file;                        ///< trusted beside nothing else; empty: the system's
  /// When set, what is under way ends within a second, as timed out. May be null.
  std::shared_ptr<const std::atomic<bool>> interrupted;
};

/// POSTs and gives the status of the answer; redirects are not followed, certificates are checked.
/// Blocks. Errors name the host only: network, timed_out, and invalid for a certificate that does
/// not fit.
[[nodiscard]] result::Result<long> post(const ExchangeOptions& options, const std::string& url,
                                        const std::string& body,
                                        const std::vector<std::string>& headers);

/// What a status means for a delivery: 2xx success; unavailable for 408, 425, 429 and 5xx; invalid
/// else. `channel` and `host` are named.
[[nodiscard]] result::Status judge(long status, const std::string& channel,
                                   const std::string& host);

struct MailLetter {
  std::string url;  ///< smtp://host:port or smtps://host:port
  std::string user;
  std::string password;
  bool must_encrypt = true;
  std::string from;
  std::vector<std::string> to;
  std::string text;  ///< whole, with its headers, lines end with CRLF
};

/// Sends. Receivers that the server refuses while it takes others are given back. Blocks. Errors
/// as of post, and invalid for what the server refuses for good: credentials, sender, all
/// receivers, no encryption.
[[nodiscard]] result::Result<std::vector<std::string>> send_mail(const ExchangeOptions& options,
                                                                 const MailLetter& letter);

}  // namespace hts::alert_channels
