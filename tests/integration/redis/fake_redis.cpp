#include "fake_redis.hpp"

#include <stdexcept>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hts::testing {
namespace {

/// The name of a command in RESP: what stands in the third line.
std::string name_of(const std::string& request) {
  const auto second = request.find("\r\n", request.find("\r\n") + 2);
  const auto third = request.find("\r\n", second + 2);
  return request.substr(second + 2, third - second - 2);
}

}  // namespace

FakeRedis::FakeRedis(std::string info) : info_(std::move(info)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 8) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for a fake Redis");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

FakeRedis::~FakeRedis() {
  is_over_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  thread_.join();
  ::close(listener_);
}

void FakeRedis::serve() {
  while (!is_over_) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    if (connection < 0) continue;
    answer(connection);
    ::close(connection);
  }
}

/// One who asks waits for each answer here, so a read is a command.
void FakeRedis::answer(int connection) {
  char buffer[4096];
  for (;;) {
    const ssize_t size = ::recv(connection, buffer, sizeof(buffer), 0);
    if (size <= 0) return;
    const std::string name = name_of(std::string(buffer, static_cast<std::size_t>(size)));
    std::string reply = "+OK\r\n";
    if (name == "INFO") {
      reply = "$" + std::to_string(info_.size()) + "\r\n" + info_ + "\r\n";
    } else if (name != "SELECT" && name != "AUTH" && name != "PING") {
      ++changes_;
    }
    if (::send(connection, reply.data(), reply.size(), MSG_NOSIGNAL) < 0) return;
  }
}

}  // namespace hts::testing
