#include "adapters/systemd/service_notice.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

namespace hts::systemd {
namespace {

std::string variable(const char* name) {
  // Read before threads are started that could change the environment.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

std::optional<std::int64_t> number(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value <= 0) return std::nullopt;
  return value;
}

/// A line ends the value.
std::string one_line(std::string_view text) {
  std::string line{text};
  std::replace_if(line.begin(), line.end(), [](char c) { return c == '\n' || c == '\0'; }, ' ');
  return line;
}

}  // namespace

ServiceNotice ServiceNotice::of_environment() {
  ServiceNotice notice;
  const std::string socket = variable("NOTIFY_SOCKET");
  if (socket.size() > 1 && socket.size() < sizeof(sockaddr_un::sun_path) &&
      (socket.front() == '/' || socket.front() == '@')) {
    notice.socket_ = socket;
  }
  const auto period = number(variable("WATCHDOG_USEC"));
  const std::string process = variable("WATCHDOG_PID");
  if (period && (process.empty() || number(process) == std::int64_t{getpid()})) {
    notice.watchdog_period_ = std::chrono::microseconds{std::max<std::int64_t>(1, *period / 2)};
  }
  return notice;
}

void ServiceNotice::forget_environment() {
  for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    unsetenv(name);  // NOLINT(concurrency-mt-unsafe)
  }
}

void ServiceNotice::ready(std::string_view status) const {
  tell("READY=1\nSTATUS=" + one_line(status));
}

void ServiceNotice::reloading() const {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const auto microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds));
}

void ServiceNotice::stopping(std::string_view status) const {
  tell("STOPPING=1\nSTATUS=" + one_line(status));
}

void ServiceNotice::status(std::string_view text) const {
  tell("STATUS=" + one_line(text));
}

void ServiceNotice::is_alive() const {
  tell("WATCHDOG=1");
}

void ServiceNotice::tell(const std::string& lines) const {
  if (socket_.empty()) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)sendto(descriptor, lines.data(), lines.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&address), length);
  close(descriptor);
}

}  // namespace hts::systemd
