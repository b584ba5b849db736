#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/job_figures.hpp"
#include "actors/messages.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

/// Changes of jobs on their way to the store, in batches: while one is under way, what comes
/// meanwhile is gathered for the next, so that one commit makes all of it durable.
///
/// 1. A submission is answered once it is durable, or refused. With a store that does not answer
///    submissions are still tried, each batch for itself; the store's error is their answer.
/// 2. An end of work is kept until the store has taken it: after an error everything but
///    submissions waits (`store_wait`) and goes again.
/// 3. Bounded: what is over `most_waiting_submits` is refused at once.
///
/// Belongs to its actor's turns. The store and the lane outlive it.
class JobCommits {
 public:
  static constexpr std::size_t most_waiting_submits = 16'384;
  /// Of submissions, and of ends, in one batch: about what a disk takes in some milliseconds.
  static constexpr std::size_t most_in_batch = 1'024;

  struct Options {
    ports::JobStore& store;
    runtime::Lane& lane;  ///< one thread
    std::uint64_t capacity = 0;
    time::Duration lease{};
  };
  struct Hooks {
    /// Adds claim, heartbeats (with the controls that know their progress) and recovery to a batch
    /// that is about to go.
    std::function<void(ports::JobBatch&, std::vector<std::shared_ptr<JobControl>>&)> fill;
    std::function<void(const ports::JobBatch&, ports::JobBatchResult&)> committed;
    /// What was filled in may or may not be done.
    std::function<void(const ports::JobBatch&)> failed;
    /// After either, once the next batch is on its way.
    std::function<void()> settled;
  };

  JobCommits(runtime::Context& context, const Options& options, JobFigures& figures, Hooks hooks);

  void submit(jobs::NewJob job, runtime::ReplyTo<ports::Submitted> reply);
  void finish(jobs::Finish finish);
  /// Sends what there is, unless a batch is under way.
  void pump();
  /// The actor stops: what there is goes now, and an error is not followed by another try.
  void send_last() {
    gives_up_ = true;
    waits_ = false;
    pump();
  }

  /// Nothing is under way, and no end of work waits.
  [[nodiscard]] bool is_quiet() const noexcept { return !under_way_ && finishes_.empty(); }
  /// The store did not answer the last time.
  [[nodiscard]] bool is_away() const noexcept { return failures_ > 0; }

 private:
  struct Submission {
    jobs::NewJob job;
    runtime::ReplyTo<ports::Submitted> reply;
  };
  struct Sent {
    ports::JobBatch batch;
    std::vector<std::shared_ptr<JobControl>> controls;  ///< of the heartbeats
    std::vector<runtime::ReplyTo<ports::Submitted>> replies;
    bool is_submits_only = false;
    runtime::SteadyTime at;
  };

  [[nodiscard]] std::shared_ptr<Sent> gather();
  void come_back(const std::shared_ptr<Sent>& sent, result::Result<ports::JobBatchResult> result);
  void answer_submits(Sent& sent, const ports::JobBatchResult& result);
  void refuse_submits(Sent& sent, const result::Error& error);
  void take_back(Sent& sent, const result::Error& error);

  runtime::Context& context_;
  const Options options_;
  JobFigures& figures_;
  const Hooks hooks_;
  std::deque<Submission> submits_;
  std::deque<jobs::Finish> finishes_;
  bool under_way_ = false;
  bool waits_ = false;  ///< after an error, for its time to be over
  bool gives_up_ = false;
  std::uint32_t failures_ = 0;  ///< in a row, of more than submissions
};

}  // namespace hts::actors
