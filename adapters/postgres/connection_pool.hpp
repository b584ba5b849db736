#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/connection_options.hpp"
#include "adapters/postgres/rows.hpp"
#include "adapters/postgres/watchdog.hpp"
#include "engine/result/result.hpp"

namespace hts::postgres {

/// A bounded number of connections to one database, opened when they are first needed and again
/// after the server was away. Thread-safe; a call waits for a free connection, within its time
/// limit.
///
/// Every statement that is given to it is safe to be run twice: a statement whose answer was lost
/// is run once more on a new connection (unless its time is over), and `Rows::is_repeated` says so.
class ConnectionPool {
 public:
  /// Connects to nothing yet.
  explicit ConnectionPool(ConnectionOptions options);

  /// Errors: as of Connection; unavailable when all connections are busy until the time is over.
  [[nodiscard]] result::Result<Rows> query(const std::string& sql,
                                           const std::vector<std::string>& parameters = {});

  [[nodiscard]] const ConnectionOptions& options() const noexcept { return options_; }

 private:
  using Clock = Watchdog::Clock;
  /// A free connection, or nothing: a new one may be opened. Either counts as taken.
  [[nodiscard]] result::Result<std::optional<Connection>> take(Clock::time_point deadline);
  void give_back(std::optional<Connection> connection);
  /// What is idle is as old as the one that was lost.
  void drop_idle();

  ConnectionOptions options_;
  Watchdog watchdog_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<Connection> idle_;
  std::size_t taken_ = 0;
};

}  // namespace hts::postgres
