#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "actors/held_jobs.hpp"
#include "actors/job_commits.hpp"
#include "actors/job_figures.hpp"
#include "actors/messages.hpp"
#include "engine/jobs/retry_policy.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/runtime/context.hpp"

namespace hts::actors {

struct JobDeskPorts {
  ports::JobStore* store = nullptr;  ///< outlives the runtime
  runtime::Lane* writes = nullptr;   ///< one thread: changes keep their order
  runtime::Lane* reads = nullptr;
  std::string worker;      ///< the same after a restart, and nobody else's
  bool is_shared = false;  ///< other processes work on the same store
  std::uint64_t capacity = 100'000;
  time::Duration lease = std::chrono::seconds{30};
  time::Duration keep = std::chrono::hours{24 * 7};  ///< ended jobs
  jobs::RetryPolicy retries;
  /// Runs that workers without a storage hand out as their jobs' outputs are stored here; none:
  /// they stay where they are.
  runtime::Address<StorageProtocol> storage = {};
  std::function<result::Result<backtest::BacktestRun>(std::string_view)> unpack = {};
  /// Hears of jobs that failed for good; may be none.
  runtime::Address<NotifierProtocol> notifier = {};
  /// Must not block; called on the scheduler's turns, after the state is durable. May be empty.
  std::function<void(const jobs::JobEvent&)> announce;
};

/// The durable jobs of a scheduler, between their store and its workers.
///
/// 1. A job is claimed only when a worker can start it soon (`jobs_to_hold`), highest priority
///    first. Nothing is claimed before what this worker held in its life before has been given
///    back.
/// 2. A lease held here is renewed every third of its time; a job whose lease is lost is cancelled,
///    and what it says then counts nothing.
/// 3. An attempt that takes longer than its timeout is cancelled and counts as failed.
/// 4. A cancellation reaches running work at once, before the store has taken it. If the store does
///    not take it, the job goes back to the queue.
/// 5. With the store away, what runs goes on and its end is kept; requests are told `unavailable`
///    and why; nothing new is claimed.
/// 6. An idle desk asks a store of its own nothing: it wakes for what it did itself, and for the
///    first delayed job. On a shared one it listens to signals and looks once a second.
/// 7. `announce` hears of durable states, and of progress when it has changed, at most four times a
///    second a job.
/// 8. Ended jobs are removed once they are older than `keep`, on a shared store not before 9 has
///    looked at all of them.
/// 9. The run that a worker elsewhere has handed out is stored when that is heard of, in a look at
///    all completed jobs after the start and every hour, and at the latest before its job is told
///    to be completed.
/// 10. Of jobs that lost a worker no more are claimed than can start at once: what kills workers
///    would else use up the lease losses of those that only waited beside it.
/// 11. On a shared store, a desk whose worker could not do a job rests (`rest_wait`): it claims
///    nothing, so that others get the job and one desk alone does not use up its hand-backs. Until
///    it has done a job again it claims no more than can start at once.
///
/// Belongs to its actor's turns.
class JobDesk {
 public:
  using Workers = std::vector<runtime::Address<BacktestWorkerProtocol>>;
  /// `has_work`: a job waits for a worker; `worker_is_free`: the worker of that index is.
  JobDesk(runtime::Context& context, JobDeskPorts ports, Workers workers,
          std::function<void()> has_work, std::function<void(std::size_t)> worker_is_free);

  void start();
  /// Nothing new is started; what waits goes back, what runs after `grace`.
  void prepare_to_stop(runtime::Request<PrepareToStop>& request);
  /// The actor stops: what runs is cancelled and goes back.
  void stop();

  void submit(runtime::Request<SubmitJob>& request);
  void find(runtime::Request<FindJob>& request);
  void list(runtime::Request<ListJobs>& request);
  void cancel(runtime::Request<CancelJob>& request);
  void retry(runtime::Request<RetryJob>& request);
  void requeue(runtime::Request<RequeueDeadLetters>& request);
  void drop(runtime::Request<DropDeadLetters>& request);
  void pause(runtime::Request<SetQueuePaused>& request);
  void hear(const ports::JobSignal& signal);
  void write_to(SchedulerStatus& status) const;

