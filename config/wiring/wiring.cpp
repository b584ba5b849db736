#include "config/wiring/wiring.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "actors/backtest_worker.hpp"
#include "actors/ingest.hpp"
#include "actors/notifier.hpp"
#include "actors/position_manager.hpp"
#include "actors/scheduler.hpp"
#include "actors/storage.hpp"
#include "actors/strategy_runner.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/job_kinds/job_kinds.hpp"
#include "adapters/job_kinds/run_parcel.hpp"
#include "adapters/json/portfolio_document.hpp"

namespace hts::config {
namespace {

/// What stops first has the lowest number: sources of work, then those that do it, then those that
/// keep and tell it.
enum ShutdownPhase : int { accepting = 0, computing = 1, keeping = 2 };

actors::JobDeskPorts desk_ports(runtime::Runtime& runtime, ports::JobStore& store,
                                const WiringOptions& options) {
  actors::JobDeskPorts ports;
  ports.store = &store;
  ports.writes = &runtime.lane("jobs", 1, 1024);
  ports.reads = &runtime.lane("jobs_read", 1, 1024);
  ports.worker = options.jobs.worker;
  ports.is_shared = options.jobs.is_shared;
  ports.capacity = options.jobs.capacity;
  ports.lease = options.jobs.lease;
  ports.keep = options.jobs.keep;
  ports.announce = options.announce;
  return ports;
}

job_kinds::KindOptions job_kind_options(bool allow_noop) {
  job_kinds::KindOptions options;
  options.allow_noop = allow_noop;
  options.parse_backtest = [](std::string_view body) -> result::Result<backtest::BacktestRequest> {
    auto parsed = http::parse_run_request(body);
    if (!parsed) return std::move(parsed).error();
    return backtest::make_backtest_request(parsed->backtest);
  };
  return options;
}

actors::BacktestWorker::Ports worker_ports(ports::CandleStore& candles, runtime::Lane& compute,
                                           runtime::Address<actors::StorageProtocol> storage,
                                           const WiringOptions& options) {
  return {candles,
          compute,
          std::move(storage),
          options.environment,
          options.execution_host,
          &json::portfolio_document,
          job_kinds::understanding(job_kind_options(true)),
          {}};
}

std::vector<runtime::Address<actors::BacktestWorkerProtocol>> spawn_workers(
    runtime::Runtime& runtime, const runtime::ActorOptions& options,
    const actors::BacktestWorker::Ports& ports, std::size_t count) {
  std::vector<runtime::Address<actors::BacktestWorkerProtocol>> workers;
  for (std::size_t i = 0; i < count; ++i) {
    workers.push_back(runtime.spawn<actors::BacktestWorker>(
        "backtest_worker_" + std::to_string(i + 1), options, [ports](runtime::Context& context) {
          return std::make_unique<actors::BacktestWorker>(context, ports);
        }));
  }
  return workers;
}

actors::IngestPorts live_ingest_ports(runtime::Runtime& runtime, const Stores& stores,
                                      const WiringOptions& options, const Actors& all,
                                      runtime::Lane& disk) {
  actors::IngestPorts ports{stores.live_candles != nullptr ? *stores.live_candles : stores.candles,
                            disk};
  if (stores.ledger == nullptr) return ports;
  ports.options = options.live.ingest;
  ports.options.is_recording = options.live.is_recording;
  ports.tail = stores.tail;
  ports.live = &runtime.lane("live", 1, 1024);
  ports.history = stores.history;
  ports.rest = &runtime.lane("history", 1, 1024);
  ports.positions = all.positions;
  ports.notifier = all.notifier;
  ports.gate = options.live.gate;
  return ports;
}

actors::LivePorts live_ports(runtime::Runtime& runtime, const Stores& stores,
                             const WiringOptions& options, const Actors& all) {
  actors::LivePorts ports;
  if (stores.ledger == nullptr) return ports;
  ports.ledger = stores.ledger;
  ports.candles = stores.live_candles != nullptr ? stores.live_candles : &stores.candles;
  // Candles are durable before the ledger says that it has seen them: both go through one lane.
  ports.live = &runtime.lane("live", 1, 1024);
  ports.loads = &runtime.lane("disk", 1, 1024);
  ports.checks = &runtime.lane("live_check", 1, 4);
  ports.ingest = all.ingest;
  ports.notifier = all.notifier;
  ports.subscribe = options.live.subscribe;
  ports.announce = options.live.announce;
  ports.is_recording = options.live.is_recording;
  ports.day_boundary = options.live.ingest.day_boundary;
  ports.manual = options.live.manual;
  ports.spawn_runner = [&runtime](const actors::RunnerStart& start) {
    runtime::ActorOptions running;
    running.shutdown_phase = computing;
    running.mailbox.capacity = 16;
    running.mailbox.overflow = runtime::Overflow::wait;
    return runtime.spawn<actors::StrategyRunner>(
        "runner_" + std::to_string(start.slot) + "_" + std::to_string(start.life), running,
        [start](runtime::Context& context) {
          return std::make_unique<actors::StrategyRunner>(context, start);
        });
  };
  return ports;
}

/// Empty, so that notices go into the log alone, without an outbox or with rules that make no
/// sense, as a foreign journal may have them.
actors::Notifier::Ports notifier_ports(runtime::Runtime& runtime, const Stores& stores,
                                       const WiringOptions& options) {
  actors::Notifier::Ports ports;
  if (stores.alerts == nullptr || !options.notify) return ports;
  auto plan = alerts::make_alert_plan(*options.notify);
  if (!plan) return ports;
  ports.outbox = stores.alerts;
  // The database of live trading has one writer, in whose order things become durable.
  ports.lane = &runtime.lane("live", 1, 1024);
  for (ports::AlertChannel* channel : stores.channels) {
    // One message at a time, so that a slow server holds up nobody else.
    ports.channels.push_back(
        {channel, &runtime.lane("notify_" + std::string{channel->name()}, 1, 4)});
  }
  ports.plan = std::make_shared<const alerts::AlertPlan>(*std::move(plan));
  ports.publish = options.publish_alerts;
  return ports;
}

}  // namespace

http::CheckJob job_check(bool allow_noop) {
  return [kinds = job_kind_options(allow_noop)](std::string_view kind, std::string_view request) {
    return job_kinds::validate(kinds, kind, request);
  };
}

Actors spawn_actors(runtime::Runtime& runtime, const Stores& stores, const WiringOptions& options) {
  using runtime::Context;
  const auto in_phase = [&](ShutdownPhase phase) {
    runtime::ActorOptions actor;
    actor.shutdown_phase = phase;
    actor.mailbox.capacity = options.mailbox_capacity;
    return actor;
  };
  // SQLite and DuckDB's files are one disk: a second thread would only wait for the first.
  runtime::Lane& disk = runtime.lane("disk", 1, 1024);
  runtime::Lane& compute = runtime.lane("compute", options.workers, options.workers);

  Actors all;
  all.notifier = runtime.spawn<actors::Notifier>(
      "notifier", in_phase(keeping),
      [ports = notifier_ports(runtime, stores, options)](Context& context) {
        return std::make_unique<actors::Notifier>(context, ports);
      });
  all.storage = runtime.spawn<actors::Storage>(
      "storage", in_phase(keeping), [stores, &disk](Context& context) {
        return std::make_unique<actors::Storage>(context, stores.results, stores.artifacts, disk,
                                                 stores.presets);
      });
  runtime::ActorOptions booking = in_phase(computing);
  booking.mailbox.overflow = runtime::Overflow::wait;
  all.positions = runtime.reserve<actors::PositionManagerProtocol>("position_manager", booking);
  const actors::IngestPorts ingest_ports = live_ingest_ports(runtime, stores, options, all, disk);
  // Made anew it would not know what it follows.
  runtime::ActorOptions receiving = in_phase(accepting);
  receiving.mailbox.overflow = runtime::Overflow::wait;
  receiving.supervision.on_failure = runtime::OnFailure::keep_state;
  all.ingest = runtime.spawn<actors::Ingest>("ingest", receiving, [ingest_ports](Context& context) {
    return std::make_unique<actors::Ingest>(context, ingest_ports);
  });
  const actors::LivePorts live = live_ports(runtime, stores, options, all);
  runtime.start<actors::PositionManager>(all.positions, [live](Context& context) {
    return std::make_unique<actors::PositionManager>(context, live);
  });

  // What waits in the scheduler survives a failure; a worker that cannot go on fails it, so that
  // it starts anew with it, or the daemon says that backtests are out of order.
  runtime::ActorOptions scheduling = in_phase(accepting);
  scheduling.supervision.on_failure = runtime::OnFailure::keep_state;
  all.scheduler = runtime.reserve<actors::SchedulerProtocol>("scheduler", scheduling);
  runtime::ActorOptions working = in_phase(computing);
  working.supervisor = all.scheduler;
  const auto workers =
      spawn_workers(runtime, working, worker_ports(stores.candles, compute, all.storage, options),
                    options.workers);
  actors::Scheduler::Ports scheduler_ports{workers, all.notifier, options.queue_capacity};
  if (stores.jobs != nullptr) {
    scheduler_ports.jobs = desk_ports(runtime, *stores.jobs, options);
    scheduler_ports.jobs.storage = all.storage;
    scheduler_ports.jobs.unpack = &job_kinds::unpack_run;
  }
  runtime.start<actors::Scheduler>(all.scheduler, [scheduler_ports](Context& context) {
    return std::make_unique<actors::Scheduler>(context, scheduler_ports);
  });
  return all;
}

runtime::Address<actors::SchedulerProtocol> spawn_worker_actors(runtime::Runtime& runtime,
                                                                ports::CandleStore& candles,
                                                                ports::JobStore& jobs,
                                                                const WiringOptions& options) {
  using runtime::Context;
  runtime::ActorOptions scheduling;
  scheduling.shutdown_phase = accepting;
  scheduling.supervision.on_failure = runtime::OnFailure::keep_state;
  const auto scheduler = runtime.reserve<actors::SchedulerProtocol>("scheduler", scheduling);
  runtime::ActorOptions working;
  working.shutdown_phase = computing;
  working.supervisor = scheduler;
  runtime::ActorOptions telling;
  telling.shutdown_phase = keeping;
  const auto notifier = runtime.spawn<actors::Notifier>("notifier", telling, [](Context& context) {
    return std::make_unique<actors::Notifier>(context);
  });
  runtime::Lane& compute = runtime.lane("compute", options.workers, options.workers);
  actors::BacktestWorker::Ports ports = worker_ports(candles, compute, {}, options);
  ports.pack = &job_kinds::pack_run;
  actors::Scheduler::Ports scheduler_ports{spawn_workers(runtime, working, ports, options.workers),
                                           notifier, 1, desk_ports(runtime, jobs, options)};
  runtime.start<actors::Scheduler>(scheduler, [scheduler_ports](Context& context) {
    return std::make_unique<actors::Scheduler>(context, scheduler_ports);
  });
  return scheduler;
}

}  // namespace hts::config
