#include "api_under_test.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "adapters/http/api.hpp"
#include "engine/runtime/actor.hpp"

namespace hts::http_test {
namespace {

using result::ErrorCode;
using result::make_error;

time::Timestamp minute(std::int64_t number) {
  return time::from_milliseconds(1'582'186'740'000 + number * 60'000);
}

class SchedulerStandIn : public runtime::Actor<SchedulerStandIn, actors::SchedulerProtocol> {
 public:
  explicit SchedulerStandIn(ApiUnderTest& api) : api_(api) {}

  void on(runtime::Request<actors::SubmitBacktest>& request) {
    const backtest::BacktestRequest& asked = *request.query.request;
    if (asked.description == "hold") {
      return api_.held.put({request.query.request, std::move(request.reply)});
    }
    if (asked.description == "throw") throw std::runtime_error("the scheduler is broken");
    if (asked.description.starts_with("fail:")) {
      const auto code = static_cast<ErrorCode>(std::stoi(asked.description.substr(5)));
      return request.reply(make_error(code, "/secret/path: told by the scheduler.", "symbols[0]"));
    }
    request.reply(api_.finish(asked));
  }
  void on(runtime::Request<actors::GetSchedulerStatus>& request) {
    actors::SchedulerStatus status;
    status.queued = 3;
    status.running = 1;
    status.completed = 7;
    status.queue_capacity = 64;
    status.workers = 2;
    status.jobs = api_.jobs.counts();
    request.reply(status);
  }
  template <class Query>
  void on(runtime::Request<Query>& request) {
    if constexpr (requires { api_.jobs.on(std::move(request.query)); }) {
      request.reply(api_.jobs.on(std::move(request.query)));
    } else {
      request.reply(make_error(ErrorCode::unavailable, "Clients do not ask for this."));
    }
  }
  void on(const ports::JobSignal&) {}

 private:
  ApiUnderTest& api_;
};

class StorageStandIn : public runtime::Actor<StorageStandIn, actors::StorageProtocol> {
 public:
  explicit StorageStandIn(StoredRuns& stored) : stored_(stored) {}

  void on(runtime::Request<actors::SaveRun>& request) { request.reply(request.query.run); }
  void on(runtime::Request<actors::FindRun>& request) {
    const std::lock_guard lock{stored_.mutex};
    for (const auto& run : stored_.runs) {
      if (run->run_id == request.query.run_id) return request.reply(run);
    }
    request.reply(make_error(ErrorCode::not_found, "There is no run with this id.", "run_id"));
  }
  void on(runtime::Request<actors::FindMissingRuns>&) {}
  void on(runtime::Request<actors::FindEqualRun>& request) {
    request.reply(make_error(ErrorCode::not_found, "There is no such run."));
  }
  void on(runtime::Request<actors::FindLatestRun>& request) {
    const std::lock_guard lock{stored_.mutex};
    if (!stored_.runs.empty()) return request.reply(stored_.runs.back());
    request.reply(make_error(ErrorCode::not_found, "No backtest was run yet."));
  }
  void on(runtime::Request<actors::ListRuns>& request) {
    const std::lock_guard lock{stored_.mutex};
    ports::HistoryPage page;
    page.total = stored_.runs.size();
    for (std::size_t i = request.query.offset;
         i < stored_.runs.size() && page.runs.size() < request.query.limit; ++i) {
      page.runs.push_back(backtest::summarize(*stored_.runs[stored_.runs.size() - 1 - i]));
    }
    request.reply(std::move(page));
  }
  void on(runtime::Request<actors::SetSymbolActive>& request) {
    const std::lock_guard lock{stored_.mutex};
    for (auto& run : stored_.runs) {
      if (run->run_id != request.query.run_id) continue;
      auto changed = std::make_shared<backtest::BacktestRun>(*run);
      for (auto& symbol : changed->symbols) {
        if (symbol.symbol != request.query.symbol) continue;
        symbol.is_active = request.query.is_active;
        run = changed;
        return request.reply(backtest::summarize(*changed));
      }
      return request.reply(
          make_error(ErrorCode::not_found, "The run has no such symbol.", "symbol"));
    }
    request.reply(make_error(ErrorCode::not_found, "There is no run with this id.", "run_id"));
  }
  void on(runtime::Request<actors::ListPresets>& request) { request.reply(ports::PresetPage{}); }
  template <class Query>
  void on(runtime::Request<Query>& request) {
    request.reply(make_error(ErrorCode::unavailable, "Clients do not ask for this."));
  }

 private:
  StoredRuns& stored_;
};

class IngestStandIn : public runtime::Actor<IngestStandIn, actors::IngestProtocol> {
 public:
  void on(runtime::Request<actors::StoreCandles>& request) { request.reply(ports::WriteReport{}); }
  void on(runtime::Request<actors::ListInventory>& request) {
    std::vector<ports::CatalogFile> files;
    files.push_back({*market::Symbol::parse("KRW-BTC"), market::Timeframe::minute(), 2020, 3,
                     minute(0), minute(2), 1'234});
    request.reply(std::move(files));
  }
  void on(const actors::FeedArrived&) {}
  void on(const actors::FeedChanged&) {}
  template <class Query>
  void on(runtime::Request<Query>& request) {
    request.reply(make_error(ErrorCode::unavailable, "Clients do not ask for this."));
  }
};

}  // namespace

ApiUnderTest::ApiUnderTest() : runtime_({.threads = 2}) {
  runtime::ActorOptions fragile;
  fragile.supervision.max_restarts = 0;
  scheduler_ = runtime_.spawn<SchedulerStandIn>("scheduler", fragile, [this](runtime::Context&) {
    return std::make_unique<SchedulerStandIn>(*this);
  });
  const auto storage = runtime_.spawn<StorageStandIn>("storage", {}, [this](runtime::Context&) {
    return std::make_unique<StorageStandIn>(stored_);
  });
  const auto ingest = runtime_.spawn<IngestStandIn>(
      "ingest", {}, [](runtime::Context&) { return std::make_unique<IngestStandIn>(); });
  http::ApiServices services{runtime_, scheduler_, storage, ingest, "9.8.7"};
  services.events = &events;
  services.check_job = [](std::string_view kind, std::string_view) -> result::Status {
    if (kind == "noop") return result::success();
    return make_error(ErrorCode::invalid, "kind must be backtest or noop.", "kind");
  };
  router_ = http::make_router(services, metrics_);
  http::ServerOptions options;
  options.port = 0;
  auto server = http::Server::listen(
      runtime_.io(), options,
      [this](const http::HttpRequest& request, http::Responder responder) {
        router_.handle(request, std::move(responder));
      },
      [this](const http::AccessRecord& record) {
        metrics_.count_request(to_text(record.method), record.route, record.status, record.seconds);
      });
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(server).value();
  if (!runtime_.start().ok()) throw std::runtime_error("the runtime did not start");
}

ApiUnderTest::~ApiUnderTest() {
  Handover<std::size_t> drained;
  server_->drain(std::chrono::milliseconds{100}, [&](std::size_t cut) { drained.put(cut); });
  drained.take();
  server_.reset();
  runtime_.shutdown(std::chrono::seconds{5});
}

void ApiUnderTest::stop_scheduler() {
  runtime_.stop(scheduler_);
}

actors::SharedRun ApiUnderTest::finish(const backtest::BacktestRequest& request) {
  const std::lock_guard lock{stored_.mutex};
  auto run = std::make_shared<backtest::BacktestRun>();
  const std::string number = std::to_string(stored_.runs.size() + 1);
  run->run_id = "abcdef00-0000-4000-8000-" + std::string(12 - number.size(), '0') + number;
  run->strategy = request.strategy;
  run->parameters = request.parameters.values();
  run->start_date = request.start_date;
  run->end_date = request.end_date;
  run->timeframe = request.timeframe;
  run->description = request.description;
  run->executed_at = minute(9);
  run->environment = "hts 9.8.7";
  run->execution_host = "here";
  run->execution_seconds = 0.25;
  for (const market::Symbol& symbol : request.symbols) {
    backtest::SymbolResult result{symbol, true, {}};
    result.report.candles = 10;
    result.report.trades.push_back({1, 2, minute(1), minute(2), 100, 105, 5, 0.5});
    result.report.statistics = backtest::summarize(result.report.trades);
    run->symbols.push_back(std::move(result));
  }
  run->total_signals = run->symbols.size();
  stored_.runs.push_back(run);
  return run;
}

std::string run_body(const std::string& description) {
  return R"({"strategy":"volume_zone_breakout","params":{"volume_window":30},)"
         R"("symbols":["KRW-BTC","ETH_KRW"],"start_date":"2024-01-01","end_date":"2024-12-31",)"
         R"("timeframe":"1H","unknown":[{}],"description":")" +
         description + "\"}";
}

}  // namespace hts::http_test
