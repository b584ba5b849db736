#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/runtime/protocol.hpp"
#include "engine/runtime/reply.hpp"

/// What the daemon's actors say to each other. A query names its answer with `Reply`;
/// `Request<Query>` carries the query and the way back. Bulky payloads travel as shared pointers to
/// const, so a message stays small.
namespace hts::actors {

using SharedRun = std::shared_ptr<const backtest::BacktestRun>;

// --- scheduler: accepts work, keeps it in a bounded queue, hands it to idle workers ---

/// Answered when the run is finished and stored. Errors: those of the run; unavailable when the
/// queue is full or the daemon is stopping.
struct SubmitBacktest {
  using Reply = SharedRun;
  std::shared_ptr<const backtest::BacktestRequest> request;
  /// From now on; then nobody waits for the answer, so the run is not started, or cancelled.
  time::Duration time_limit = std::chrono::hours{24};
};

struct SchedulerStatus {
  std::uint64_t queued = 0;
  std::uint64_t running = 0;
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t rejected = 0;
  std::uint64_t queue_capacity = 0;
  std::uint64_t workers = 0;
};

struct GetSchedulerStatus {
  using Reply = SchedulerStatus;
};

using SchedulerProtocol =
    runtime::Protocol<runtime::Request<SubmitBacktest>, runtime::Request<GetSchedulerStatus>>;

// --- backtest worker: computes one run at a time ---

struct RunBacktest {
  using Reply = SharedRun;
  std::shared_ptr<const backtest::BacktestRequest> request;
  std::shared_ptr<std::atomic<bool>> cancelled;  ///< set from outside; noticed within 50 ms
};

using BacktestWorkerProtocol = runtime::Protocol<runtime::Request<RunBacktest>>;

// --- storage: the only actor that speaks to the result and artifact stores ---

/// Answered once the run is durable.
struct SaveRun {
  using Reply = SharedRun;
  SharedRun run;
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

using StorageProtocol =
    runtime::Protocol<runtime::Request<SaveRun>, runtime::Request<FindRun>,
                      runtime::Request<FindEqualRun>, runtime::Request<FindLatestRun>,
                      runtime::Request<ListRuns>, runtime::Request<SetSymbolActive>>;

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

using IngestProtocol =
    runtime::Protocol<runtime::Request<StoreCandles>, runtime::Request<ListInventory>>;

// --- position manager: the paper book ---

struct PositionSummary {
  std::uint64_t open_positions = 0;
};
struct GetPositionSummary {
  using Reply = PositionSummary;
};

using PositionManagerProtocol = runtime::Protocol<runtime::Request<GetPositionSummary>>;

// --- notifier: tells people ---

enum class Severity { info, warning, critical };

struct Notice {
  Severity severity = Severity::info;
  std::string kind;  ///< "job_failed", "actor_failed", ...
  std::string text;  ///< one sentence, without secrets
};

using NotifierProtocol = runtime::Protocol<Notice>;

}  // namespace hts::actors
