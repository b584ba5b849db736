#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/messages.hpp"
#include "adapters/http/job_request.hpp"
#include "adapters/http/router.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "engine/runtime/address.hpp"

namespace hts::runtime {
class Runtime;
}

namespace hts::scheduled_tasks {
class TaskDesk;
}

namespace hts::http {

class CandleDownloads;
class EventHub;

/// What the API asks of the daemon. The runtime outlives the router and every answer.
struct ApiServices {
  runtime::Runtime& runtime;
  runtime::Address<actors::SchedulerProtocol> scheduler;
  runtime::Address<actors::StorageProtocol> storage;
  runtime::Address<actors::IngestProtocol> ingest;
  std::string version;
  /// How the journal is; empty without one. Any thread.
  std::function<prometheus::JournalReadings()> journal = {};
  /// How the database of the results is; empty when it is a file of this machine. Any thread.
  std::function<prometheus::ResultReadings()> results = {};
  /// What waits on this machine, each place once; empty without any. Any thread; must not block.
  std::function<std::vector<prometheus::BacklogReadings>()> backlogs = {};
  /// How alerts go out; empty in a process without. Any thread; must not block.
  std::function<actors::NotifierStatus()> alerts = {};
  /// Which jobs beside backtests may be asked for; empty: none. Any thread.
  CheckJob check_job = {};
  /// Where clients hear of jobs; outlives the router. Null: not offered.
  EventHub* events = nullptr;
  JobTerms job_terms = {};
  /// Where other machines get candles; outlives the router. Null: not offered.
  CandleDownloads* candles = nullptr;
  /// The books of paper trading; none: not offered.
  runtime::Address<actors::PositionManagerProtocol> positions = {};
  /// How the feed is; empty without one. Any thread; must not block.
  std::function<ports::FeedFigures()> feed = {};
  /// Scheduled tasks; outlives the router. Null: there is no schedule.
  scheduled_tasks::TaskDesk* schedule = nullptr;
  /// Who tells people; none: nobody is told.
  runtime::Address<actors::NotifierProtocol> notifier = {};
  /// What came to the webhooks; empty: there are none. Any thread; must not block.
  std::function<std::vector<prometheus::WebhookReadings>()> webhooks = {};
  /// What goes out to Redis; empty: nothing does. Any thread; must not block.
  std::function<prometheus::PublishReadings()> publishing = {};
  /// The WebSockets; empty: there are none. Any thread; must not block.
  std::function<prometheus::WebSocketReadings()> web_sockets = {};
};

using AddRoutes = std::function<void(Router& router)>;

/// The routes of the API, and further ones. `metrics` outlives the router.
[[nodiscard]] Router make_router(const ApiServices& services, prometheus::Metrics& metrics,
                                 const std::vector<AddRoutes>& further = {});

/// Health and metrics, of any process that has a scheduler.
void add_status_routes(Router& router, const ApiServices& services, prometheus::Metrics& metrics);
/// `GET /`, health, strategies, inventory, metrics.
void add_system_routes(Router& router, const ApiServices& services, prometheus::Metrics& metrics);
/// Running backtests, and reading, listing, downloading and flagging those that were run.
void add_backtest_routes(Router& router, const ApiServices& services);
/// Backtests as tasks: accept, status, cancel, retry.
void add_task_routes(Router& router, const ApiServices& services);
/// The catalog's candles as files.
void add_candle_routes(Router& router, const ApiServices& services);
/// Presets of strategies.
void add_preset_routes(Router& router, const ApiServices& services);
/// Paper sessions and their positions.
void add_live_routes(Router& router, const ApiServices& services);
/// The queue's figures and the scheduled tasks.
void add_schedule_routes(Router& router, const ApiServices& services);
/// Jobs of every kind, dead letters, the queue, events.
void add_job_routes(Router& router, const ApiServices& services);

}  // namespace hts::http
