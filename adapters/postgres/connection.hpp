#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "adapters/postgres/connection_options.hpp"
#include "adapters/postgres/rows.hpp"
#include "adapters/postgres/watchdog.hpp"
#include "engine/result/result.hpp"

namespace hts::postgres {

/// One connection to a PostgreSQL server. No call takes longer than its time limit (but for the
/// name server, which has limits of its own), and no exception leaves it. One thread at a time.
///
/// Errors of all calls name the database without its password: unavailable when it cannot be
/// reached, does not answer in time or is overloaded; storage when it refuses.
class Connection {
 public:
  /// `watchdog` outlives the connection.
  [[nodiscard]] static result::Result<Connection> open(const ConnectionOptions& options,
                                                       Watchdog& watchdog);
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;
  ~Connection();

  /// One statement, a transaction of its own unless `execute` began one. Its parameters are
  /// $1, $2, ...; characters that PostgreSQL cannot keep become U+FFFD (`database_text.hpp`).
  [[nodiscard]] result::Result<Rows> query(const std::string& sql,
                                           const std::vector<std::string>& parameters = {});
  /// Several statements without parameters, all or none.
  [[nodiscard]] result::Status execute(const std::string& sql);

  /// After an error: the connection is of no more use, and whether the statement was done is not
  /// known.
  [[nodiscard]] bool is_lost() const noexcept;
  /// After an error: the time was over.
  [[nodiscard]] bool was_too_slow() const noexcept;
  /// After an error: the statement was undone because of others; it may be tried again.
  [[nodiscard]] bool may_try_again() const noexcept;

 private:
  struct State;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::postgres
