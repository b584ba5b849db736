#include "actors/backtest_worker.hpp"

#include <chrono>
#include <utility>

#include "engine/backtest/execute.hpp"

namespace hts::actors {
namespace {

/// How long the disk may take to keep a result before the client is told.
constexpr std::chrono::seconds save_deadline{60};
/// How long the disk may take to find a result before it is computed.
constexpr std::chrono::seconds find_deadline{30};
/// Candles that are kept while an equal run is looked for: five million.
constexpr std::size_t most_bytes_kept = std::size_t{256} << 20U;

}  // namespace

struct BacktestWorker::Job {
  RunBacktest query;
  backtest::RunCandles candles;
  time::Timestamp executed_at;
  std::string run_id;
  runtime::SteadyTime started;
};

/// Computes with a control that the record of the job knows.
template <class Work>
auto BacktestWorker::watched(const Job& job, Work&& work) {
  backtest::StudyControl control;
  control.cancel = runtime::PortCalls::cancel_flag(job.query.cancelled.get());
  auto outcome = std::forward<Work>(work)(control);
  runtime::PortCalls::note_cancelled(!outcome.ok() &&
                                     outcome.error().code == result::ErrorCode::cancelled);
  return outcome;
}

BacktestWorker::BacktestWorker(runtime::Context& context, Ports ports)
    : context_(context), ports_(std::move(ports)) {}

void BacktestWorker::on(runtime::Request<RunBacktest>& request) {
  const time::Timestamp executed_at = context_.now();
  // Named, because the order in which arguments are evaluated is the compiler's choice.
  const std::uint64_t first_draw = context_.random();
  const std::uint64_t second_draw = context_.random();
  const auto load = [&candles = ports_.candles](
                        const market::Symbol& symbol, market::Timeframe timeframe,
                        time::TimeRange range) { return candles.load(symbol, timeframe, range); };
  const backtest::BacktestRequest& asked = *request.query.request;
  auto job = std::make_shared<Job>(
      Job{std::move(request.query), backtest::RunCandles(asked, load, most_bytes_kept), executed_at,
          backtest::make_run_id(first_draw, second_draw), context_.steady_now()});
  if (asked.fresh) {
    compute(std::move(job), std::move(request.reply));
  } else {
    look_up(std::move(job), std::move(request.reply));
  }
}

void BacktestWorker::look_up(std::shared_ptr<Job> job, runtime::ReplyTo<SharedRun> reply) {
  context_.offload(
      ports_.compute,
      [job] {
        return watched(*job, [&](const backtest::StudyControl& control) {
          return job->candles.fingerprint(control);
        });
      },
      [this, job, reply = std::move(reply)](result::Result<std::string> fingerprint) mutable {
        if (!fingerprint) {
          reply(std::move(fingerprint).error());
          return;
        }
        const backtest::BacktestRequest& asked = *job->query.request;
        context_.ask(ports_.storage,
                     FindEqualRun{{std::move(fingerprint).value(), asked.start_date, asked.end_date,
                                   asked.description}},
                     find_deadline,
                     [this, job = std::move(job),
                      reply = std::move(reply)](result::Result<SharedRun> found) mutable {
                       // A store that cannot answer keeps nobody from computing.
                       if (found) {
                         reply(std::move(found));
                       } else {
                         compute(std::move(job), std::move(reply));
                       }
                     });
      });
}

void BacktestWorker::compute(std::shared_ptr<Job> job, runtime::ReplyTo<SharedRun> reply) {
  context_.offload(
      ports_.compute,
      [job, write_portfolio = ports_.write_portfolio] {
        return watched(*job, [&](const backtest::StudyControl& control) {
          auto run = backtest::execute(*job->query.request, job->candles, control);
          if (run && run->portfolio) {
            run->document = write_portfolio(*run->portfolio);
            run->portfolio.reset();
          }
          return run;
        });
      },
      [this, job, reply = std::move(reply)](result::Result<backtest::BacktestRun> outcome) mutable {
        if (!outcome) {
          reply(std::move(outcome).error());
          return;
        }
        auto run = std::make_shared<backtest::BacktestRun>(std::move(outcome).value());
        run->run_id = std::move(job->run_id);
        run->executed_at = job->executed_at;
        run->environment = ports_.environment;
        run->execution_host = ports_.execution_host;
        run->execution_seconds =
            std::chrono::duration<double>(context_.steady_now() - job->started).count();
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
