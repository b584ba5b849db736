#include "adapters/postgres/connection_pool.hpp"

#include <utility>

namespace hts::postgres {

using result::Result;

ConnectionPool::ConnectionPool(ConnectionOptions options) : options_(std::move(options)) {}

Result<std::optional<Connection>> ConnectionPool::take(Clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  if (!freed_.wait_until(lock, deadline, [this] { return taken_ < options_.connections; })) {
    return result::make_error(result::ErrorCode::unavailable,
                              "All connections to the database " + shown_url(options_) +
                                  " are busy: try again, or raise results.connections.",
                              "url");
  }
  ++taken_;
  if (idle_.empty()) return std::optional<Connection>{};
  std::optional<Connection> connection{std::move(idle_.back())};
  idle_.pop_back();
  return connection;
}

void ConnectionPool::give_back(std::optional<Connection> connection) {
  {
    const std::lock_guard lock{mutex_};
    --taken_;
    if (connection && !connection->is_lost()) idle_.push_back(std::move(*connection));
  }
  freed_.notify_one();
}

void ConnectionPool::drop_idle() {
  std::vector<Connection> old;
  const std::lock_guard lock{mutex_};
  old.swap(idle_);
}

Result<Rows> ConnectionPool::query(const std::string& sql,
                                   const std::vector<std::string>& parameters) {
  const auto deadline = Clock::now() + options_.statement_timeout;
  constexpr int most_tries = 3;
  bool was_lost = false;
  for (int attempt = 1;; ++attempt) {
    auto taken = take(deadline);
    if (!taken) return std::move(taken).error();
    std::optional<Connection> connection = std::move(*taken);
    if (!connection) {
      auto opened = Connection::open(options_, watchdog_);
      if (!opened) {
        give_back(std::nullopt);
        return std::move(opened).error();
      }
      connection.emplace(std::move(*opened));
    }
    auto rows = connection->query(sql, parameters);
    const bool is_lost = !rows && connection->is_lost();
    const bool again = !rows && (connection->may_try_again() || (is_lost && !was_lost)) &&
                       !connection->was_too_slow() && attempt < most_tries &&
                       Clock::now() < deadline;
    give_back(std::move(connection));
    if (rows) rows->is_repeated = was_lost;
    if (!again) return rows;
    if (is_lost) {
      was_lost = true;
      drop_idle();
    }
  }
}

}  // namespace hts::postgres
