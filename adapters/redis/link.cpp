#include "adapters/redis/link.hpp"

#include <algorithm>
#include <utility>

#include "adapters/redis/scripts.hpp"

namespace hts::redis {
namespace {

bool is_unknown_script(const Reply& reply) {
  return reply.view().is_error() && reply.view().text().starts_with("NOSCRIPT");
}

}  // namespace

std::chrono::milliseconds Backoff::next() {
  constexpr int longest = 5000;
  const int most = failures_ >= 7 ? longest : std::min(longest, 50 << failures_);
  ++failures_;
  return std::chrono::milliseconds{std::uniform_int_distribution<int>(most / 2, most)(random_)};
}

Link::Link(RedisAddress address, std::string password, ConnectionLimits limits, Welcome welcome)
    : address_(std::move(address)),
      password_(std::move(password)),
      limits_(limits),
      welcome_(std::move(welcome)) {}

result::Status Link::connect() {
  const std::scoped_lock lock(mutex_);
  return connection_ ? result::success() : open_connection();
}

result::Status Link::open_connection() {
  auto opened = Connection::open(address_, password_, limits_);
  result::Status status = result::success();
  if (!opened) {
    status = opened.error();
  } else if (welcome_) {
    status = welcome_(*opened);
  }
  if (!status) {
    last_error_ = status.error();
    next_attempt_ = std::chrono::steady_clock::now() + backoff_.next();
    return status;
  }
  connection_.emplace(std::move(*opened));
  backoff_.reset();
  last_error_.reset();
  return result::success();
}

result::Status Link::ensure_connected() {
  if (connection_ && connection_->is_closed()) connection_.reset();
  if (connection_) return result::success();
  if (last_error_ && std::chrono::steady_clock::now() < next_attempt_) return *last_error_;
  return open_connection();
}

result::Status Link::teach_scripts(const Pipeline& pipeline, std::vector<Reply>& replies) {
  Pipeline lesson;
  load_scripts(lesson);
  const std::size_t lessons = lesson.size();
  std::string bytes(lesson.bytes());
  std::vector<std::size_t> unknown;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!is_unknown_script(replies[i])) continue;
    unknown.push_back(i);
    bytes.append(pipeline.command(i));
  }
  auto again = connection_->run(bytes, lessons + unknown.size());
  if (!again) return again.error();
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    replies[unknown[i]] = std::move((*again)[lessons + i]);
  }
  return result::success();
}

result::Result<std::vector<Reply>> Link::run(const Pipeline& pipeline) {
  const std::scoped_lock lock(mutex_);
  if (auto connected = ensure_connected(); !connected) return connected.error();
  auto replies = connection_->run(pipeline);
  if (replies && std::ranges::any_of(*replies, is_unknown_script)) {
    if (auto taught = teach_scripts(pipeline, *replies); !taught) replies = taught.error();
  }
  if (!replies) {
    connection_.reset();
    last_error_ = replies.error();
    next_attempt_ = std::chrono::steady_clock::now();
  }
  return replies;
}

}  // namespace hts::redis
