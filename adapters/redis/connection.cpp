#include "adapters/redis/connection.hpp"

#include <cerrno>
#include <cstring>

#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

namespace hts::redis {
namespace {

timeval timeval_of(std::chrono::milliseconds duration) {
  timeval value{};
  value.tv_sec = duration.count() / 1000;
  value.tv_usec = (duration.count() % 1000) * 1000;
  return value;
}

std::string seconds_text(std::chrono::milliseconds duration) {
  const auto tenths = (duration.count() + 50) / 100;
  std::string text = std::to_string(tenths / 10);
  if (tenths % 10 != 0) text += "." + std::to_string(tenths % 10);
  return text + " s";
}

result::Error unavailable(std::string message) {
  return result::make_error(result::ErrorCode::unavailable, std::move(message));
}

constexpr std::string_view start_it =
    "check that it runs and can be reached from this machine (redis-cli -h HOST -p PORT ping)";

}  // namespace

result::Result<Connection> Connection::open(const RedisAddress& address,
                                            const std::string& password, ConnectionLimits limits) {
  redisContext* context =
      redisConnectWithTimeout(address.host.c_str(), address.port, timeval_of(limits.connect));
  if (context == nullptr) return unavailable("There is no memory for a connection to Redis.");
  Connection connection(context, address, limits);
  if (context->err != 0) {
    return unavailable("Redis at " + address.text() + " cannot be reached (" + context->errstr +
                       "): " + std::string(start_it) + ".");
  }
  redisSetTimeout(context, timeval_of(limits.answer));
  redisEnableKeepAlive(context);
  if (auto logged_in = connection.log_in(password); !logged_in) return logged_in.error();
  return connection;
}

result::Status Connection::log_in(const std::string& password) {
  if (!password.empty()) {
    auto reply =
        address_.user.empty() ? run({"AUTH", password}) : run({"AUTH", address_.user, password});
    if (!reply) return reply.error();
    if (reply->view().is_error()) {
      return result::make_error(result::ErrorCode::invalid,
                                "Redis at " + address_.text() +
                                    " refuses the user or the password: correct the file that "
                                    "jobs.password_file names, or the user in jobs.store.",
                                "jobs.password_file");
    }
  }
  auto reply = run({"SELECT", std::to_string(address_.database)});
  if (!reply) return reply.error();
  const ReplyView view = reply->view();
  if (!view.is_error()) return result::success();
  if (view.text().starts_with("NOAUTH") || view.text().starts_with("NOPERM")) {
    return result::make_error(
        result::ErrorCode::invalid,
        "Redis at " + address_.text() +
            " wants a password: put it into a file and name that in jobs.password_file.",
        "jobs.password_file");
  }
  if (view.text().starts_with("ERR")) {
    return result::make_error(result::ErrorCode::invalid,
                              "Redis at " + address_.text() + " has no database " +
                                  std::to_string(address_.database) +
                                  ": give another number after the / of jobs.store.",
                              "jobs.store");
  }
  return refused_by_server(address_.text(), view.text());
}

result::Error Connection::lost() const {
  const bool is_late = context_->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EWOULDBLOCK);
  if (is_late) {
    return unavailable("Redis at " + address_.text() + " did not answer within " +
                       seconds_text(limits_.answer) +
                       ": check that the machine and the network are not overloaded or stopped.");
  }
  return unavailable("The connection to Redis at " + address_.text() +
                     " was lost: " + std::string(start_it) + ".");
}

result::Status Connection::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      context_->err = REDIS_ERR_IO;
      return lost();
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return result::success();
}

result::Result<std::vector<Reply>> Connection::run(std::string_view bytes, std::size_t count) {
  if (auto sent = send(bytes); !sent) return sent.error();
  std::vector<Reply> replies;
  replies.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    void* reply = nullptr;
    errno = 0;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK) return lost();
    replies.emplace_back(static_cast<redisReply*>(reply));
  }
  return replies;
}

result::Result<Reply> Connection::run(std::initializer_list<std::string_view> arguments) {
  Pipeline pipeline;
  pipeline.add(arguments);
  auto replies = run(pipeline);
  if (!replies) return replies.error();
  return std::move(replies->front());
}

result::Result<std::vector<Reply>> Connection::wait_for_message(std::chrono::milliseconds wait) {
  std::vector<Reply> messages;
  const auto take_buffered = [&] {
    void* reply = nullptr;
    while (redisGetReplyFromReader(context_.get(), &reply) == REDIS_OK && reply != nullptr) {
      messages.emplace_back(static_cast<redisReply*>(reply));
      reply = nullptr;
    }
  };
  take_buffered();
  if (!messages.empty()) return messages;
  pollfd waiting{context_->fd, POLLIN, 0};
  const int ready = ::poll(&waiting, 1, static_cast<int>(wait.count()));
  if (ready <= 0) return messages;
  errno = 0;
  if (redisBufferRead(context_.get()) != REDIS_OK) return lost();
  take_buffered();
  if (context_->err != 0) return lost();
  return messages;
}

bool Connection::is_closed() const noexcept {
  char byte = 0;
  const ssize_t got = ::recv(context_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

void Connection::Close::operator()(redisContext* context) const noexcept {
  redisFree(context);
}

result::Error refused_by_server(const std::string& address, std::string_view reason) {
  const std::string server = "Redis at " + address;
  const auto is = [&](std::string_view word) { return reason.find(word) != reason.npos; };
  if (is("LOADING")) return unavailable(server + " is still reading its data: wait a moment.");
  if (is("READONLY") || is("MASTERDOWN")) {
    return unavailable(server +
                       " is a read-only replica: give the address of its primary in jobs.store.");
  }
  if (is("OOM ")) {
    return unavailable(server +
                       " has reached its maxmemory: raise it, or remove jobs that have ended.");
  }
  if (is("MISCONF")) {
    return unavailable(server +
                       " cannot write to its disk and takes no changes: free room on its disk.");
  }
  if (is("BUSY")) return unavailable(server + " is busy with a script of somebody: wait a moment.");
  if (is("WRONGTYPE")) {
    return result::make_error(
        result::ErrorCode::storage,
        server +
            " has a key of another program under our prefix: move that program's keys, or "
            "give another database in jobs.store.");
  }
  return result::make_error(result::ErrorCode::storage,
                            server + " refused a command (" + std::string(reason) +
                                "): look into its log, and check the rights of the user.");
}

}  // namespace hts::redis
