#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/sqlite_connection.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::sqlite {

/// Questions about jobs, on a connection that only reads. Included only by the sources of this
/// folder. One thread.
class SqliteJobReads {
 public:
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobReads>> open(Connection connection);

  /// As of ports::JobStore.
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id);
  [[nodiscard]] result::Result<ports::JobPage> list(const ports::JobFilter& filter,
                                                    std::uint64_t offset, std::uint64_t limit);
  [[nodiscard]] result::Result<ports::JobCounts> counts();
  [[nodiscard]] result::Result<std::vector<std::string>> part_outputs(const jobs::JobId& whole);

 private:
  explicit SqliteJobReads(Connection connection) : connection_(std::move(connection)) {}
  [[nodiscard]] result::Status prepare();
  [[nodiscard]] result::Result<std::uint64_t> count_matching(const ports::JobFilter& filter);

  Connection connection_;
  Statement select_;
  Statement select_counts_;
  Statement select_first_;
  Statement select_next_;
  Statement select_paused_;
  Statement select_output_;
};

}  // namespace hts::sqlite
