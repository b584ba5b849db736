#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/job_history.hpp"

namespace hts::sqlite {

/// The jobs that have ended, in the file of the result index (`sqlite_result_store.hpp`), shared
/// with any number of threads and processes.
///
/// Thread-safe; calls take turns. Cost: `record` is one synced commit however many jobs; `list` is
/// O(limit) jobs plus a count of those that the filter takes.
class SqliteJobHistory final : public ports::JobHistory {
 public:
  /// Opens the file, or makes it with its folder. Errors: as of SqliteResultStore.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobHistory>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs = nullptr);
  ~SqliteJobHistory() override;

  [[nodiscard]] result::Status record(const std::vector<ports::EndedJob>& jobs) override;
  [[nodiscard]] result::Result<ports::EndedJob> find(const std::string& job_id) override;
  [[nodiscard]] result::Result<ports::JobHistoryPage> list(const ports::EndedJobFilter& filter,
                                                           std::uint64_t offset,
                                                           std::uint64_t limit) override;
  [[nodiscard]] result::Result<std::uint64_t> remove_before(time::Timestamp finished) override;

 private:
  struct State;
  explicit SqliteJobHistory(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
