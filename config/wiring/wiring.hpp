#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/ingest_options.hpp"
#include "actors/messages.hpp"
#include "adapters/http/job_request.hpp"
#include "engine/alerts/alert_plan.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_event.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/ports/artifact_store.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/candle_tail.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/ports/ledger_store.hpp"
#include "engine/ports/market_feed.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/ports/result_store.hpp"
#include "engine/runtime/runtime.hpp"

/// Which actors the daemon consists of and who knows whom. The daemon, the simulation and the
/// replay of a journal all wire their actors here, so what is simulated is what runs.
namespace hts::config {

/// What the actors keep their things in; outlives the runtime.
struct Stores {
  ports::CandleStore& candles;
  ports::ResultStore& results;
  ports::ArtifactStore& artifacts;
  ports::JobStore* jobs = nullptr;        ///< null: no durable jobs
  ports::PresetStore* presets = nullptr;  ///< null: no presets
  // Live trading; without a ledger there is none.
  ports::LedgerStore* ledger = nullptr;
  ports::CandleTail* tail = nullptr;                ///< null: live candles are not kept
  ports::CandleStore* live_candles = nullptr;       ///< where ingest reads; null: `candles`
  ports::MarketHistory* history = nullptr;          ///< null: what a stream missed stays missing
  ports::AlertOutbox* alerts = nullptr;             ///< null: notices go into the log alone
  std::vector<ports::AlertChannel*> channels = {};  ///< those that the rules name, in their order
};

struct LiveOptions {
  bool is_recording = false;          ///< the feed plays one
  actors::IngestOptions ingest = {};  ///< `is_recording` as above
  paper::ManualCosts manual = {};     ///< of sessions to come
  /// Tells the feed what is wanted from now on; no part of what a journal keeps. May be empty.
  std::function<result::Status(const ports::FeedSubscription& wanted)> subscribe = {};
  std::shared_ptr<actors::FeedGate> gate = {};
  /// Hears what sessions do, once it is durable; must not block. May be empty.
  std::function<void(const paper::LivePlan& plan, const std::vector<paper::PaperEvent>& events)>
      announce = {};
};

struct JobOptions {
  std::string worker;      ///< names this process among all that work on the store, for ever
  bool is_shared = false;  ///< other processes work on the same store
  std::uint64_t capacity = 100'000;
  std::chrono::seconds lease{30};
  std::chrono::hours keep{24 * 7};
};

struct WiringOptions {
  std::size_t workers = 1;          ///< backtests computed at the same time
  std::size_t queue_capacity = 64;  ///< backtests waiting for a worker
  std::string environment;          ///< goes into every run: "hts 0.1.0"
  std::string execution_host;       ///< goes into every run: the host's name
  std::size_t mailbox_capacity = 512;
  JobOptions jobs;
  LiveOptions live;
  /// Hears what becomes of jobs; must not block. May be empty. No part of what a journal keeps.
  std::function<void(const jobs::JobEvent&)> announce = {};
  std::optional<alerts::AlertRules> notify = {};  ///< none: as without an outbox
  /// Hears how alerts go out; must not block. May be empty.
  std::function<void(const actors::NotifierStatus&)> publish_alerts = {};
};

/// Which jobs clients may submit, for ApiServices::check_job. `allow_noop`: also those that do
/// nothing.
[[nodiscard]] http::CheckJob job_check(bool allow_noop);

/// Where requests from outside go.
struct Actors {
  runtime::Address<actors::SchedulerProtocol> scheduler;
  runtime::Address<actors::StorageProtocol> storage;
  runtime::Address<actors::IngestProtocol> ingest;
  runtime::Address<actors::PositionManagerProtocol> positions;
  runtime::Address<actors::NotifierProtocol> notifier;
};

/// Spawns the daemon's actors and makes their lanes. They run once the runtime does.
[[nodiscard]] Actors spawn_actors(runtime::Runtime& runtime, const Stores& stores,
                                  const WiringOptions& options);

/// The actors of a process that only does jobs of a shared store: a scheduler and its workers. Runs
/// go out as the outputs of their jobs. They run once the runtime does; what is given outlives it.
[[nodiscard]] runtime::Address<actors::SchedulerProtocol> spawn_worker_actors(
    runtime::Runtime& runtime, ports::CandleStore& candles, ports::JobStore& jobs,
    const WiringOptions& options);

}  // namespace hts::config
