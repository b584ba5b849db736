#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// What a service tells systemd about itself (sd_notify(3)), over the plain socket protocol: one
/// datagram of `KEY=value` lines. Nothing happens for a process that systemd did not start, and
/// nothing waits: a datagram that does not fit is lost.
namespace hts::systemd {

/// Of one thread.
class ServiceNotice {
 public:
  /// As `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID` of the environment say. Child
  /// processes must not speak for the service: forget_environment().
  [[nodiscard]] static ServiceNotice of_environment();
  static void forget_environment();

  /// Tells nobody anything.
  ServiceNotice() = default;

  void ready(std::string_view status) const;
  /// Until the next ready().
  void reloading() const;
  void stopping(std::string_view status) const;
  /// One line for `systemctl status`.
  void status(std::string_view text) const;
  /// The process is well; see watchdog_period.
  void is_alive() const;

  /// How often is_alive() has to be said, half of what systemd waits for it; nothing: not at all.
  [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_period() const noexcept {
    return watchdog_period_;
  }
  [[nodiscard]] bool is_heard() const noexcept { return !socket_.empty(); }

 private:
  void tell(const std::string& lines) const;

  std::string socket_;  ///< a path, or an abstract name after @; empty: nobody listens
  std::optional<std::chrono::microseconds> watchdog_period_;
};

}  // namespace hts::systemd
