#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "adapters/http/actor_answer.hpp"
#include "adapters/http/api.hpp"
#include "adapters/http/job_request.hpp"
#include "adapters/http/job_submission.hpp"
#include "adapters/http/page_request.hpp"
#include "adapters/http/run_estimate.hpp"
#include "adapters/http/run_request.hpp"
#include "adapters/http/signals_csv.hpp"
#include "adapters/http/trades_csv.hpp"
#include "adapters/json/backtest_json.hpp"

namespace hts::http {
namespace {

constexpr PageLimits history_pages{};
constexpr std::chrono::seconds storage_deadline{30};
constexpr std::chrono::seconds default_run_timeout{600};
constexpr std::chrono::seconds longest_run_timeout{3600};

Response run_response(const actors::SharedRun& run) {
  return json_response(200, json::backtest_to_text(*run));
}

Response history_response(const ports::HistoryPage& page, std::uint64_t limit,
                          std::uint64_t offset) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object();
  writer.key("history");
  writer.begin_array();
  for (const backtest::RunSummary& run : page.runs) json::write_summary(writer, run);
  writer.end_array();
  writer.member("count", page.runs.size());
  writer.member("total", page.total);
  writer.member("limit", limit);
  writer.member("offset", offset);
  writer.end_object();
  return json_response(200, std::move(text));
}

enum class DownloadFormat { json, csv };

result::Result<DownloadFormat> parse_format(const std::optional<std::string>& text) {
  if (!text || *text == "json") return DownloadFormat::json;
  if (*text == "csv") return DownloadFormat::csv;
  return result::make_error(result::ErrorCode::invalid, "format must be json or csv.", "format");
}

Response download_response(const backtest::BacktestRun& run, DownloadFormat format) {
  const bool csv = format == DownloadFormat::csv;
  Response response;
  if (csv && run.mode == backtest::Mode::portfolio) {
    auto trades = trades_to_csv(run);
    if (!trades) throw std::runtime_error(trades.error().message);
    response.body = std::move(trades).value();
  } else {
    response.body = csv ? signals_to_csv(run) : json::backtest_to_text(run, json::Layout::pretty);
  }
  response.content_type = csv ? "text/csv; charset=utf-8" : "application/json";
  response.headers.emplace_back(
      "Content-Disposition",
      "attachment; filename=\"backtest-" + run.run_id + (csv ? ".csv\"" : ".json\""));
  return response;
}

// Two spellings of a symbol are one row; the row is named as it is stored.
Response flag_response(const backtest::RunSummary& run, const market::Symbol& symbol) {
  for (const auto& row : run.symbols) {
    if (row.symbol != symbol) continue;
    std::string text;
    json::Writer writer{text};
    writer.begin_object();
    writer.member("run_id", run.run_id);
    writer.member("symbol", row.symbol.text());
    writer.member("is_active", row.is_active);
    writer.end_object();
    return json_response(200, std::move(text));
  }
  throw std::logic_error("the storage answered without the symbol that it changed");
}

void run_backtest(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto& http = request.http;
  if (auto problem = refuse_media_type(http.header("Content-Type"), http.body)) {
    return responder.fail(*problem);
  }
  auto parsed = parse_run_request(http.body);
  if (!parsed.ok()) return responder.fail(parsed.error());
  auto checked = backtest::make_backtest_request(parsed->backtest);
  if (!checked.ok()) return responder.fail(checked.error());

  const std::chrono::nanoseconds timeout = parsed->timeout.value_or(default_run_timeout);
  if (timeout > longest_run_timeout) {
    return responder.fail(result::make_error(
        result::ErrorCode::invalid,
        "timeout_seconds must be at most 3600 here; send longer work to /api/backtests/run-async.",
        "timeout_seconds"));
  }
  if (prefers_async(http) && estimated_run_time(*checked) > async_from) {
    auto job = parse_backtest_job(http, services.job_terms);
    if (!job.ok()) return responder.fail(job.error());
    return submit_job(services, std::move(job).value(), std::move(responder), true);
  }

  actors::SubmitBacktest submit;
  submit.request = std::make_shared<const backtest::BacktestRequest>(std::move(checked).value());
  submit.time_limit = timeout;
  const std::shared_ptr<ResponseSink> client = responder.sink();
  const auto question = services.runtime.ask(
      services.scheduler, std::move(submit), timeout,
      [responder = std::move(responder)](result::Result<actors::SharedRun> run) mutable {
        if (run.ok()) return responder.send(run_response(*run));
        result::Error error = std::move(run).error();
        if (error.code == result::ErrorCode::timed_out) {
          error.message =
              "The backtest was not finished within timeout_seconds; ask for fewer symbols or "
              "days, or allow up to 3600 seconds.";
          error.field = "timeout_seconds";
        }
        responder.fail(error);
      });
  // Nobody computes for a client that has left.
  client->when_gone([question] { question.cancel(); });
}

void find_run(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  auto run_id = parse_run_id(request.path_parameter("run_id"));
  if (!run_id.ok()) return responder.fail(run_id.error());
  answer_from(services.runtime, services.storage, actors::FindRun{std::move(run_id).value()},
              storage_deadline, std::move(responder), run_response);
}

void find_latest(const ApiServices& services, const RoutedRequest&, Responder responder) {
  answer_from(services.runtime, services.storage, actors::FindLatestRun{}, storage_deadline,
              std::move(responder), run_response);
}

void list_history(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto page = parse_page(request.http.query, history_pages);
  if (!page.ok()) return responder.fail(page.error());
  answer_from(services.runtime, services.storage, actors::ListRuns{page->offset, page->limit},
              storage_deadline, std::move(responder),
              [wanted = *page](const ports::HistoryPage& history) {
                return history_response(history, wanted.limit, wanted.offset);
              });
}

void download(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  auto run_id = parse_run_id(request.path_parameter("run_id"));
  if (!run_id.ok()) return responder.fail(run_id.error());
  const auto format_text = request.query("format");
  if (!format_text.ok()) return responder.fail(format_text.error());
  const auto format = parse_format(*format_text);
  if (!format.ok()) return responder.fail(format.error());
  answer_from(
      services.runtime, services.storage, actors::FindRun{std::move(run_id).value()},
      storage_deadline, std::move(responder),
      [format = *format](const actors::SharedRun& run) { return download_response(*run, format); });
}

void flag_symbol(const ApiServices& services, const RoutedRequest& request, Responder responder) {
  const auto& http = request.http;
  auto run_id = parse_run_id(request.path_parameter("run_id"));
  if (!run_id.ok()) return responder.fail(run_id.error());
  const auto symbol = market::Symbol::parse(request.path_parameter("symbol"));
  if (!symbol.ok()) return responder.fail(symbol.error());
  if (auto problem = refuse_media_type(http.header("Content-Type"), http.body)) {
    return responder.fail(*problem);
  }
  const auto flag = parse_active_flag(http.body);
  if (!flag.ok()) return responder.fail(flag.error());
  answer_from(services.runtime, services.storage,
              actors::SetSymbolActive{std::move(run_id).value(), *symbol, *flag}, storage_deadline,
              std::move(responder), [symbol = *symbol](const backtest::RunSummary& run) {
                return flag_response(run, symbol);
              });
}

}  // namespace

void add_backtest_routes(Router& router, const ApiServices& services) {
  using Function = void (*)(const ApiServices&, const RoutedRequest&, Responder);
  const auto add = [&](Method method, const char* path, const char* summary, Function function) {
    router.add(method, path, summary,
               [services, function](const RoutedRequest& request, Responder responder) {
                 function(services, request, std::move(responder));
               });
  };
  add(Method::post, "/api/backtests/run", "Runs a backtest and answers with its result.",
      run_backtest);
  add(Method::get, "/api/backtests/latest", "The result of the most recent backtest.", find_latest);
  add(Method::get, "/api/backtests/history",
      "The backtests that were run, newest first (?limit=&offset=).", list_history);
  add(Method::get, "/api/backtests/{run_id}", "The result of one backtest.", find_run);
  add(Method::get, "/api/backtests/{run_id}/download",
      "The result as a file (?format=json or csv).", download);
  add(Method::patch, "/api/backtests/{run_id}/symbols/{symbol}",
      "Marks a symbol of a result: {\"is_active\": true or false}.", flag_symbol);
}

}  // namespace hts::http
