#include "loopback_client.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace hts::http_test {
namespace {

std::string in_lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

LoopbackClient::LoopbackClient(std::uint16_t port) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_ < 0) return;
  const timeval limit{20, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket_);
    socket_ = -1;
  }
}

LoopbackClient::~LoopbackClient() {
  if (socket_ >= 0) ::close(socket_);
}

bool LoopbackClient::send(std::string_view bytes) {
  while (socket_ >= 0 && !bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return socket_ >= 0;
}

void LoopbackClient::finish_sending() {
  ::shutdown(socket_, SHUT_WR);
}

bool LoopbackClient::receive_more() {
  std::array<char, 65'536> block;
  if (socket_ < 0) return false;
  const ssize_t got = ::recv(socket_, block.data(), block.size(), 0);
  if (got <= 0) return false;
  unread_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

Answer LoopbackClient::receive(bool head_only) {
  Answer answer;
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive_more()) return answer;
  }
  const std::string head = unread_.substr(0, end + 2);
  unread_.erase(0, end + 4);
  const int status = std::atoi(head.c_str() + std::min<std::size_t>(9, head.size()));
  for (std::size_t line = head.find("\r\n") + 2; line < head.size();) {
    const std::size_t line_end = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    answer.headers[in_lower_case(head.substr(line, colon - line))] =
        head.substr(colon + 2, line_end - colon - 2);
    line = line_end + 2;
  }
  const std::string length = answer.header("content-length");
  if (!head_only && !length.empty()) {
    const std::size_t size = std::strtoull(length.c_str(), nullptr, 10);
    while (unread_.size() < size) {
      if (!receive_more()) return answer;
    }
    answer.body = unread_.substr(0, size);
    unread_.erase(0, size);
  }
  answer.status = status;
  return answer;
}

std::string LoopbackClient::receive_until(std::string_view mark) {
  std::size_t found = 0;
  while ((found = unread_.find(mark)) == std::string::npos) {
    if (!receive_more()) return std::exchange(unread_, {});
  }
  std::string text = unread_.substr(0, found + mark.size());
  unread_.erase(0, text.size());
  return text;
}

std::string LoopbackClient::receive_all() {
  while (receive_more()) {
  }
  return std::exchange(unread_, {});
}

bool LoopbackClient::closed_by_server() {
  if (!unread_.empty()) return false;
  if (socket_ < 0) return true;
  char byte = 0;
  const ssize_t got = ::recv(socket_, &byte, 1, 0);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

Answer request(std::uint16_t port, std::string_view method, std::string_view target,
               std::string_view body, std::string_view more_fields) {
  LoopbackClient client{port};
  std::string text;
  text.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: test\r\n");
  if (!body.empty()) {
    text.append(more_fields);
    text.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  }
  text.append("\r\n").append(body);
  client.send(text);
  return client.receive(method == "HEAD");
}

}  // namespace hts::http_test
