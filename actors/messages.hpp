#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/live_messages.hpp"
#include "engine/alerts/channel_desk.hpp"
#include "engine/backtest/backtest_run.hpp"
#include "engine/jobs/job_event.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/runtime/histogram.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/reply.hpp"

/// What the daemon's actors say to each other. A query names its answer with `Reply`;
/// `Request<Query>` carries the query and the way back. Bulky payloads travel as shared pointers to
/// const, so a message stays small.
namespace hts::actors {

using SharedRun = std::shared_ptr<const backtest::BacktestRun>;

// --- scheduler: accepts work, keeps it in bounded queues, hands it to idle workers ---

/// Answered when the run is finished and stored. Errors: those of the run; unavailable when the
/// queue is full or the daemon is stopping.
struct SubmitBacktest {
  using Reply = SharedRun;
  std::shared_ptr<const backtest::BacktestRequest> request;
  /// From now on; then nobody waits for the answer, so the run is not started, or cancelled.
  time::Duration time_limit = std::chrono::hours{24};
};

/// A job for the queue; answered once it is durable. Errors: unavailable when the queue is full
/// (with its capacity) or its store cannot take it; conflict, field `idempotency_key`, when
/// the key was used with another request.
struct SubmitJob {
  using Reply = ports::Submitted;
  jobs::NewJob job;  ///< id and created_at are given by the scheduler
};

using SharedJob = std::shared_ptr<const jobs::JobRecord>;

/// How work on a job is watched and stopped while it runs; any thread.
struct JobControl {
  std::atomic<bool> cancelled{false};  ///< noticed within 50 ms
  std::atomic<double> progress{0};     ///< 0..1, set by the work
};

/// With the newest progress. Error: not_found, field `task_id`.
struct FindJob {
  using Reply = SharedJob;
  jobs::JobId id;
};
struct ListJobs {
  using Reply = ports::JobPage;
  ports::JobFilter filter;
  std::uint64_t offset = 0;
  std::uint64_t limit = 50;
};
/// Answered once the cancellation is durable; what runs ends within 50 ms, whatever the store
/// takes. Not taken by the store, the job runs again. Errors: not_found; conflict, naming the
/// state, when it is completed or failed.
struct CancelJob {
  using Reply = SharedJob;
  jobs::JobId id;
};
/// Failed or cancelled ones start anew. Errors: not_found; conflict, naming the state.
struct RetryJob {
  using Reply = SharedJob;
  jobs::JobId id;
};
/// How many.
struct DeadLettersChanged {
  std::uint64_t count = 0;
};
/// One, or all. Errors: not_found; conflict when it is no dead letter.
struct RequeueDeadLetters {
  using Reply = DeadLettersChanged;
  std::optional<jobs::JobId> id;
};
/// They stay failed and leave the list.
struct DropDeadLetters {
  using Reply = DeadLettersChanged;
  std::optional<jobs::JobId> id;
};
/// A paused queue accepts and hands out nothing; what runs goes on. Durable.
struct SetQueuePaused {
  using Reply = ports::JobCounts;
  bool paused = false;
};

/// From now on no job is started. Those that wait here go back to the queue at once, those that run
/// after `grace`; answered once the store has taken all of it. Everything else goes on.
struct PrepareToStop {
  using Reply = result::Nothing;
  time::Duration grace{};
};

/// From 128 ns to more than a day.
using JobTimes = runtime::TimeHistogram<22, 2>;

struct SchedulerStatus {
  // Requests whose client waits for the answer.
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t queue_capacity = 0;
  std::uint64_t workers = 0;  ///< of this process, alive

