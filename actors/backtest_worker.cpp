#include "actors/backtest_worker.hpp"

#include <atomic>
#include <chrono>
#include <utility>
#include <variant>

#include "engine/backtest/execute.hpp"
#include "engine/backtest/fingerprint.hpp"
#include "engine/jobs/retry_policy.hpp"

namespace hts::actors {
namespace {

/// How long the disk may take to find a result before it is computed.
constexpr std::chrono::seconds find_deadline{30};
/// Candles that are kept while an equal run is looked for: five million.
constexpr std::size_t most_bytes_kept = std::size_t{256} << 20U;

/// Computes with a control that the record of the lane's job knows.
template <class Work>
auto watched(const std::atomic<bool>* cancelled, JobControl* told, Work&& work) {
  backtest::StudyControl control;
  control.cancel = runtime::PortCalls::cancel_flag(cancelled);
  if (told != nullptr) {
    control.progress = [told](double share) {
      told->progress.store(share, std::memory_order_relaxed);
    };
  }
  auto outcome = std::forward<Work>(work)(control);
  runtime::PortCalls::note_cancelled(!outcome.ok() &&
                                     outcome.error().code == result::ErrorCode::cancelled);
  return outcome;
}

std::shared_ptr<std::atomic<bool>> cancel_flag_of(const RunJob& job) {
  return {job.control, &job.control->cancelled};
}

jobs::WorkEnd end_of(result::Error error) {
  if (error.code == result::ErrorCode::cancelled) return jobs::WorkCancelled{};
  if (error.field == "worker") return jobs::HandedBack{std::move(error.message), {}};
  const bool may_retry = jobs::may_retry(error.code);
  return jobs::AttemptFailed{std::move(error), may_retry, {}};
}

/// The run could not be kept.
jobs::WorkEnd end_of_unsaved(result::Error error) {
  using enum result::ErrorCode;
  const bool is_away = error.code == unavailable || error.code == network ||
                       error.code == storage || error.code == timed_out;
  if (!is_away) return end_of(std::move(error));
  return jobs::HandedBack{"The result could not be kept: " + error.message, {}};
}

}  // namespace

/// The way back to whoever waits: a client, or the scheduler of a job.
class BacktestWorker::Answer {
 public:
  explicit Answer(runtime::ReplyTo<SharedRun> client) : client_(std::move(client)) {}
  explicit Answer(runtime::ReplyTo<jobs::WorkEnd> job) : job_(std::move(job)) {}

  void fail(result::Error error) {
    if (client_.pending()) {
      client_(std::move(error));
    } else {
      job_(end_of(std::move(error)));
    }
  }
  void found(SharedRun run) {
    if (client_.pending()) {
      client_(std::move(run));
    } else {
      job_(jobs::WorkEnd{jobs::Completed{run->run_id, {}}});
    }
  }
  void packed(const std::string& run_id, std::string output) {
    job_(jobs::WorkEnd{jobs::Completed{run_id, std::move(output)}});
  }
  void saved(result::Result<SharedRun> run) {
    if (run) {
      found(std::move(run).value());
    } else if (client_.pending()) {
      client_(std::move(run).error());
    } else {
      job_(end_of_unsaved(std::move(run).error()));
    }
  }

