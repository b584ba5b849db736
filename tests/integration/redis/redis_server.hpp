#pragma once

#include <string>
#include <vector>

#include "../reserved_port.hpp"
#include "../temporary_folder.hpp"

namespace hts::testing {

/// A real redis-server on a free port, in a folder of its own, gone with this object or with the
/// test program, however that ends.
class RedisServer {
 public:
  /// Arguments of redis-server beside those that every one gets. `--appendonly yes` by default.
  explicit RedisServer(std::vector<std::string> arguments = {});
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  [[nodiscard]] int port() const noexcept { return port_.number(); }
  [[nodiscard]] std::string url() const;

  /// Returns once it answers; with its data, where it keeps them.
  void start();
  /// SIGKILL, and waits until it is gone.
  void kill();
  /// It accepts connections and answers nothing, until `thaw`.
  void freeze();
  void thaw();

  /// Sends a command without spaces in its arguments; the first line of the answer.
  std::string command(const std::string& words);

 private:
  TemporaryFolder folder_;
  std::vector<std::string> arguments_;
  ReservedPort port_;
  int pid_ = -1;
};

}  // namespace hts::testing
