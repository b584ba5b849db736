#include "http_load.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace hts::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(const char* what) {
  std::fprintf(stderr, "http: %s: %s\n", what, std::strerror(errno));  // NOLINT
  std::exit(1);  // NOLINT(concurrency-mt-unsafe): nothing to lose
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  const sockaddr_in address = loopback(port);
  if (socket < 0 ||
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail("cannot connect");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

/// The length of the first answer in `text`; 0 while it is not whole.
std::size_t answer_length(std::string_view text) {
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string_view::npos) return 0;
  const std::size_t field = text.find("Content-Length: ");
  std::size_t length = 0;
  if (field < end) length = std::strtoull(text.data() + field + 16, nullptr, 10);
  return end + 4 + length <= text.size() ? end + 4 + length : 0;
}

struct Client {
  int socket = -1;
  Clock::time_point sent;
  std::string unread;
};

double quantile(std::vector<std::uint32_t>& sorted, double fraction) {
  if (sorted.empty()) return 0;
  const auto place = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size() - 1));
  return static_cast<double>(sorted[place]) * 1e-9;
}

double seconds_on(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

LoadResult run_load(const Load& load) {
  LoadResult result;
  const int epoll = ::epoll_create1(0);
  std::vector<Client> clients(load.connections);
  std::vector<std::uint32_t> times;
  times.reserve(4'000'000);
  const auto ask = [&](Client& client) {
    client.sent = Clock::now();
    if (::send(client.socket, load.request.data(), load.request.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(load.request.size())) {
      fail("cannot send");
    }
  };
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].socket = connect_to(load.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, clients[i].socket, &event);
  }
  const double processor_begin = seconds_on(CLOCK_THREAD_CPUTIME_ID);
  const auto begin = Clock::now();
  const auto end = begin + load.duration;
  for (Client& client : clients) ask(client);
  std::size_t waiting = clients.size();
  std::array<epoll_event, 64> events;
  std::array<char, 16'384> block;
  while (waiting > 0) {
    const int ready = ::epoll_wait(epoll, events.data(), events.size(), 10'000);
    if (ready <= 0) fail("the server does not answer");
    for (int i = 0; i < ready; ++i) {
      Client& client = clients[events[static_cast<std::size_t>(i)].data.u64];
      const ssize_t got = ::recv(client.socket, block.data(), block.size(), 0);
      if (got <= 0) fail("the server has closed a connection");
      std::string_view text{block.data(), static_cast<std::size_t>(got)};
      if (!client.unread.empty()) text = client.unread.append(text);
      const std::size_t length = answer_length(text);
      if (length == 0) {
        if (client.unread.empty()) client.unread = text;
        continue;
      }
      const auto now = Clock::now();
      if (std::atoi(text.data() + 9) == load.expected_status) {
        ++result.answers;
        times.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::nanoseconds>(now - client.sent).count()));
      } else if (result.wrong++ == 0) {
        result.wrong_answer = text;
      }
      client.unread.clear();
      if (now < end) {
        ask(client);
      } else {
        --waiting;
      }
    }
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  result.processor_seconds = (seconds_on(CLOCK_THREAD_CPUTIME_ID) - processor_begin) /
                             static_cast<double>(result.answers + result.wrong);
  for (const Client& client : clients) ::close(client.socket);
  ::close(epoll);
  std::ranges::sort(times);
  result.p50 = quantile(times, 0.5);
  result.p99 = quantile(times, 0.99);
  return result;
}

Yardstick::Yardstick(std::size_t answer_bytes) {
  answer_ = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer_bytes) + "\r\n\r\n" +
            std::string(answer_bytes, 'x');
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("cannot listen");
  }
  port_ = ntohs(address.sin_port);
  stop_ = ::eventfd(0, 0);
  thread_ = std::thread([this] { serve(); });
}

Yardstick::~Yardstick() {
  const std::uint64_t one = 1;
  if (::write(stop_, &one, sizeof one) != sizeof one) std::abort();
  thread_.join();
  ::close(listener_);
  ::close(stop_);
}

double Yardstick::processor_seconds() {
  clockid_t clock{};
  return ::pthread_getcpuclockid(thread_.native_handle(), &clock) == 0 ? seconds_on(clock) : 0;
}

void Yardstick::serve() {
  const int epoll = ::epoll_create1(0);
  const auto watch = [epoll](int descriptor) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
  };
  watch(listener_);
  watch(stop_);
  std::array<epoll_event, 64> events;
  std::array<char, 4'096> block;
  for (;;) {
    const int ready = ::epoll_wait(epoll, events.data(), events.size(), -1);
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == stop_) {
        ::close(epoll);
        return;
      }
      if (descriptor == listener_) {
        const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
        const int on = 1;
        ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        watch(client);
        continue;
      }
      if (::recv(descriptor, block.data(), block.size(), 0) <= 0) {
        ::close(descriptor);
      } else {
        (void)!::send(descriptor, answer_.data(), answer_.size(), MSG_NOSIGNAL);
      }
    }
  }
}

}  // namespace hts::bench
