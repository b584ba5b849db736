#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/redis/pipeline.hpp"
#include "adapters/redis/redis_address.hpp"
#include "adapters/redis/reply.hpp"
#include "engine/result/result.hpp"

struct redisContext;

namespace hts::redis {

struct ConnectionLimits {
  std::chrono::milliseconds connect{3000};
  /// Between two bytes of an answer: a server that accepts and never answers is `unavailable`
  /// after this long, never a hang.
  std::chrono::milliseconds answer{5000};
};

/// One TCP connection to a Redis. After an error of code unavailable it is of no more use. One
/// thread.
class Connection {
 public:
  /// Connected, authenticated, in its database. `password` empty: none. Errors: unavailable when
  /// the server cannot be reached; invalid, field `jobs.password_file` or `jobs.store`, when it
  /// refuses the password or the database. No sentence holds the password.
  [[nodiscard]] static result::Result<Connection> open(const RedisAddress& address,
                                                       const std::string& password,
                                                       ConnectionLimits limits);

  /// Sends all and gives as many replies; what the server refused is a reply that is_error().
  /// Error: unavailable, any of the commands may have been done.
  [[nodiscard]] result::Result<std::vector<Reply>> run(std::string_view bytes, std::size_t count);
  [[nodiscard]] result::Result<std::vector<Reply>> run(const Pipeline& pipeline) {
    return run(pipeline.bytes(), pipeline.size());
  }
  /// One command.
  [[nodiscard]] result::Result<Reply> run(std::initializer_list<std::string_view> arguments);

  /// Waits for something that was not asked for (a published message); nothing within `wait`.
  /// Error: unavailable.
  [[nodiscard]] result::Result<std::vector<Reply>> wait_for_message(std::chrono::milliseconds wait);
  [[nodiscard]] result::Status send(std::string_view bytes);

  /// The other side has closed, as far as this machine knows. Does not block.
  [[nodiscard]] bool is_closed() const noexcept;

 private:
  struct Close {
    void operator()(redisContext* context) const noexcept;
  };
  Connection(redisContext* context, RedisAddress address, ConnectionLimits limits)
      : context_(context), address_(std::move(address)), limits_(limits) {}

  [[nodiscard]] result::Error lost() const;
  [[nodiscard]] result::Status log_in(const std::string& password);

  std::unique_ptr<redisContext, Close> context_;
  RedisAddress address_;
  ConnectionLimits limits_;
};

/// The reason that the server gave, as an error with the next step: unavailable when it will pass
/// or an operator has to act first (loading, read-only, out of memory, disk full), storage
/// otherwise. `address` as RedisAddress::text gives it.
[[nodiscard]] result::Error refused_by_server(const std::string& address, std::string_view reason);

}  // namespace hts::redis
