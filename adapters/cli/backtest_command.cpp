#include "adapters/cli/backtest_command.hpp"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <ostream>
#include <utility>

#include "adapters/cli/backtest_request_options.hpp"
#include "adapters/cli/backtest_table.hpp"
#include "adapters/cli/bias_option.hpp"
#include "adapters/cli/candle_files.hpp"
#include "adapters/cli/daemon_backtest.hpp"
#include "adapters/cli/portfolio_options.hpp"
#include "adapters/cli/portfolio_table.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/report_files.hpp"
#include "adapters/json/backtest_json.hpp"
#include "adapters/json/portfolio_document.hpp"
#include "adapters/threads/interrupt_watch.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/backtest/execute.hpp"
#include "engine/backtest/streaming_study.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::ErrorCode;
using result::make_error;
using result::Result;

BacktestTable make_table(const backtest::BacktestRun& run) {
  BacktestTable table;
  table.title = table_title(run.strategy, run.timeframe.name(), run.start_date, run.end_date);
  for (const auto& [name, value] : run.parameters) {
    table.parameters +=
        (table.parameters.empty() ? "" : ", ") + name + "=" + strategies::to_text(value);
  }
  for (const auto& symbol : run.symbols) {
    const auto& statistics = symbol.report.statistics;
    table.rows.push_back({symbol.symbol.text(), statistics.signals, statistics.win_rate,
                          statistics.avg_return_pct, statistics.max_drawdown_pct,
                          statistics.avg_hold_bars});
  }
  table.total_signals = run.total_signals;
  table.execution_seconds = run.execution_seconds;
  return table;
}

/// Dates default to all that the files hold.
void fill_from_files(const FileCandles& files, const options::variables_map& values,
                     backtest::RawBacktestRequest& raw) {
  raw.symbols.clear();
  std::optional<time::Timestamp> first;
  std::optional<time::Timestamp> last;
  std::optional<market::Timeframe> timeframe;
  for (const auto& [symbol, file] : files) {
    raw.symbols.push_back(symbol);
    if (file.series.empty()) continue;
    const auto begin = file.series.open_time.front();
    const auto end = file.series.open_time.back();
    first = first ? std::min(*first, begin) : begin;
    last = last ? std::max(*last, end) : end;
    if (!timeframe) timeframe = file.facts.timeframe;
  }
  if (raw.start_date.empty() && first) raw.start_date = time::format_kst_date(*first);
  if (raw.end_date.empty() && last) raw.end_date = time::format_kst_date(*last);
  if (values["timeframe"].defaulted() && timeframe) raw.timeframe = std::string{timeframe->name()};
}

int print_run(backtest::BacktestRun& run, const options::variables_map& values,
              CommandEnvironment& environment) {
  if (values.count("json") > 0) {
    if (run.portfolio) run.document = json::portfolio_document(*run.portfolio);
    environment.out << json::backtest_to_text(run) << "\n";
  } else if (run.portfolio) {
    print_portfolio(run, environment.out);
  } else {
    print(make_table(run), environment.out);
  }
  return exit_success;
}

/// Shows progress on a terminal and ends early when the user asks for it.
template <class Compute>
Result<backtest::BacktestRun> run_watched(Compute&& compute, const std::atomic<bool>& cancel,
                                          CommandEnvironment& environment) {
  ProgressBar bar(environment.err, environment.terminal);
  backtest::StudyControl control;
  control.cancel = &cancel;
  control.progress = [&](double share) {
    bar.show("computing", static_cast<std::uint64_t>(share * 1000), 1000);
  };
  return compute(control);
}

