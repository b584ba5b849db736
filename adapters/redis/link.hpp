#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "adapters/redis/connection.hpp"

namespace hts::redis {

/// The wait before the next attempt to connect: doubles up to a limit, with jitter, so that many
/// workers do not come back at once. One thread.
class Backoff {
 public:
  /// After one more failure: uniform in the upper half of min(5 s, 50 ms · 2^(failures-1)).
  [[nodiscard]] std::chrono::milliseconds next();
  void reset() noexcept { failures_ = 0; }

 private:
  int failures_ = 0;
  std::minstd_rand random_{std::random_device{}()};
};

/// A connection that comes back: opened when it is first used, opened again after it was lost.
/// While the server is away, calls fail at once between two attempts. A command is never sent
/// twice, but for a script that the server did not know.
///
/// Thread-safe; calls take turns.
class Link {
 public:
  /// Called with each new connection before it is used.
  using Welcome = std::function<result::Status(Connection&)>;

  Link(RedisAddress address, std::string password, ConnectionLimits limits, Welcome welcome);

  /// As many replies as commands; errors of the server are replies.
  /// Errors: unavailable; those of `Connection::open` and of the welcome.
  [[nodiscard]] result::Result<std::vector<Reply>> run(const Pipeline& pipeline);
  /// Connects if that is not done, without regard to the wait.
  [[nodiscard]] result::Status connect();
  [[nodiscard]] const RedisAddress& address() const noexcept { return address_; }

 private:
  [[nodiscard]] result::Status ensure_connected();
  [[nodiscard]] result::Status open_connection();
  [[nodiscard]] result::Status teach_scripts(const Pipeline& pipeline, std::vector<Reply>& replies);

  const RedisAddress address_;
  const std::string password_;
  const ConnectionLimits limits_;
  const Welcome welcome_;

  std::mutex mutex_;
  std::optional<Connection> connection_;
  Backoff backoff_;
  std::chrono::steady_clock::time_point next_attempt_{};
  std::optional<result::Error> last_error_;
};

}  // namespace hts::redis
