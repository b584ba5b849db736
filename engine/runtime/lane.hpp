#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "engine/result/result.hpp"
#include "engine/runtime/errand.hpp"
#include "engine/runtime/executor.hpp"
#include "engine/runtime/port_calls.hpp"
#include "engine/runtime/snapshot.hpp"

namespace hts::runtime {

class Lane;

namespace detail {

/// Work on its way to a lane and back.
class LaneJob : public Errand {
 public:
  /// On a thread of the lane.
  virtual void work() noexcept = 0;
  /// Instead of work, any thread.
  virtual void refuse(result::Error error) noexcept = 0;
  void come_home() noexcept { send_home(); }

  LaneJob* next_in_lane = nullptr;
  SteadyTime began{};
  std::uint64_t number = 0;              ///< 1, 2, ... in a sequenced runtime
  PortCalls calls;                       ///< that the work makes
  std::optional<result::Error> refusal;  ///< why a lane did not take it

 protected:
  explicit LaneJob(Cell& owner) noexcept : Errand(owner, OnStop::hold) {}
};

template <class T>
struct Flattened {
  using Type = result::Result<T>;
};
template <class T>
struct Flattened<result::Result<T>> {
  using Type = result::Result<T>;
};
template <>
struct Flattened<void> {
  using Type = result::Status;
};

/// What `then` gets: a Result of what the work returns; a Result as it is; a Status for void.
template <class Work>
using Outcome = typename Flattened<std::invoke_result_t<Work&>>::Type;

template <class Work, class Then>
class OffloadJob final : public LaneJob {
 public:
  OffloadJob(Cell& owner, std::shared_ptr<void> incarnation, Work work, Then then)
      : LaneJob(owner),
        incarnation_(std::move(incarnation)),
        work_(std::move(work)),
        then_(std::move(then)) {}

  void work() noexcept override {
    const TraceScope scope(trace());
    try {
      if constexpr (std::is_void_v<std::invoke_result_t<Work&>>) {
        (*work_)();
        outcome_.emplace(result::Nothing{});
      } else {
        outcome_.emplace((*work_)());
      }
    } catch (const std::exception& error) {
      refuse(result::make_error(result::ErrorCode::internal,
                                std::string("Work in the background failed: ") + error.what()));
    } catch (...) {
      refuse(result::make_error(result::ErrorCode::internal, "Work in the background failed."));
    }
    work_.reset();
  }

  void refuse(result::Error error) noexcept override { outcome_.emplace(std::move(error)); }

 private:
  void complete() override {
    Then then = std::move(*then_);
    then_.reset();
    then(std::move(*outcome_));
  }
  void abandon() noexcept override { then_.reset(); }

  std::shared_ptr<void> incarnation_;  // the work may use the actor: keeps it until the job is home
  std::optional<Work> work_;
  std::optional<Then> then_;
  std::optional<Outcome<Work>> outcome_;
};

}  // namespace detail

/// A named queue with a few threads of its own, for what may block or compute long: SQLite,
/// DuckDB, disks, backtests. Actors use it through `Context::offload`.
///
/// 1. First in, first out; with one thread, jobs run one after the other.
/// 2. Bounded: at most `capacity` jobs wait. A full or closed lane refuses, which the actor learns
///    as an Error of code `unavailable` in a later turn.
/// 3. Everything the actor did before `offload` is visible to the work, and everything the work
///    did is visible to `then`.
/// 4. Under an executor without threads it has as many seats instead: each works as a task, and
///    takes the executor's latency to begin and to report, so that jobs overlap and overtake as
///    they do on threads.
class Lane final {
 public:
  Lane(detail::Executor& executor, std::string name, std::size_t threads, std::size_t capacity);
  ~Lane();
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] LaneSnapshot snapshot() const;

  /// Takes ownership; a refused job goes home with an error.
  void submit(detail::LaneJob& job) noexcept;

  /// One of its threads looks for work. Any thread.
  void wake() noexcept { has_work_.notify_one(); }

  /// Refuses new jobs; jobs that wait are refused too. Jobs under way finish. Does not wait.
  void close() noexcept;
  /// After close: waits for the threads.
  void join() noexcept;
  /// True when nothing waits and nothing runs.
  [[nodiscard]] bool is_idle() const;

 private:
  class Seat;

  void run_thread() noexcept;
  void finish(detail::LaneJob& job) noexcept;
  void send_back(detail::LaneJob& job, std::string why) noexcept;
  [[nodiscard]] detail::LaneJob* pop() noexcept;
  [[nodiscard]] detail::LaneJob* pop_locked() noexcept;

  detail::Executor& executor_;
  const std::string name_;
  const std::size_t capacity_;
  const std::size_t thread_count_;

  mutable std::mutex mutex_;
  std::condition_variable has_work_;
  detail::LaneJob* first_ = nullptr;  // guarded by mutex_, as all below but threads_
  detail::LaneJob* last_ = nullptr;
  std::size_t depth_ = 0;
  std::vector<SteadyTime> running_since_;  // one a running job
  std::uint64_t done_ = 0;
  std::uint64_t rejected_ = 0;
  bool closed_ = false;
  std::vector<std::thread> threads_;
  std::vector<detail::Ref<Seat>> seats_;  // without threads
};

}  // namespace hts::runtime
