#include "config/worker_process.hpp"

#include <chrono>
#include <future>
#include <random>
#include <string_view>
#include <utility>

#include "config/host_name.hpp"
#include "config/job_store.hpp"
#include "config/version.hpp"
#include "config/wiring/stop_work.hpp"

namespace hts::config {
namespace {

/// What runs has half of it to finish.
constexpr std::chrono::milliseconds stop_budget{4000};

runtime::RuntimeOptions runtime_options(log::JsonLog& log) {
  std::random_device device;
  runtime::RuntimeOptions options;
  options.threads = 1;
  options.seed = (std::uint64_t{device()} << 32U) | device();
  options.log = [&log](const runtime::LogRecord& record) {
    const bool is_bad = record.level >= runtime::LogLevel::warning;
    log.write(is_bad ? log::Level::warning : log::Level::info, record.actor, record.text);
  };
  return options;
}

}  // namespace

WorkerProcess::WorkerProcess(const Settings& settings, std::string name,
                             std::unique_ptr<ports::CandleStore> candles,
                             std::unique_ptr<ports::JobStore> jobs, log::JsonLog& log)
    : candles_(std::move(candles)), jobs_(std::move(jobs)), runtime_(runtime_options(log)) {
  WiringOptions wiring;
  wiring.workers = static_cast<std::size_t>(settings.integer("jobs.workers"));
  wiring.environment = std::string{"hts "} + version;
  wiring.execution_host = host_name();
  wiring.jobs = job_options(settings, std::move(name));
  wiring.jobs.is_shared = true;
  scheduler_ = spawn_worker_actors(runtime_, *candles_, *jobs_, wiring);
  listening_.emplace(runtime_, scheduler_, *jobs_);
}

WorkerProcess::~WorkerProcess() {
  if (sockets_) sockets_->stop();
}

result::Result<std::uint16_t> WorkerProcess::serve_status(const StatusPage& page) {
  const http::ApiServices services{runtime_, scheduler_, {}, {}, version};
  http::Router& router = router_.emplace();
  http::add_status_routes(router, services, metrics_);
  http::ServerOptions options;
  options.address = page.address;
  options.port = page.port;
  options.max_connections = 64;
  auto server = http::Server::listen(
      sockets_.emplace().io(), options,
      [&router](const http::HttpRequest& request, http::Responder responder) {
        router.handle(request, std::move(responder));
      },
      [this](const http::AccessRecord& record) {
        metrics_.count_request(http::to_text(record.method), record.route, record.status,
                               record.seconds);
      });
  if (!server) return std::move(server).error();
  server_ = std::move(server).value();
  return server_->port();
}

bool WorkerProcess::stop() {
  if (server_) server_->stop_accepting();
  auto rest = std::make_shared<std::promise<void>>();
  auto at_rest = rest->get_future();
  runtime_.enter(make_prepare_to_stop(runtime_, scheduler_, stop_budget / 2, stop_budget * 6 / 8,
                                      [rest] { rest->set_value(); }));
  (void)at_rest.wait_for(stop_budget * 7 / 8);
  const runtime::ShutdownReport report = runtime_.shutdown(stop_budget / 8);
  // Handlers use the runtime, which may end now.
  if (sockets_) sockets_->stop();
  const bool clean = report.clean && report.survivors.empty();
  if (clean) server_.reset();
  return clean;
}

}  // namespace hts::config
