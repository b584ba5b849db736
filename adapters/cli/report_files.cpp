#include "adapters/cli/report_files.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "adapters/report/html_report.hpp"
#include "adapters/report/picture_file.hpp"
#include "adapters/report/plot.hpp"
#include "adapters/report/whole_file.hpp"
#include "engine/backtest/portfolio_run.hpp"

namespace hts::cli {

namespace options = boost::program_options;

namespace {

result::Error refusal(const options::variables_map& values, const std::string& sentence) {
  return result::make_error(result::ErrorCode::invalid, sentence,
                            values.count("report") > 0 ? "report" : "plot");
}

/// Strategy and symbols, of which a headline names three.
std::string title_of(const backtest::BacktestRun& run, const std::vector<market::Symbol>& symbols) {
  constexpr std::size_t named = 3;
  std::string title = run.strategy + " on ";
  for (std::size_t i = 0; i < std::min(symbols.size(), named); ++i) {
    title += (i > 0 ? ", " : "") + symbols[i].text();
  }
  if (symbols.size() > named) title += " and " + std::to_string(symbols.size() - named) + " more";
  return title + ", " + std::string{run.timeframe.name()};
}

report::ReportDetails details_of(const backtest::BacktestRun& run, std::size_t candles) {
  report::ReportDetails details;
  details.title = title_of(run, run.portfolio->report.result.symbols);
  for (const auto& [name, value] : run.parameters) {
    details.parameters.emplace_back(name, parameters::to_text(value));
  }
  for (const auto& option : backtest::portfolio_texts(run.portfolio->options)) {
    details.parameters.emplace_back(option.name, option.text);
  }
  details.facts = {{"Fingerprint", run.fingerprint},
                   {"Strategy", run.strategy},
                   {"Timeframe", std::string{run.timeframe.name()}},
                   {"From", run.start_date},
                   {"To", run.end_date},
                   {"Candles", std::to_string(candles)},
                   {"Made", time::format_iso8601(run.executed_at)}};
  if (!run.description.empty()) details.facts.emplace_back("Description", run.description);
  return details;
}

}  // namespace

void add_report_options(options::options_description& description) {
  description.add_options()("report", options::value<std::string>()->value_name("FILE.html"),
                            "write a report with charts and trades, readable without a network")(
      "plot", options::value<std::string>()->value_name("FILE.png"),
      "draw price, equity and drawdown as PNG, or as SVG if the name ends so");
}

bool wants_report_files(const options::variables_map& values) {
  return values.count("report") > 0 || values.count("plot") > 0;
}

result::Status check_report_options(const options::variables_map& values) {
  if (!wants_report_files(values)) return result::success();
  if (values["mode"].as<std::string>() != "portfolio") {
    return refusal(values, "--report and --plot show an account: add --mode portfolio.");
  }
  if (values.count("daemon") > 0) {
    return refusal(values,
                   "--report and --plot are made where the candles are: leave --daemon out.");
  }
  if (values.count("report") > 0) {
    const std::filesystem::path path = values["report"].as<std::string>();
    const auto extension = path.extension();
    if (extension != ".html" && extension != ".htm") {
      return result::make_error(
          result::ErrorCode::invalid,
          "A report is an .html, not '" + path.string() + "': give a name that ends so.", "report");
    }
  }
  if (values.count("plot") > 0) {
    const auto format = report::picture_format(values["plot"].as<std::string>(), "plot");
    if (!format) return format.error();
  }
  return result::success();
}

result::Status check_report_places(const options::variables_map& values) {
  for (const char* option : {"report", "plot"}) {
    if (values.count(option) == 0) continue;
    if (auto checked = report::check_place(values[option].as<std::string>()); !checked) {
      return checked;
    }
  }
  return result::success();
}

result::Status write_report_files(const options::variables_map& values,
                                  const backtest::BacktestRun& run,
                                  const backtest::BacktestRequest& request,
                                  const backtest::LoadCandles& load,
                                  const std::atomic<bool>& cancel) {
  const backtest::PortfolioReport& report = run.portfolio->report;
  std::vector<market::CandleSeries> series;
  std::size_t candles = 0;
  for (const auto& symbol : report.result.symbols) {
    auto loaded = load(symbol, request.timeframe, request.range, &cancel);
    if (!loaded) return std::move(loaded).error();
    candles += loaded->size();
    series.push_back(std::move(loaded).value());
  }
  std::vector<market::CandleView> views;
  for (const auto& one : series) views.push_back(one.view());
  const auto details = details_of(run, candles);
  if (values.count("report") > 0) {
    auto written = report::write_whole(values["report"].as<std::string>(),
                                       report::html_report(report, views, details));
    if (!written) return written;
  }
  if (values.count("plot") > 0) {
    return report::write_picture(report::draw_portfolio(report, views, details.title),
                                 values["plot"].as<std::string>(), "plot");
  }
  return result::success();
}

}  // namespace hts::cli
