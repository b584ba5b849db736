#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/redis/job_shelf.hpp"

namespace hts::redis {

/// Names of changes, never the same twice: of one store among all, then counted. Thread-safe.
class VersionNames {
 public:
  VersionNames();
  [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
  [[nodiscard]] std::string next();

 private:
  std::string origin_;
  std::atomic<std::uint64_t> last_ = 0;
};

/// The records of jobs that this process holds, as it last saw them: most ends and heartbeats need
/// not be preceded by a read. What is out of date is found when it is written. Thread-safe.
class HeldJobs {
 public:
  void put(const jobs::JobId& id, VersionedRecord record);
  void erase(const jobs::JobId& id);
  [[nodiscard]] std::optional<VersionedRecord> find(const jobs::JobId& id) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<jobs::JobId, VersionedRecord, JobIdHash> records_;
};

/// What one step does to records; runs again from the start when they changed meanwhile, so it must
/// only set what it answers.
struct Step {
  jobs::JobId id;  ///< the job that it is about
  std::function<void(RedisShelf&, jobs::ChangedJobs&)> work;
  /// It changes nothing else and nothing waits for it, so that it may be done again after the
  /// others when what this process knows of its job turns out to be old.
  bool stands_alone = false;
};

/// Runs steps in order and writes what they change, many with one call. One thread.
class StepRunner {
 public:
  StepRunner(Link& link, std::string prefix, VersionNames& names, HeldJobs& held_jobs,
             time::Timestamp now);

  [[nodiscard]] RedisShelf& shelf() noexcept { return shelf_; }
  /// `last` goes to the server once, together with writes and after them; its replies are in
  /// `last_replies`. Errors: those of the server; after one any of the steps may have been done.
  [[nodiscard]] result::Status run(std::vector<Step> steps, const Pipeline& last = {});
  [[nodiscard]] const std::vector<Reply>& last_replies() const noexcept { return last_replies_; }
  /// Of all that was run, each job once, in the order of their first change.
  [[nodiscard]] std::vector<jobs::JobRecord> changed() const;

 private:
  struct Written {
    std::size_t step = 0;
    std::vector<jobs::JobId> touched;
    std::vector<jobs::JobId> changed;
  };

  void assume_held(const std::vector<Step>& steps);
  [[nodiscard]] result::Status compute(const std::vector<Step>& steps,
                                       const std::vector<std::size_t>& todo,
                                       std::vector<std::size_t>& again);
  [[nodiscard]] result::Status write(const Pipeline& last, std::vector<std::size_t>& again);
  void close_call();
  void remember(std::size_t step, const std::vector<jobs::JobId>& ids);

  Link& link_;
  const std::string prefix_;
  VersionNames& names_;
  HeldJobs& held_jobs_;
  RedisShelf shelf_;

  std::vector<Written> open_;               ///< computed, not yet written
  std::vector<std::string> arguments_;      ///< of the script call being filled
  std::size_t items_ = 0;                   ///< in it
  std::vector<std::size_t> items_of_call_;  ///< of those filled
  Pipeline pipeline_;
  std::vector<std::vector<jobs::JobId>> changed_;  ///< by step
  std::unordered_map<jobs::JobId, jobs::JobRecord, JobIdHash> changed_records_;
  std::vector<Reply> last_replies_;
};

}  // namespace hts::redis
