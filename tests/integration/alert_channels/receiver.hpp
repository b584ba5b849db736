#pragma once

#include <string>
#include <vector>

#include <boost/json/value.hpp>
#include <sys/types.h>

#include "../temporary_folder.hpp"

namespace hts::testing {

/// A server of receiver.py in a process of its own, as long as this lives.
class Receiver {
 public:
  /// `smtp` or `http`, then options of receiver.py. Throws when it does not start.
  explicit Receiver(std::vector<std::string> arguments);
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  /// What it took so far.
  [[nodiscard]] std::vector<boost::json::value> messages() const;

 private:
  TemporaryFolder folder_;
  pid_t pid_ = -1;
  int port_ = 0;
};

/// Whether this machine has what receiver.py needs.
[[nodiscard]] bool is_receiver_installed();
inline constexpr const char* no_receiver =
    "/usr/bin/python3 has no aiosmtpd: deploy/install-dependencies --tests";

/// A self-signed certificate with its key, made once a process.
struct Certificate {
  std::string certificate;  ///< a path, as is the key
  std::string key;
};
/// For localhost and 127.0.0.1.
[[nodiscard]] const Certificate& own_certificate();
/// For another host.
[[nodiscard]] const Certificate& foreign_certificate();

}  // namespace hts::testing
