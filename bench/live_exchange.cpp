#include "live_exchange.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live.hpp"

namespace hts::bench {
namespace {

bool send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_more(int socket, std::string& bytes) {
  std::array<char, 16'384> buffer;
  const auto got = ::recv(socket, buffer.data(), buffer.size(), 0);
  if (got <= 0) return false;
  bytes.append(buffer.data(), static_cast<std::size_t>(got));
  return true;
}

/// RFC 6455, 4.2.2: what proves that the server speaks WebSocket.
std::string accept_key(std::string key) {
  key += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
  SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  std::array<unsigned char, 32> text;
  const int length = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

void append_number(std::string& text, std::uint64_t number) {
  std::array<char, 20> digits;
  auto* at = digits.data() + digits.size();
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number > 0);
  text.append(at, digits.data() + digits.size());
}

}  // namespace

void append_trade(std::string& bytes, std::uint64_t symbol, time::Timestamp time,
                  std::uint64_t sequence, std::uint64_t quantity) {
  const auto milliseconds = static_cast<std::uint64_t>(time::to_milliseconds(time));
  bytes += R"({"stream":"s)";
  append_number(bytes, symbol);
  bytes += R"(usdt@trade","data":{"e":"trade","E":)";
  append_number(bytes, milliseconds);
  bytes += R"(,"s":"S)";
  append_number(bytes, symbol);
  bytes += R"(USDT","t":)";
  append_number(bytes, sequence);
  bytes += R"(,"p":")";
  append_number(bytes, 100 + sequence * 7919 % 11);
  bytes += R"(.50000000","q":")";
  append_number(bytes, quantity);
  bytes += R"(.00000000","T":)";
  append_number(bytes, milliseconds);
  bytes += R"(,"m":true,"M":true}})";
}

void append_trade_frame(std::string& bytes, std::uint64_t symbol, time::Timestamp time,
                        std::uint64_t sequence, std::uint64_t quantity) {
  const std::size_t head = bytes.size();
  bytes.append("\x81\x7e__", 4);
  append_trade(bytes, symbol, time, sequence, quantity);
  const std::size_t length = bytes.size() - head - 4;
  bytes[head + 2] = static_cast<char>(length >> 8U);
  bytes[head + 3] = static_cast<char>(length & 0xffU);
}

LoopbackExchange::LoopbackExchange() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      listen(listener_, 64) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail("no free port");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { accept(); });
}

LoopbackExchange::~LoopbackExchange() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  for (const int socket : sockets_) shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : threads_) thread.join();
  for (const int socket : sockets_) close(socket);
  close(listener_);
}

void LoopbackExchange::accept() {
  for (;;) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    const int yes = 1;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    sockets_.push_back(socket);
    threads_.emplace_back([this, socket] { serve(socket); });
  }
}

void LoopbackExchange::serve(int socket) {
  std::string bytes;
  for (;;) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string::npos) {
      if (!receive_more(socket, bytes)) return;
      continue;
    }
    constexpr std::string_view key_header = "Sec-WebSocket-Key: ";
    const auto key = bytes.find(key_header);
    if (key < end) {
      const auto begin = key + key_header.size();
      const std::string accepted =
          accept_key(bytes.substr(begin, bytes.find("\r\n", begin) - begin));
      (void)send_all(socket,
                     "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
                     "Upgrade\r\nSec-WebSocket-Accept: " +
                         accepted + "\r\n\r\n");
      return serve_stream(socket, bytes.substr(end + 4));
    }
    if (!send_all(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")) return;
    bytes.erase(0, end + 4);
  }
}

void LoopbackExchange::serve_stream(int socket, std::string bytes) {
  bool is_counted = false;
  for (;;) {
    // A client's frame: two bytes, a mask of four, the payload. Pings are short.
    const std::size_t length = bytes.size() < 2 ? 0 : static_cast<unsigned char>(bytes[1]) & 0x7fU;
    if (bytes.size() < 6 + length) {
      if (!receive_more(socket, bytes)) return;
      continue;
    }
    if ((static_cast<unsigned char>(bytes[0]) & 0xfU) == 9) {
      std::string pong{"\x8a", 1};
      pong += static_cast<char>(length);
      for (std::size_t i = 0; i < length; ++i) {
        pong += static_cast<char>(bytes[6 + i] ^ bytes[2 + i % 4]);
      }
      if (!send_all(socket, pong)) return;
      if (!std::exchange(is_counted, true)) {
        const std::lock_guard lock(mutex_);
        ++streams_;
        newest_ = socket;
        changed_.notify_all();
      }
    }
    bytes.erase(0, 6 + length);
  }
}

void LoopbackExchange::wait_for_streams(std::size_t count) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, std::chrono::seconds{60}, [&] { return streams_ >= count; })) {
    fail("nobody came to the exchange within a minute");
  }
}

std::size_t LoopbackExchange::streams() const {
  const std::lock_guard lock(mutex_);
  return streams_;
}

void LoopbackExchange::send(std::string_view bytes) {
  if (!send_all(newest_, bytes)) fail("the stream was lost");
}

}  // namespace hts::bench
