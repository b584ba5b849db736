#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "adapters/shelter/outbox.hpp"
#include "engine/ports/job_history.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/result/result.hpp"

/// Keeps what a database of results cannot take while it is away, and brings it there afterwards,
/// so that a finished computation is never lost for the sake of its index.
///
/// 1. What is stored is durable when the call returns: in the database, or in a local file. While
///    something waits, more goes to the file at once: nobody waits for a database that is away, and
///    the order stays.
/// 2. Every second the oldest that waits is tried; the file goes when all of it is delivered. An
///    earlier process's file is delivered as well.
/// 3. Only `unavailable` means away. Another refusal is the caller's to hear, and of what waits
///    keeps it waiting.
/// 4. A run or job that waits is found, and stands first in lists. While its database is away,
///    what is only there is `unavailable`, and flags of a waiting run cannot be changed.
///
/// Thread-safe; has one thread of its own. While a batch is on its way it may be listed twice.
namespace hts::shelter {

struct ShelterReadings {
  std::uint64_t waiting = 0;              ///< runs and jobs in the file
  std::uint64_t bytes = 0;                ///< of the file; it goes once all is delivered
  std::optional<time::Timestamp> oldest;  ///< in the file: when it was executed or ended
  bool is_reachable = true;               ///< the database answered when it was asked last
};

struct ShelterOptions {
  std::filesystem::path file;             ///< of what waits
  std::chrono::milliseconds pause{1000};  ///< between two attempts
  std::chrono::milliseconds check{5000};  ///< between two looks at a database that nobody asks
  /// Told, on any thread, that the database went away, or is back. A sentence.
  std::function<void(bool is_problem, const std::string& what)> note;
};

class ResultShelter {
 public:
  [[nodiscard]] static result::Result<std::shared_ptr<ResultShelter>> open(
      ShelterOptions options, std::unique_ptr<ports::ResultStore> runs,
      std::unique_ptr<ports::JobHistory> jobs);
  /// What waits stays in the file.
  ~ResultShelter();
  ResultShelter(const ResultShelter&) = delete;
  ResultShelter& operator=(const ResultShelter&) = delete;

  [[nodiscard]] ShelterReadings readings() const;

  // For the stores in `sheltered_stores.hpp`.
  template <class Rows>
  [[nodiscard]] result::Status store(const Rows& rows,
                                     const std::function<result::Status()>& call_below);
  /// Calls with the outbox while something waits in it, and alone. Nothing: nothing waits.
  template <class T>
  [[nodiscard]] std::optional<T> if_waiting(const std::function<T(Outbox&)>& use);
  /// Calls the database, and notes whether it was there.
  template <class T>
  [[nodiscard]] result::Result<T> below(const std::function<result::Result<T>()>& call);
  [[nodiscard]] ports::ResultStore& runs_below() noexcept { return *runs_; }
  [[nodiscard]] ports::JobHistory& jobs_below() noexcept { return *jobs_; }

 private:
  ResultShelter(ShelterOptions options, Outbox outbox, std::unique_ptr<ports::ResultStore> runs,
                std::unique_ptr<ports::JobHistory> jobs);
  void run();
  /// One batch; false when the database did not take it.
  [[nodiscard]] bool deliver();
  /// Requires the lock.
  void measure();
  void note_reachable(bool is_reachable, const std::string& reason);

  ShelterOptions options_;
  std::unique_ptr<ports::ResultStore> runs_;
  std::unique_ptr<ports::JobHistory> jobs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Outbox outbox_;
  bool stopping_ = false;
  std::atomic<bool> is_reachable_ = true;
  std::atomic<std::uint64_t> waiting_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<time::Timestamp> oldest_ = time::Timestamp::max();  ///< this: nothing waits
  std::thread thread_;
};

template <class T>
std::optional<T> ResultShelter::if_waiting(const std::function<T(Outbox&)>& use) {
  const std::lock_guard lock{mutex_};
  if (!outbox_.is_open()) return std::nullopt;
  return use(outbox_);
}

template <class T>
result::Result<T> ResultShelter::below(const std::function<result::Result<T>()>& call) {
  auto answer = call();
  const bool is_away = !answer && answer.error().code == result::ErrorCode::unavailable;
  note_reachable(!is_away, is_away ? answer.error().message : "");
  return answer;
}

template <class Rows>
result::Status ResultShelter::store(const Rows& rows,
                                    const std::function<result::Status()>& call_below) {
  const auto keep = [&](Outbox& outbox) {
    auto kept = outbox.keep(rows);
    measure();
    return kept;
  };
  if (auto kept = if_waiting<result::Status>(keep)) return *std::move(kept);
  auto stored = below<result::Nothing>(call_below);
  if (stored || stored.error().code != result::ErrorCode::unavailable) return stored;
  auto kept = [&] {
    const std::lock_guard lock{mutex_};
    return keep(outbox_);
  }();
  changed_.notify_one();
  return kept;
}

}  // namespace hts::shelter