  // Jobs. Counts as of the store's last answer; the rest since the start of this process.
  ports::JobCounts jobs;
  std::uint64_t jobs_capacity = 0;
  std::uint64_t jobs_running_here = 0;
  std::uint64_t jobs_submitted = 0;
  std::uint64_t jobs_refused = 0;  ///< the queue was full
  std::uint64_t jobs_completed = 0;
  std::uint64_t jobs_failed = 0;
  std::uint64_t jobs_cancelled = 0;
  std::uint64_t job_retries = 0;
  std::uint64_t lease_losses = 0;
  std::uint64_t hand_backs = 0;
  JobTimes job_waits;  ///< from submission, or the end of the wait for a retry, to the start
  JobTimes job_runs;   ///< of attempts
  JobTimes store_calls;
  std::uint64_t store_errors = 0;
  std::string store_error;  ///< why the store cannot be reached now; empty when it can
};

struct GetSchedulerStatus {
  using Reply = SchedulerStatus;
};

using SchedulerProtocol =
    runtime::Protocol<runtime::Request<SubmitBacktest>, runtime::Request<SubmitJob>,
                      runtime::Request<FindJob>, runtime::Request<ListJobs>,
                      runtime::Request<CancelJob>, runtime::Request<RetryJob>,
                      runtime::Request<RequeueDeadLetters>, runtime::Request<DropDeadLetters>,
                      runtime::Request<SetQueuePaused>, runtime::Request<GetSchedulerStatus>,
                      ports::JobSignal, runtime::Request<PrepareToStop>>;

// --- backtest worker: does one thing at a time ---

struct RunBacktest {
  using Reply = SharedRun;
  std::shared_ptr<const backtest::BacktestRequest> request;
  std::shared_ptr<std::atomic<bool>> cancelled;  ///< set from outside; noticed within 50 ms
};

/// Answered with how the work ended; `retry_after` is left to the scheduler. A backtest's run is
/// durable before its job is said to be completed, and named like the job.
struct RunJob {
  using Reply = jobs::WorkEnd;
  SharedJob job;
  std::shared_ptr<JobControl> control;
  /// What its parts gave, in order, when the job joins them; else null.
  std::shared_ptr<const std::vector<std::string>> part_outputs;
};

/// Sent after the flag of what the worker does was set. Work looks at the flag by itself; where the
/// worker only waits for the storage, this ends the wait.
struct StopWaiting {};

using BacktestWorkerProtocol =
    runtime::Protocol<runtime::Request<RunBacktest>, runtime::Request<RunJob>, StopWaiting>;

// --- storage: the only actor that speaks to the result and artifact stores ---

/// How long the disk may take to keep a result before whoever asked is told.
inline constexpr std::chrono::seconds save_deadline{60};
/// Answered once the run is durable. Error: cancelled, with nothing stored, when the flag (null:
/// never) was set in time.
struct SaveRun {
  using Reply = SharedRun;
  SharedRun run;
  std::shared_ptr<const std::atomic<bool>> cancelled = {};
};
struct FindRun {
  using Reply = SharedRun;
  std::string run_id;
};
/// The newest run that answers the same request; it comes marked as cached.
struct FindEqualRun {
  using Reply = SharedRun;
  ports::WantedRun wanted;
};
/// Those of them that are not stored.
struct FindMissingRuns {
  using Reply = std::vector<std::string>;
  std::vector<std::string> run_ids;
};
struct FindLatestRun {
  using Reply = SharedRun;
};
struct ListRuns {
  using Reply = ports::HistoryPage;
  std::uint64_t offset = 0;
  std::uint64_t limit = 50;
};
struct SetSymbolActive {
  using Reply = backtest::RunSummary;
  std::string run_id;
  market::Symbol symbol;
  bool is_active = true;
};

/// Answered once it is durable, with the times it has now. Errors: conflict, field `name`, when a
/// new one has a name that is taken; those of ports::check_preset.
struct SavePreset {
  using Reply = ports::Preset;
  ports::Preset preset;  ///< the storage gives the times
  bool is_new = false;   ///< else it takes the place of one with this name
};
/// Those of them that there are, in this order.
struct FindPresets {
  using Reply = std::vector<ports::Preset>;
  std::vector<std::string> names;
};
struct ListPresets {
  using Reply = ports::PresetPage;
  std::uint64_t offset = 0;
  std::uint64_t limit = 50;
};
/// Answered once that is durable. Error: not_found, field `name`.
struct RemovePreset {
  using Reply = result::Nothing;
  std::string name;
};

using StorageProtocol = runtime::Protocol<
    runtime::Request<SaveRun>, runtime::Request<FindRun>, runtime::Request<FindMissingRuns>,
    runtime::Request<FindEqualRun>, runtime::Request<FindLatestRun>, runtime::Request<ListRuns>,
    runtime::Request<SetSymbolActive>, runtime::Request<SavePreset>, runtime::Request<FindPresets>,
    runtime::Request<ListPresets>, runtime::Request<RemovePreset>>;

// --- ingest: the only actor that changes the candle catalog ---

/// Ascending, unique, checked candles of one symbol; they may span years.
struct StoreCandles {
  using Reply = ports::WriteReport;
  market::Symbol symbol;
  market::Timeframe timeframe;
  std::shared_ptr<const market::CandleSeries> candles;
};
struct ListInventory {
  using Reply = std::vector<ports::CatalogFile>;
};

struct CompactReport {
  std::uint64_t symbols = 0;
  std::uint64_t candles = 0;
};
/// The newest candles go from the tail into the catalog. Answered once that is durable. Error:
/// storage; what had gone over stays there.
struct CompactTail {
  using Reply = CompactReport;
};

using IngestProtocol =
    runtime::Protocol<runtime::Request<StoreCandles>, runtime::Request<ListInventory>, FeedArrived,
                      FeedChanged, runtime::Request<FollowMarket>, runtime::Request<AddRunner>,
                      runtime::Request<GetMarketStatus>, runtime::Request<CompactTail>>;

// --- position manager: the paper book ---

struct PositionSummary {
  std::uint64_t open_positions = 0;
};
struct GetPositionSummary {
  using Reply = PositionSummary;
};

using PositionManagerProtocol =
    runtime::Protocol<runtime::Request<GetPositionSummary>, BarClosed, Decided,
                      runtime::Request<StartSession>, runtime::Request<StopSession>,
                      runtime::Request<GetSession>, runtime::Request<GetPositions>,
                      runtime::Request<GetTrades>, runtime::Request<EnterPosition>,
                      runtime::Request<ClosePosition>, runtime::Request<SetHalted>,
                      runtime::Request<ChangeSessionSlot>, runtime::Request<CheckParity>>;

// --- notifier: tells people ---

enum class Severity { info, warning, critical };

struct Notice {
  Severity severity = Severity::info;
  std::string kind;  ///< "job_failed", "actor_failed", ...
  std::string text;  ///< one sentence, without secrets
  /// One line; the same for what repeats itself. Empty: the kind.
  std::string subject = {};
  std::string details = {};  ///< a JSON object; empty: none
};

/// Alerts were put into the outbox by somebody else's commit.
struct AlertsCommitted {};

/// The alerts of this process, for people.
struct NotifierStatus {
  std::uint64_t waiting = 0;  ///< in the outbox
  std::optional<time::Timestamp> oldest;
  std::vector<alerts::ChannelFigures> channels;
  std::uint64_t dropped = 0;  ///< notices that found no room
  std::string store_error;    ///< why the outbox cannot be reached now; empty when it can
};

using NotifierProtocol = runtime::Protocol<Notice, AlertsCommitted>;

}  // namespace hts::actors
