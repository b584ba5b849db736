#include "actors/backtest_worker.hpp"

#include <chrono>
#include <utility>

#include "engine/backtest/execute.hpp"

namespace hts::actors {
namespace {

/// How long the disk may take to keep a result before the client is told.
constexpr std::chrono::seconds save_deadline{60};

}  // namespace

BacktestWorker::BacktestWorker(runtime::Context& context, Ports ports)
    : context_(context), ports_(std::move(ports)) {}

void BacktestWorker::on(runtime::Request<RunBacktest>& request) {
  const time::Timestamp executed_at = context_.now();
  // Named, because the order in which arguments are evaluated is the compiler's choice.
  const std::uint64_t first_draw = context_.random();
  const std::uint64_t second_draw = context_.random();
  std::string run_id = backtest::make_run_id(first_draw, second_draw);
  context_.offload(
      ports_.compute,
      [this, query = std::move(request.query)] {
        backtest::StudyControl control;
        control.cancel = runtime::PortCalls::cancel_flag(query.cancelled.get());
        auto outcome = backtest::execute(
            *query.request,
            [this](const market::Symbol& symbol, market::Timeframe timeframe,
                   time::TimeRange range) { return ports_.candles.load(symbol, timeframe, range); },
            control);
        runtime::PortCalls::note_cancelled(!outcome.ok() &&
                                           outcome.error().code == result::ErrorCode::cancelled);
        return outcome;
      },
      [this, executed_at, run_id = std::move(run_id), started = context_.steady_now(),
       reply = std::move(request.reply)](result::Result<backtest::BacktestRun> outcome) mutable {
        if (!outcome) {
          reply(std::move(outcome).error());
          return;
        }
        auto run = std::make_shared<backtest::BacktestRun>(std::move(outcome).value());
        run->run_id = std::move(run_id);
        run->executed_at = executed_at;
        run->environment = ports_.environment;
        run->execution_host = ports_.execution_host;
        run->execution_seconds =
            std::chrono::duration<double>(context_.steady_now() - started).count();
        save(std::move(run), std::move(reply));
      });
}

void BacktestWorker::save(SharedRun run, runtime::ReplyTo<SharedRun> reply) {
  context_.ask(ports_.storage, SaveRun{std::move(run)}, save_deadline,
               [reply = std::move(reply)](result::Result<SharedRun> saved) mutable {
                 reply(std::move(saved));
               });
}

}  // namespace hts::actors
