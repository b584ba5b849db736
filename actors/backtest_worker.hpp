#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/messages.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Computes backtests, one at a time.
///
/// Takes: RunBacktest.
/// Promises: a request whose very answer is stored (equal fingerprint, dates and description) gets
/// that run, unless it wants a fresh one. Else the answer is sent only after `storage` has made the
/// run durable; a cancelled run leaves nothing behind. Loading and computing happen on the
/// `compute` lane, so the strand stays free.
class BacktestWorker : public runtime::Actor<BacktestWorker, BacktestWorkerProtocol> {
 public:
  struct Ports {
    ports::CandleStore& candles;
    runtime::Lane& compute;
    runtime::Address<StorageProtocol> storage;
    std::string environment;     ///< goes into every run: "hts 0.1.0"
    std::string execution_host;  ///< host name
    /// What an account did as the document that is stored and answered. Any thread.
    std::function<std::string(const backtest::PortfolioRun&)> write_portfolio;
  };

  BacktestWorker(runtime::Context& context, Ports ports);

  void on(runtime::Request<RunBacktest>& request);

 private:
  struct Job;
  template <class Work>
  static auto watched(const Job& job, Work&& work);

  /// Loads the candles and asks the storage, then computes if it must.
  void look_up(std::shared_ptr<Job> job, runtime::ReplyTo<SharedRun> reply);
  void compute(std::shared_ptr<Job> job, runtime::ReplyTo<SharedRun> reply);
  void save(SharedRun run, runtime::ReplyTo<SharedRun> reply);

  runtime::Context& context_;
  Ports ports_;
};

}  // namespace hts::actors
