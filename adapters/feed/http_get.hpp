#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/result/result.hpp"

namespace hts::feed {

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::optional<std::chrono::seconds> retry_after;  ///< the header of that name, in seconds
};

/// HTTP GET on one kept-alive connection, blocking. TLS certificates and host names are verified;
/// redirects are not followed; only http and https. One thread.
class HttpGet {
 public:
  struct Options {
    std::chrono::milliseconds timeout{15'000};  ///< for a whole request; a third of it to connect
    std::size_t most_bytes = std::size_t{4} << 20U;
    std::function<bool()> cancelled;  ///< asked several times a second while waiting; may be empty
  };

  explicit HttpGet(Options options);
  HttpGet(HttpGet&&) noexcept;
  HttpGet& operator=(HttpGet&&) = delete;
  ~HttpGet();

  /// Any answer with a status line is a value. Errors: timed_out, cancelled, too_large, invalid for
  /// a URL that is none, and network for all else, an incomplete body among it.
  [[nodiscard]] result::Result<HttpAnswer> get(const std::string& url);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace hts::feed
