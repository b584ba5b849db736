#pragma once

#include <string>

#include "actors/messages.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::actors {

/// Computes backtests, one at a time.
///
/// Takes: RunBacktest.
/// Promises: the answer is sent only after `storage` has made the run durable; a cancelled run
/// leaves nothing behind. Loading and computing happen on the `compute` lane, so the strand stays
/// free.
class BacktestWorker : public runtime::Actor<BacktestWorker, BacktestWorkerProtocol> {
 public:
  struct Ports {
    ports::CandleStore& candles;
    runtime::Lane& compute;
    runtime::Address<StorageProtocol> storage;
    std::string environment;     ///< goes into every run: "hts 0.1.0"
    std::string execution_host;  ///< host name
  };

  BacktestWorker(runtime::Context& context, Ports ports);

  void on(runtime::Request<RunBacktest>& request);

 private:
  void save(SharedRun run, runtime::ReplyTo<SharedRun> reply);

  runtime::Context& context_;
  Ports ports_;
};

}  // namespace hts::actors
