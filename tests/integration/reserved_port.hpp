#pragma once

#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace hts::testing {

/// A port of this machine for a server that a test starts, kills and starts again. As long as this
/// object lives nobody else is given the port: between two lives of the server the test of another
/// process would listen there, and be taken for it. The server must set SO_REUSEADDR, as servers
/// do.
class ReservedPort {
 public:
  /// At most `highest`: some servers listen on a second port at a distance.
  explicit ReservedPort(int highest = 65'535) {
    for (int tries = 0; tries < 1000; ++tries) {
      if (bind_any() && number_ <= highest) return;
    }
    throw std::runtime_error("no free port");
  }
  ~ReservedPort() { ::close(socket_); }
  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  bool bind_any() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    // Bound and never listening, with SO_REUSEADDR: the server's own socket may be bound beside it.
    const int yes = 1;
    const bool is_bound = ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) == 0 &&
                          ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                          ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    ::close(std::exchange(socket_, socket));
    number_ = ntohs(address.sin_port);
    return is_bound;
  }

  int socket_ = -1;
  int number_ = 0;
};

}  // namespace hts::testing
