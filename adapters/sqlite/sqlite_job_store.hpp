#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "adapters/sqlite/disk_vfs.hpp"
#include "engine/ports/job_store.hpp"

namespace hts::sqlite {

/// Jobs in one SQLite file, shared by any number of threads and processes. A call that changes
/// something is one synced commit; writes wait up to five seconds for another process's.
///
/// Thread-safe. Calls that change take turns with each other, those that only read likewise;
/// neither waits for the other. Cost: a change O(log n) a job; find O(log n); counts O(kinds); list
/// O(offset + limit), but a kind or the absence of a state is looked for among the newest first;
/// recovery O(running). Memory: at most about 40 MB of pages, however many jobs there are.
class SqliteJobStore final : public ports::JobStore {
 public:
  /// Opens the file, or makes it with its folder. Error: storage, when it cannot be opened or
  /// written, is damaged, is another program's, or was made by a newer version of this one.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobStore>> open(
      const std::filesystem::path& path);
  /// On any disk, with this process as its only user (see disk_vfs.hpp): for simulations.
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobStore>> open(
      const std::filesystem::path& path, std::shared_ptr<disk::Disk> disk, DiskVfsSources sources);
  ~SqliteJobStore() override;

  [[nodiscard]] result::Result<ports::JobBatchResult> transact(
      const ports::JobBatch& batch) override;
  [[nodiscard]] result::Result<jobs::JobRecord> find(const jobs::JobId& id) override;
  [[nodiscard]] result::Result<ports::JobPage> list(const ports::JobFilter& filter,
                                                    std::uint64_t offset,
                                                    std::uint64_t limit) override;
  [[nodiscard]] result::Result<ports::JobCounts> counts() override;
  [[nodiscard]] result::Result<std::vector<std::string>> part_outputs(
      const jobs::JobId& whole) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> cancel(const jobs::JobId& id,
                                                                    time::Timestamp now) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> retry(const jobs::JobId& id,
                                                                   time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> requeue_dead_letters(
      const std::optional<jobs::JobId>& id, time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> drop_dead_letters(
      const std::optional<jobs::JobId>& id) override;
  [[nodiscard]] result::Status set_paused(bool paused) override;
  [[nodiscard]] result::Result<std::vector<jobs::JobRecord>> release(const std::string& worker,
                                                                     time::Timestamp now) override;
  [[nodiscard]] result::Result<std::uint64_t> clean_up(time::Timestamp finished_before,
                                                       std::uint64_t most) override;

 private:
  struct State;
  [[nodiscard]] static result::Result<std::unique_ptr<SqliteJobStore>> open(
      const std::filesystem::path& path, std::shared_ptr<DiskVfs> vfs);
  explicit SqliteJobStore(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace hts::sqlite
