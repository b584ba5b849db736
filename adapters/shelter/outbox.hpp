#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/sqlite/sqlite_job_history.hpp"
#include "adapters/sqlite/sqlite_result_store.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::shelter {

/// Runs and ended jobs that wait for their database, in a SQLite file that is there only while
/// something waits. One thread at a time.
class Outbox {
 public:
  /// Opens the file when an earlier process left one.
  [[nodiscard]] static result::Result<Outbox> open(std::filesystem::path file);

  /// The file is there: something waits, or did a moment ago.
  [[nodiscard]] bool is_open() const noexcept { return runs_ != nullptr; }
  /// Requires is_open().
  [[nodiscard]] sqlite::SqliteResultStore& runs() noexcept { return *runs_; }
  [[nodiscard]] sqlite::SqliteJobHistory& jobs() noexcept { return *jobs_; }

  /// Durable when they return; make the file when it is not there.
  [[nodiscard]] result::Status keep(const std::vector<backtest::RunSummary>& runs);
  [[nodiscard]] result::Status keep(const std::vector<ports::EndedJob>& jobs);

  /// Runs or jobs that were not yet marked as delivered, oldest first, at most `most`; both empty:
  /// nothing waits any more.
  struct Batch {
    std::vector<backtest::RunSummary> runs;
    std::vector<ports::EndedJob> jobs;
  };
  [[nodiscard]] result::Result<Batch> next(std::uint64_t most);
  /// The database has the batch that was given last.
  void delivered(const Batch& batch);
  /// Removes the file. Requires that nothing waits.
  void close();

  /// 0 without a file.
  [[nodiscard]] std::uint64_t waiting();
  /// Of the file and its log; 0 without one.
  [[nodiscard]] std::uint64_t bytes() const;
  /// When the oldest run or job in the file was executed or ended; nothing without one. What was
  /// delivered stays in the file until all is.
  [[nodiscard]] std::optional<time::Timestamp> oldest();

 private:
  explicit Outbox(std::filesystem::path file) : file_(std::move(file)) {}
  [[nodiscard]] result::Status make();

  std::filesystem::path file_;
  std::unique_ptr<sqlite::SqliteResultStore> runs_;
  std::unique_ptr<sqlite::SqliteJobHistory> jobs_;
  /// What was delivered of a list that begins with the newest. In this process only: delivering
  /// twice does no harm.
  struct Progress {
    std::set<std::string> ids;
    std::uint64_t looked_at = 0;  ///< from the end of the list; what comes later may be before it
  };
  Progress runs_done_;
  Progress jobs_done_;
  /// Jobs that came again since the last batch was given: it has what they were before.
  std::set<std::string> renewed_jobs_;
};

}  // namespace hts::shelter
