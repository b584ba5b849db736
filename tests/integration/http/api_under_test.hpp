#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "actors/messages.hpp"
#include "adapters/http/event_hub.hpp"
#include "adapters/http/router.hpp"
#include "adapters/http/server.hpp"
#include "adapters/prometheus/metrics.hpp"
#include "engine/runtime/runtime.hpp"
#include "handover.hpp"
#include "jobs_under_test.hpp"
#include "loopback_client.hpp"

namespace hts::http_test {

/// A well-formed id of no run and no task.
inline const std::string unknown_id = "00000000-0000-4000-8000-000000000000";

/// The runs that the stand-ins of scheduler and storage share.
struct StoredRuns {
  std::mutex mutex;
  std::vector<std::shared_ptr<const backtest::BacktestRun>> runs;  // oldest first
};

/// The whole API behind a real server on a free loopback port, on a real runtime. Scheduler,
/// storage and ingest are stand-ins that speak the real protocols: a run has one signal a symbol;
/// the description of a request directs its fate: "hold" leaves the answer in `held`, "fail:CODE"
/// fails with that code's number, "throw" breaks the scheduler for good. Jobs of the kind `noop`
/// are taken beside backtests.
class ApiUnderTest {
 public:
  ApiUnderTest();
  ~ApiUnderTest();

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] http::Server& server() { return *server_; }
  void stop_scheduler();

  Answer get(std::string_view target) { return request(port(), "GET", target); }
  Answer post(std::string_view target, std::string_view body = "{}") {
    return request(port(), "POST", target, body);
  }
  Answer remove(std::string_view target) { return request(port(), "DELETE", target); }
  Answer post_run(std::string_view body) {
    return request(port(), "POST", "/api/backtests/run", body);
  }

  struct Held {
    std::shared_ptr<const backtest::BacktestRequest> request;
    runtime::ReplyTo<actors::SharedRun> reply;
  };
  Handover<Held> held;

  JobsUnderTest jobs;
  /// Four events are kept, three clients may listen.
  http::EventHub events{{.kept_events = 4, .most_listeners = 3, .life = "a1"}};

  /// What the scheduler would answer.
  [[nodiscard]] actors::SharedRun finish(const backtest::BacktestRequest& request);

 private:
  StoredRuns stored_;
  prometheus::Metrics metrics_;
  runtime::Runtime runtime_;
  runtime::Address<actors::SchedulerProtocol> scheduler_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

/// A sound request; `description` as above.
[[nodiscard]] std::string run_body(const std::string& description = "");

/// The member of that name, a text.
[[nodiscard]] inline std::string text_of(const boost::json::value& json, const char* name) {
  return std::string{json.at(name).as_string()};
}

}  // namespace hts::http_test
