#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/health.hpp"
#include "adapters/http/live_reading.hpp"
#include "adapters/http/readiness.hpp"
#include "adapters/json/strategy_json.hpp"
#include "adapters/scheduled_tasks/task_desk.hpp"
#include "engine/json/json_writer.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::http {
namespace {

constexpr std::chrono::seconds system_deadline{30};
// A scrape should not wait for an actor that is stuck.
constexpr std::chrono::seconds scrape_deadline{1};

std::shared_ptr<const std::string> index_text(const Router& router, const std::string& version) {
  std::string text;
  json::Writer writer{text, json::Layout::pretty};
  writer.begin_object();
  writer.member("name", "HTS Engine");
  writer.member("description",
                "Backtests of crypto strategies and paper trading. Start with GET "
                "/api/strategies, then POST /api/backtests/run.");
  writer.member("version", version);
  writer.member("health", "/health");
  writer.member("docs", "docs/api.md");
  writer.key("endpoints");
  writer.begin_array();
  for (const Router::Endpoint& endpoint : router.endpoints()) {
    writer.begin_object();
    writer.member("method", to_text(endpoint.method));
    writer.member("path", endpoint.path);
    writer.member("summary", endpoint.summary);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  text += '\n';
  return std::make_shared<const std::string>(std::move(text));
}

std::shared_ptr<const std::string> strategies_text() {
  std::string text;
  json::Writer writer{text};
  json::write_strategies(writer, strategies::all_strategies());
  return std::make_shared<const std::string>(std::move(text));
}

RouteHandler prebuilt(std::shared_ptr<const std::string> text) {
  return [text = std::move(text)](const RoutedRequest&, Responder responder) {
    Response response;
    response.shared_body = text;
    responder.send(std::move(response));
  };
}

Response inventory_response(const std::vector<ports::CatalogFile>& files) {
  std::string text;
  json::Writer writer{text};
  std::uint64_t candles = 0;
  writer.begin_object();
  writer.key("inventory");
  writer.begin_array();
  for (const ports::CatalogFile& file : files) {
    candles += file.candles;
    writer.begin_object();
    writer.member("symbol", file.symbol.text());
    writer.member("timeframe", file.timeframe.name());
    writer.member("year", file.year);
    writer.member("candles", file.candles);
    writer.member("first", time::format_iso8601(file.first));
    writer.member("last", time::format_iso8601(file.last));
    writer.member("bytes", file.bytes);
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", files.size());
  writer.member("total_candles", candles);
  writer.end_object();
  return json_response(200, std::move(text));
}

double seconds_of(runtime::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void write_seconds(json::Writer& writer, std::string_view name,
                   std::optional<runtime::Duration> duration) {
  writer.key(name);
  if (duration) {
    writer.value(seconds_of(*duration));
  } else {
    writer.value(nullptr);
  }
}

Response actors_response(const runtime::Runtime& runtime) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("actors");
  writer.begin_array();
  const auto actors = runtime.snapshot();
  for (const runtime::ActorSnapshot& actor : actors) {
    writer.begin_object();
    writer.member("name", actor.name);
    writer.member("state", runtime::name_of(actor.state));
    writer.member("depth", actor.depth);
    writer.member("capacity", actor.capacity);
    writer.member("handled", actor.handled);
    writer.member("dropped", actor.dropped());
    writer.member("restarts", actor.restarts);
    writer.member("stuck_seconds", seconds_of(actor.stuck_for));
    write_seconds(writer, "mean_handling_seconds", actor.handling.mean());
    write_seconds(writer, "p99_handling_seconds", actor.handling.quantile(0.99));
    write_seconds(writer, "mean_wait_seconds", actor.waiting.mean());
    write_seconds(writer, "p99_wait_seconds", actor.waiting.quantile(0.99));
    writer.key("last_error");
    if (actor.last_error.empty()) {
      writer.value(nullptr);
    } else {
      writer.value(actor.last_error);
    }
    writer.end_object();
  }
  writer.end_array();
  writer.member("count", actors.size());
  writer.key("lanes");
  writer.begin_array();
  for (const runtime::LaneSnapshot& lane : runtime.lanes()) {
    writer.begin_object();
    writer.member("name", lane.name);
    writer.member("threads", lane.threads);
    writer.member("depth", lane.depth);
    writer.member("capacity", lane.capacity);
    writer.member("done", lane.done);
    writer.member("rejected", lane.rejected);
    writer.member("running", lane.running);
    writer.member("oldest_job_seconds", seconds_of(lane.oldest_running));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return json_response(200, std::move(text));
}

void show_health(HealthPage& page, Responder responder) {
  Response response;
  response.shared_body = page.fresh_text();
  if (response.shared_body) return responder.send(std::move(response));
  // std::function wants what it holds to be copyable.
  auto client = std::make_shared<Responder>(std::move(responder));
  page.when_fresh([client](const HealthPage::Text& text) {
    Response late;
    late.shared_body = text;
    client->send(std::move(late));
  });
}

Response metrics_response(const ApiServices& services, const prometheus::Metrics& metrics,
                          prometheus::Readings readings) {
  readings.version = services.version;
  readings.now = services.runtime.now();
  readings.actors = services.runtime.snapshot();
  readings.lanes = services.runtime.lanes();
  if (services.journal) readings.journal = services.journal();
  if (services.results) readings.results = services.results();
  if (services.alerts) readings.alerts = services.alerts();
  if (services.backlogs) readings.backlogs = services.backlogs();
  if (services.schedule != nullptr) readings.tasks = services.schedule->status();
  if (services.webhooks) readings.webhooks = services.webhooks();
  if (services.publishing) readings.publishing = services.publishing();
  if (services.web_sockets) readings.web_sockets = services.web_sockets();
  Response response;
  response.content_type = prometheus::text_media_type;
  response.body = metrics.text(readings);
  return response;
}

void scrape(const ApiServices& services, const prometheus::Metrics& metrics, Responder responder) {
  // std::function wants what it holds to be copyable.
  auto client = std::make_shared<Responder>(std::move(responder));
  services.runtime.ask(
      services.scheduler, actors::GetSchedulerStatus{}, scrape_deadline,
      [services, &metrics, client](const result::Result<actors::SchedulerStatus>& jobs) {
        prometheus::Readings readings;
        if (jobs.ok()) readings.jobs = *jobs;
        read_live(services, scrape_deadline,
                  [services, &metrics, client, readings](prometheus::LiveReadings live) mutable {
                    readings.live = std::move(live);
                    client->send(metrics_response(services, metrics, std::move(readings)));
                  });
      });
}

/// Empty: alerts go out.
std::string alert_problem(const actors::NotifierStatus& status) {
  std::string failing;
  for (const alerts::ChannelFigures& channel : status.channels) {
    if (channel.is_failing) failing += (failing.empty() ? "" : ", ") + channel.channel;
  }
  if (!status.store_error.empty())
    return "The outbox of alerts does not answer; the log has the cause.";
  if (failing.empty()) return {};
  return "Alerts cannot go out by " + failing +
         "; 'hts notify test' says why, and so does the log.";
}

}  // namespace

HealthPage::FindProblem problem_finder(const ApiServices& services) {
  // What exactly is wrong may name paths and hosts, which are nobody's business but the log's.
  return [journal = services.journal, results = services.results, alerts = services.alerts] {
    std::string problem = alerts ? alert_problem(alerts()) : std::string{};
    if (journal && !journal().problem.empty()) {
      problem +=
          std::string{problem.empty() ? "" : " "} +
          "The journal cannot be written, so what enters now may not be replayed later; the log "
          "has "
          "the cause.";
    }
    if (const auto database = results ? results() : prometheus::ResultReadings{};
        !database.is_reachable) {
      problem += (problem.empty() ? "" : " ") +
                 std::string{
                     "The database of the results does not "
                     "answer; "} +
                 std::to_string(database.waiting) +
                 " results wait in a file until it does. The log has the cause.";
    }
    return problem;
  };
}

void add_status_routes(Router& router, const ApiServices& services, prometheus::Metrics& metrics) {
  const HealthPage::FindProblem find_problem = problem_finder(services);
  const auto page = std::make_shared<HealthPage>(services.runtime, services.scheduler,
                                                 services.version, find_problem, services.backlogs);
  add_readiness_route(router, services, find_problem);
  for (const char* path : {"/health", "/api/health"}) {
    router.add(Method::get, path, "Is the process well?",
               [page](const RoutedRequest&, Responder responder) {
                 show_health(*page, std::move(responder));
               });
  }
  router.add(Method::get, "/metrics", "Figures for Prometheus.",
             [services, &metrics](const RoutedRequest&, Responder responder) {
               scrape(services, metrics, std::move(responder));
             });
}

void add_system_routes(Router& router, const ApiServices& services, prometheus::Metrics& metrics) {
  add_status_routes(router, services, metrics);
  router.add(Method::get, "/api/strategies",
             "The strategies and their parameters with defaults and ranges.",
             prebuilt(strategies_text()));
  router.add(Method::get, "/api/data/inventory", "The candles that are stored.",
             [services](const RoutedRequest&, Responder responder) {
               answer_from(services.runtime, services.ingest, actors::ListInventory{},
                           system_deadline, std::move(responder), inventory_response);
             });
  router.add(Method::get, "/api/actors", "The actors: state, mailbox, failures.",
             [services](const RoutedRequest&, Responder responder) {
               responder.send(actors_response(services.runtime));
             });
}

Router make_router(const ApiServices& services, prometheus::Metrics& metrics,
                   const std::vector<AddRoutes>& further) {
  Router router;
  add_system_routes(router, services, metrics);
  add_backtest_routes(router, services);
  add_task_routes(router, services);
  add_job_routes(router, services);
  add_candle_routes(router, services);
  add_preset_routes(router, services);
  add_live_routes(router, services);
  add_schedule_routes(router, services);
  for (const AddRoutes& add : further) add(router);
  router.add(Method::get, "/", "This list.", prebuilt(index_text(router, services.version)));
  return router;
}

}  // namespace hts::http
