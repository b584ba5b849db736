#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/postgres/connection_pool.hpp"
#include "engine/ports/job_history.hpp"

namespace hts::postgres {

/// The jobs that have ended, in a PostgreSQL database that any number of daemons share. Its tables
/// must be there (`migrations.hpp`). Of texts it keeps what PostgreSQL can (`database_text.hpp`).
///
/// Thread-safe. Every call is one statement and one round trip; writers take turns.
class PostgresJobHistory final : public ports::JobHistory {
 public:
  explicit PostgresJobHistory(std::shared_ptr<ConnectionPool> pool) : pool_(std::move(pool)) {}

  [[nodiscard]] result::Status record(const std::vector<ports::EndedJob>& jobs) override;
  [[nodiscard]] result::Result<ports::EndedJob> find(const std::string& job_id) override;
  [[nodiscard]] result::Result<ports::JobHistoryPage> list(const ports::EndedJobFilter& filter,
                                                           std::uint64_t offset,
                                                           std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::uint64_t> remove_before(time::Timestamp finished) override;

 private:
  std::shared_ptr<ConnectionPool> pool_;
};

}  // namespace hts::postgres