  /// A claimed job waits for a worker.
  [[nodiscard]] bool has_waiting() const noexcept { return held_.waiting() > 0; }
  [[nodiscard]] std::size_t running() const noexcept { return held_.running(); }
  /// On an idle worker. Requires a job that waits.
  void start_next(std::size_t worker);
  /// So many workers have nothing to do: claims for them if there may be something.
  void set_idle(std::size_t idle);

 private:
  // What a batch carries and what it did.
  void fill(ports::JobBatch& batch, std::vector<std::shared_ptr<JobControl>>& controls);
  void committed(const ports::JobBatch& sent, ports::JobBatchResult& result);
  void failed(const ports::JobBatch& sent);
  void take_claimed(const ports::Claim& asked, std::vector<jobs::JobRecord>& claimed);
  void take_heartbeats(const ports::JobBatch& sent, const ports::JobBatchResult& result);
  /// Records that changed their state in the store.
  void take_changed(const std::vector<jobs::JobRecord>& changed);

  void run(HeldKey key, std::size_t worker, std::shared_ptr<const std::vector<std::string>> parts);
  void load_parts(HeldKey key, std::size_t worker);
  void end(HeldKey key, std::size_t worker, result::Result<jobs::WorkEnd> told);
  void hand_back_waiting();
  void cancel_running();
  /// What runs ends soon.
  void stop_work(HeldJob& held);
  /// Tells who waits for it that nothing is left here.
  void answer_if_quiet();
  /// What the end of an attempt says about whether this process is of use.
  void note_end(const jobs::WorkEnd& end);
  void rest();
  void request_cancel(const jobs::JobId& id);

  // Runs of workers elsewhere.
  using Adopted = std::function<void(result::Status)>;
  /// Stores the run of a completed job, if it is still only in the job; then calls.
  void adopt(const jobs::JobRecord& record, Adopted then);
  /// From the newest of the completed jobs on, page by page.
  void look_for_adoptees(std::uint64_t offset);
  void look_for_adoptees_later(std::uint64_t offset);
  void adopt_next();

  // Time.
  void release_past_life();
  void beat();
  void keep_beating();
  void recover_later();
  void look_again_at(time::Timestamp when);
  void refresh_counts();
  void count_later();
  void publish_progress();
  void clean_up();
  void look_for_work();
  /// There may be something to claim.
  void note_work() noexcept {
    may_have_work_ = true;
    work_since_claim_ = true;
  }

  /// Changes that answer a client: `call(store, now)` on the lane of writes.
  template <class T, class Call, class Then>
  void change(Call call, runtime::ReplyTo<T> reply, Then then);
  void announce(const jobs::JobRecord& record);

  runtime::Context& context_;
  const JobDeskPorts ports_;
  const Workers workers_;
  const std::function<void()> has_work_;
  const std::function<void(std::size_t)> worker_is_free_;

  JobFigures figures_;
  HeldJobs held_;
  JobCommits commits_;
  std::size_t idle_ = 0;
  bool is_ready_ = false;     ///< the past life's leases are given back
  bool is_stopping_ = false;  ///< nothing is claimed
  bool may_have_work_ = true;
  bool claim_under_way_ = false;
  bool is_careful_ = false;        ///< what is next in the queue may have ended a worker
  bool work_since_claim_ = false;  ///< noted after the last claim was sent
  bool beat_is_due_ = false;
  bool recover_is_due_ = false;
  bool beats_ = false;      ///< the timer of heartbeats is set
  bool recovers_ = false;   ///< the timer of recovery is set
  bool publishes_ = false;  ///< the timer of progress is set
  bool counts_ = false;     ///< counts are asked for, or will be
  bool counts_again_ = false;
  bool rests_ = false;            ///< nothing is claimed for a while
  std::uint32_t rest_count_ = 0;  ///< since a job was done
  std::uint32_t failed_releases_ = 0;
  std::optional<time::Timestamp> next_look_;  ///< for delayed jobs
  runtime::TimerId look_timer_{};
  std::vector<runtime::ReplyTo<result::Nothing>> wait_for_quiet_;
  std::set<jobs::JobId> adopted_;     ///< lately
  std::deque<jobs::JobId> adoptees_;  ///< completed elsewhere, their runs are only in their jobs
  std::optional<std::uint64_t> page_to_look_at_;  ///< after those
  bool has_looked_for_adoptees_ = false;          ///< at all since the start
};

}  // namespace hts::actors
