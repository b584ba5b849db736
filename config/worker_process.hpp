#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/http/api.hpp"
#include "adapters/http/io_thread.hpp"
#include "adapters/http/server.hpp"
#include "adapters/log/json_log.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "config/settings.hpp"
#include "config/wiring/job_listening.hpp"
#include "config/wiring/wiring.hpp"
#include "engine/ports/candle_store.hpp"
#include "engine/ports/job_store.hpp"
#include "engine/runtime/runtime.hpp"

namespace hts::config {

/// Where a worker tells how it is.
struct StatusPage {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
};

/// What `hts worker` consists of: a store of jobs, candles, the actors and their runtime. Start and
/// stop are called from one thread. The log outlives it.
class WorkerProcess {
 public:
  WorkerProcess(const Settings& settings, std::string name,
                std::unique_ptr<ports::CandleStore> candles, std::unique_ptr<ports::JobStore> jobs,
                log::JsonLog& log);
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Answers `/health` and `/metrics` from now on; the port. Errors: those of http::Server::listen.
  [[nodiscard]] result::Result<std::uint16_t> serve_status(const StatusPage& page);
  [[nodiscard]] result::Status start() { return runtime_.start(); }
  /// What runs finishes or goes back. False: something did not stop in time.
  [[nodiscard]] bool stop();

 private:
  std::unique_ptr<ports::CandleStore> candles_;
  std::unique_ptr<ports::JobStore> jobs_;
  prometheus::Metrics metrics_;
  std::optional<http::IoThread> sockets_;
  std::optional<http::Router> router_;
  // Below what actors and handlers use, so that it ends first.
  runtime::Runtime runtime_;
  runtime::Address<actors::SchedulerProtocol> scheduler_;
  std::optional<JobListening> listening_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace hts::config
