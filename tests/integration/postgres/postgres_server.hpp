#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include <sys/types.h>

#include "../reserved_port.hpp"

namespace hts::testing {

/// A PostgreSQL server of this process alone: on a free port of 127.0.0.1, with its files in a
/// temporary folder, as the user postgres when this process is root. It ends with this object, by
/// its own pid, and with this process whatever happens to it.
class PostgresServer {
 public:
  /// Null where no server is installed. Throws std::runtime_error when one is and does not start.
  [[nodiscard]] static std::unique_ptr<PostgresServer> start();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// Of a database that is new with each call.
  [[nodiscard]] std::string new_database();
  [[nodiscard]] std::string url(const std::string& database) const;
  /// Runs statements and gives the first cell of the last answer.
  std::string run(const std::string& url, const std::string& sql) const;

  /// As an administrator would, and as a power failure would.
  void stop(bool is_crash = false);
  /// After a stop, on the same port with the same files.
  void start_again();

 private:
  PostgresServer(std::filesystem::path binaries, std::filesystem::path folder);
  void make_files();

  std::filesystem::path binaries_;
  std::filesystem::path folder_;
  ReservedPort port_;
  pid_t pid_ = -1;
  std::thread log_reader_;
  int databases_ = 0;
};

[[nodiscard]] bool is_postgres_installed();

/// The one of this test program, started when it is first needed; null where none is installed.
[[nodiscard]] PostgresServer* shared_postgres();

constexpr const char* no_postgres = "PostgreSQL is not installed (package postgresql-15).";

}  // namespace hts::testing