int run_here(const options::variables_map& values, CommandEnvironment& environment) {
  if (const auto places = check_report_places(values); !places) {
    return report(places.error(), environment);
  }
  auto raw = read_request_options(values);
  if (!raw) return report(raw.error(), environment, exit_usage);

  FileCandles files;
  std::unique_ptr<ports::CandleStore> store;
  if (values.count("candles") > 0) {
    auto read = read_candle_files(values, environment);
    if (!read) {
      // What the options say can be typed differently; what a file holds cannot.
      const std::string& field = read.error().field;
      return report(read.error(), environment,
                    field == "symbol" || field == "timeframe" ? exit_usage : exit_failed);
    }
    files = std::move(read).value();
    fill_from_files(files, values, *raw);
  } else {
    if (raw->start_date.empty() || raw->end_date.empty()) {
      return report(make_error(ErrorCode::invalid,
                               "--from and --to are needed with the catalog: 'hts data inventory' "
                               "shows what there is.",
                               "from"),
                    environment, exit_usage);
    }
    auto opened = environment.open_candle_store(values["data-root"].as<std::string>());
    if (!opened) return report(opened.error(), environment);
    store = std::move(opened).value();
  }

  auto request = backtest::make_backtest_request(*raw);
  if (!request) return report(request.error(), environment, exit_usage);
  const threads::InterruptWatch watch(environment.interrupted);
  const auto load = [&](const market::Symbol& symbol, market::Timeframe timeframe,
                        time::TimeRange range,
                        const std::atomic<bool>* cancel) -> Result<market::CandleSeries> {
    if (store) return store->load(symbol, timeframe, range, cancel);
    market::CandleSeries candles;
    candles.append(files.at(symbol.text()).series.view().within(range));
    if (candles.empty()) {
      return make_error(ErrorCode::not_found,
                        "The file of " + symbol.text() + " has no candle from " + raw->start_date +
                            " to " + raw->end_date + ": leave --from and --to out to take all.",
                        "from");
    }
    return candles;
  };
  const auto started = std::chrono::steady_clock::now();
  const auto stream = [&](const market::Symbol& symbol, market::Timeframe timeframe,
                          time::TimeRange range,
                          const market::TakeCandles& take) -> result::Status {
    if (store) return store->stream(symbol, timeframe, range, take);
    auto candles = load(symbol, timeframe, range, nullptr);
    if (!candles) return std::move(candles).error();
    return market::give_in_blocks(candles->view(), take);
  };
  const bool stats_only = values.count("stats-only") > 0;
  auto run = run_watched(
      [&](const backtest::StudyControl& control) {
        return stats_only ? backtest::execute_streaming(*request, stream, control)
                          : backtest::execute(*request, load, control);
      },
      watch.flag(), environment);
  if (!run) return report(run.error(), environment);
  run->execution_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  run->executed_at = environment.now();
  run->environment = "command line";
  if (wants_report_files(values)) {
    const auto written = write_report_files(values, *run, *request, load, watch.flag());
    if (!written) return report(written.error(), environment);
  }
  const int printed = print_run(*run, values, environment);
  if (printed != exit_success || values.count("check-bias") == 0) return printed;

  std::vector<market::CandleSeries> series;
  std::vector<market::CandleView> views;
  for (const auto& symbol : plan_of(*request).symbols) {
    auto candles = load(symbol, request->timeframe, request->range, &watch.flag());
    if (!candles) return report(candles.error(), environment);
    series.push_back(std::move(candles).value());
  }
  for (const auto& candles : series) views.push_back(candles.view());
  return check_bias_of(*request, views, values.count("json") > 0, environment);
}

}  // namespace

int run_backtest_command(const std::vector<std::string>& arguments,
                         CommandEnvironment& environment) {
  const CommandHelp help{
      "backtest",
      "hts backtest --strategy NAME (--candles FILE... | --symbol S... --from D --to D) [options]",
      "Backtests a strategy on candle files or on the catalog, here or through a running daemon.",
      "hts backtest --candles KRW-BTC_1m.csv --strategy volume_long_candle --param body_pct=0.001"};
  options::options_description described("Options");
  const auto texts = [] { return options::value<std::vector<std::string>>()->multitoken(); };
  add_request_options(described);
  described.add_options()("candles", texts(),
                          "candle files (CSV or Upbit's JSON) instead of the catalog")(
      "data-root", options::value<std::string>()->default_value(environment.default_data_root),
      "folder of the catalog")(
      "daemon", options::value<std::string>(),
      "run it through the daemon at this address, on its catalog, and keep the result")(
      "async", "with --daemon: leave it there as a job, and follow it with 'hts jobs watch'")(
      "check-bias", "say whether it looks into the future; then the status is 1")(
      "stats-only",
      "statistics without a list of signals: memory does not grow with the candles of the catalog")(
      "json", "print the answer of the HTTP API");
  add_report_options(described);
  options::options_description account("The account (mode portfolio)");
  add_portfolio_options(account);
  described.add(account);
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (const auto reports = check_report_options(values); !reports) {
    return report(reports.error(), environment, exit_usage);
  }
  if (values.count("candles") == 0 && values.count("symbol") == 0) {
    environment.err
        << "hts backtest: give --candles FILE or --symbol SYMBOL. See 'hts backtest --help'.\n";
    return exit_usage;
  }
  if (values.count("daemon") == 0 && values.count("async") > 0) {
    environment.err << "hts backtest: --async leaves the backtest with a daemon: give --daemon URL "
                       "too.\n";
    return exit_usage;
  }
  if (values.count("daemon") == 0) return run_here(values, environment);
  if (values.count("check-bias") > 0) {
    environment.err << "hts backtest: --check-bias cannot go with --daemon: leave --daemon out.\n";
    return exit_usage;
  }
  if (values.count("stats-only") > 0) {
    environment.err << "hts backtest: --stats-only cannot go with --daemon, which keeps every "
                       "signal: leave one of them out.\n";
    return exit_usage;
  }
  if (values.count("candles") > 0) {
    environment.err << "hts backtest: --candles cannot go with --daemon: import the file first, "
                       "then use --symbol.\n";
    return exit_usage;
  }
  auto raw = read_request_options(values);
  if (!raw) return report(raw.error(), environment, exit_usage);
  const auto run = values.count("async") > 0 ? leave_with_daemon : run_through_daemon;
  return run(values["daemon"].as<std::string>(), *raw, values.count("json") > 0, environment);
}

}  // namespace hts::cli