 private:
  runtime::ReplyTo<SharedRun> client_;
  runtime::ReplyTo<jobs::WorkEnd> job_;
};

/// A backtest on its way.
struct BacktestWorker::Run {
  std::shared_ptr<const backtest::BacktestRequest> request;
  std::shared_ptr<JobControl> control;  ///< null without a job
  std::shared_ptr<std::atomic<bool>> cancelled;
  backtest::RunCandles candles;
  time::Timestamp executed_at;
  std::string run_id;
  runtime::SteadyTime started;
};

/// An answer that waits for the storage.
struct BacktestWorker::Wait {
  runtime::AskId question;
  std::shared_ptr<const std::atomic<bool>> cancelled;
  Answer answer;
};

BacktestWorker::BacktestWorker(runtime::Context& context, Ports ports)
    : context_(context), ports_(std::move(ports)) {}

BacktestWorker::~BacktestWorker() = default;

template <class Query, class Then>
void BacktestWorker::ask_storage(Query query, time::Duration deadline,
                                 std::shared_ptr<const std::atomic<bool>> cancelled, Answer answer,
                                 Then then) {
  if (cancelled->load(std::memory_order_relaxed)) {
    answer.fail(backtest::cancelled_run());
    return;
  }
  const auto wait = waits_.insert(waits_.end(), Wait{{}, std::move(cancelled), std::move(answer)});
  wait->question = context_.ask(
      ports_.storage, std::move(query), deadline,
      [this, wait, then = std::move(then)](result::Result<typename Query::Reply> outcome) mutable {
        Answer waiting = std::move(wait->answer);
        waits_.erase(wait);
        then(std::move(outcome), std::move(waiting));
      });
}

void BacktestWorker::on(const StopWaiting&) {
  for (auto wait = waits_.begin(); wait != waits_.end();) {
    if (!wait->cancelled->load(std::memory_order_relaxed)) {
      ++wait;
      continue;
    }
    (void)context_.cancel(wait->question);
    wait->answer.fail(backtest::cancelled_run());
    wait = waits_.erase(wait);
  }
}

void BacktestWorker::on(runtime::Request<RunBacktest>& request) {
  // Named, because the order in which arguments are evaluated is the compiler's choice.
  const std::uint64_t first_draw = context_.random();
  const std::uint64_t second_draw = context_.random();
  begin(std::move(request.query.request), backtest::make_run_id(first_draw, second_draw), nullptr,
        std::move(request.query.cancelled), Answer{std::move(request.reply)});
}

void BacktestWorker::begin(std::shared_ptr<const backtest::BacktestRequest> asked,
                           std::string run_id, std::shared_ptr<JobControl> control,
                           std::shared_ptr<std::atomic<bool>> cancelled, Answer answer) {
  const auto load = [&candles = ports_.candles](const market::Symbol& symbol,
                                                market::Timeframe timeframe, time::TimeRange range,
                                                const std::atomic<bool>* cancel) {
    return candles.load(symbol, timeframe, range, cancel);
  };
  const bool is_fresh = asked->fresh;
  auto run = std::make_shared<Run>(Run{asked, std::move(control), std::move(cancelled),
                                       backtest::RunCandles(*asked, load, most_bytes_kept),
                                       context_.now(), std::move(run_id), context_.steady_now()});
  if (is_fresh || ports_.pack) {
    compute(std::move(run), std::move(answer));
  } else {
    look_up(std::move(run), std::move(answer));
  }
}

void BacktestWorker::look_up(std::shared_ptr<Run> run, Answer answer) {
  context_.offload(
      ports_.compute,
      [run] {
        return watched(run->cancelled.get(), nullptr, [&](const backtest::StudyControl& control) {
          return run->candles.fingerprint(control);
        });
      },
      [this, run, answer = std::move(answer)](result::Result<std::string> fingerprint) mutable {
        if (!fingerprint) {
          answer.fail(std::move(fingerprint).error());
          return;
        }
        const backtest::BacktestRequest& asked = *run->request;
        ask_storage(FindEqualRun{{std::move(fingerprint).value(), asked.start_date, asked.end_date,
                                  asked.description}},
                    find_deadline, run->cancelled, std::move(answer),
                    [this, run](result::Result<SharedRun> found, Answer found_for) mutable {
                      // A store that cannot answer keeps nobody from computing.
                      if (found) {
                        found_for.found(std::move(found).value());
                      } else {
                        compute(std::move(run), std::move(found_for));
                      }
                    });
      });
}

void BacktestWorker::compute(std::shared_ptr<Run> run, Answer answer) {
  context_.offload(
      ports_.compute,
      [run, write_portfolio = ports_.write_portfolio] {
        return watched(run->cancelled.get(), run->control.get(),
                       [&](const backtest::StudyControl& control) {
                         auto computed = backtest::execute(*run->request, run->candles, control);
                         if (!computed || !computed->portfolio) return computed;
                         computed->document = write_portfolio(*computed->portfolio, control.cancel);
                         computed->portfolio.reset();
                         if (computed->document.empty()) {
                           return result::Result<backtest::BacktestRun>{backtest::cancelled_run()};
                         }
                         return computed;
                       });
      },
      [this, run,
       answer = std::move(answer)](result::Result<backtest::BacktestRun> outcome) mutable {
        if (!outcome) {
          answer.fail(std::move(outcome).error());
          return;
        }
        auto computed = std::make_shared<backtest::BacktestRun>(std::move(outcome).value());
        computed->run_id = std::move(run->run_id);
        computed->executed_at = run->executed_at;
        computed->environment = ports_.environment;
        computed->execution_host = ports_.execution_host;
        computed->execution_seconds =
            std::chrono::duration<double>(context_.steady_now() - run->started).count();
        if (ports_.pack && run->control) {
          answer.packed(computed->run_id, ports_.pack(*computed));
        } else {
          save(std::move(computed), run->cancelled, std::move(answer));
        }
      });
}

void BacktestWorker::save(SharedRun run, std::shared_ptr<const std::atomic<bool>> cancelled,
                          Answer answer) {
  SaveRun query{std::move(run), cancelled};
  ask_storage(
      std::move(query), save_deadline, std::move(cancelled), std::move(answer),
      [](result::Result<SharedRun> saved, Answer saved_for) { saved_for.saved(std::move(saved)); });
}

void BacktestWorker::on(runtime::Request<RunJob>& request) {
  const jobs::JobRecord& record = *request.query.job;
  if (!ports_.understand) {
    request.reply(jobs::WorkEnd{jobs::HandedBack{"This worker knows no jobs.", {}}});
    return;
  }
  auto work = ports_.understand(record);
  if (!work) {
    result::Error error = std::move(work).error();
    if (error.code == result::ErrorCode::not_found && error.field == "kind") {
      request.reply(jobs::WorkEnd{jobs::HandedBack{std::move(error.message), {}}});
    } else {
      request.reply(end_of(std::move(error)));
    }
    return;
  }
  if (auto* asked = std::get_if<BacktestWork>(&*work)) {
    if (record.claims > 1 && !ports_.pack) {
      resume(std::move(request.query), std::move(asked->request), Answer{std::move(request.reply)});
    } else {
      start(std::move(request.query), std::move(asked->request), Answer{std::move(request.reply)});
    }
  } else if (auto* computed = std::get_if<ComputedWork>(&*work)) {
    compute(std::move(request.query), std::move(*computed), std::move(request.reply));
  } else {
    request.reply(jobs::WorkEnd{jobs::Completed{}});
  }
}

void BacktestWorker::resume(RunJob job, std::shared_ptr<const backtest::BacktestRequest> asked,
                            Answer answer) {
  FindRun query{job.job->job.id.text()};
  auto cancelled = cancel_flag_of(job);
  ask_storage(std::move(query), find_deadline, std::move(cancelled), std::move(answer),
              [this, job = std::move(job), asked = std::move(asked)](
                  result::Result<SharedRun> found, Answer found_for) mutable {
                if (!found && found.error().code == result::ErrorCode::not_found) {
                  start(std::move(job), std::move(asked), std::move(found_for));
                } else {
                  found_for.saved(std::move(found));
                }
              });
}

void BacktestWorker::start(RunJob job, std::shared_ptr<const backtest::BacktestRequest> asked,
                           Answer answer) {
  begin(std::move(asked), job.job->job.id.text(), job.control, cancel_flag_of(job),
        std::move(answer));
}

void BacktestWorker::compute(RunJob job, ComputedWork work, runtime::ReplyTo<jobs::WorkEnd> reply) {
  context_.offload(
      ports_.compute,
      [job = std::move(job), work = std::move(work), &candles = ports_.candles] {
        return watched(&job.control->cancelled, job.control.get(),
                       [&](const backtest::StudyControl& control) {
                         return work.compute({candles, job.part_outputs.get(), control});
                       });
      },
      [reply = std::move(reply)](result::Result<WorkDone> done) mutable {
        if (!done) {
          reply(end_of(std::move(done).error()));
        } else if (!done->parts.empty()) {
          reply(jobs::WorkEnd{jobs::FannedOut{std::move(done->parts)}});
        } else {
          reply(jobs::WorkEnd{jobs::Completed{{}, std::move(done->output)}});
        }
      });
}

}  // namespace hts::actors
