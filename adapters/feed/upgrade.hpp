#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/feed/stream_url.hpp"

/// The beginning of a WebSocket: an HTTP request and its answer (RFC 6455, section 4).
namespace hts::feed {

/// The key of a request, of 16 random bytes.
[[nodiscard]] std::string upgrade_key(std::uint64_t first, std::uint64_t second);

[[nodiscard]] std::string upgrade_request(const StreamUrl& url, std::string_view key);

/// What a server that knows WebSocket makes of a client's key. Empty when OpenSSL fails.
[[nodiscard]] std::string upgrade_accept(std::string_view key);

/// Whether a header field that is a list has this word, in any case.
[[nodiscard]] bool has_token(std::string_view list, std::string_view token);

struct UpgradeAnswer {
  bool is_accepted = false;
  std::string problem;  ///< the end of a sentence, when it is not
  std::chrono::seconds retry_after{};
};

/// `head` is the answer up to its empty line.
[[nodiscard]] UpgradeAnswer read_upgrade_answer(std::string_view head, std::string_view key);

}  // namespace hts::feed
