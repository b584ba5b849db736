#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "actors/job_work.hpp"
#include "actors/messages.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Computes backtests and the work of jobs, one thing at a time.
///
/// Takes: RunBacktest, RunJob, StopWaiting.
/// Promises: a request whose very answer is stored (equal fingerprint, dates and description) gets
/// that run, unless it wants a fresh one. Else the answer is sent only after `storage` has made the
/// run durable; a cancelled run leaves nothing behind, unless the storage had it in the very
/// moment. Loading and computing happen on the `compute` lane, so the strand stays free. A
/// cancelled worker waits for no storage: the disk ends what it began, and the worker takes the
/// next request. Jobs: the run of a backtest is named like its job, so however often it is done
/// there is one. A job that was claimed before and whose run is stored is completed without
/// computing. When a run cannot be stored because the store is away, the job is handed back. A
/// request that this program does not understand is handed back, too, and so is one whose candles
/// this machine cannot get (an error of field `worker`).
class BacktestWorker : public runtime::Actor<BacktestWorker, BacktestWorkerProtocol> {
 public:
  struct Ports {
    ports::CandleStore& candles;
    runtime::Lane& compute;
    runtime::Address<StorageProtocol> storage;
    std::string environment;     ///< goes into every run: "hts 0.1.0"
    std::string execution_host;  ///< host name
    /// What an account did as the document that is stored and answered; empty once the flag (null:
    /// never) is set. Any thread.
    std::function<std::string(const backtest::PortfolioRun&, const std::atomic<bool>*)>
        write_portfolio;
    UnderstandJob understand = {};  ///< empty: it knows no jobs
    /// Set where there is no storage: the run of a job goes out as its output, in this form.
    std::function<std::string(const backtest::BacktestRun&)> pack = {};
  };

  BacktestWorker(runtime::Context& context, Ports ports);
  ~BacktestWorker();

  void on(runtime::Request<RunBacktest>& request);
  void on(runtime::Request<RunJob>& request);
  void on(const StopWaiting&);

 private:
  struct Run;
  class Answer;
  struct Wait;
  using Waits = std::list<Wait>;

  void begin(std::shared_ptr<const backtest::BacktestRequest> asked, std::string run_id,
             std::shared_ptr<JobControl> control, std::shared_ptr<std::atomic<bool>> cancelled,
             Answer answer);
  /// Loads the candles and asks the storage, then computes if it must.
  void look_up(std::shared_ptr<Run> run, Answer answer);
  void compute(std::shared_ptr<Run> run, Answer answer);
  void save(SharedRun run, std::shared_ptr<const std::atomic<bool>> cancelled, Answer answer);

  /// Then `then(outcome, answer)`, unless the flag was set before: then the answer is `cancelled`.
  template <class Query, class Then>
  void ask_storage(Query query, time::Duration deadline,
                   std::shared_ptr<const std::atomic<bool>> cancelled, Answer answer, Then then);

  /// A job claimed before may have its run already.
  void resume(RunJob job, std::shared_ptr<const backtest::BacktestRequest> asked, Answer answer);
  void start(RunJob job, std::shared_ptr<const backtest::BacktestRequest> asked, Answer answer);
  void compute(RunJob job, ComputedWork work, runtime::ReplyTo<jobs::WorkEnd> reply);

  runtime::Context& context_;
  Ports ports_;
  Waits waits_;
};

}  // namespace hts::actors
