#include "adapters/cli/sweep_command.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <ostream>
#include <utility>

#include "adapters/cli/heat_grid.hpp"
#include "adapters/cli/market_data.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/row_file.hpp"
#include "adapters/cli/search_options.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/json/sweep_json.hpp"
#include "adapters/report/heat_map.hpp"
#include "adapters/report/picture_file.hpp"
#include "adapters/report/whole_file.hpp"
#include "adapters/threads/interrupt_watch.hpp"
#include "adapters/threads/worker_pool.hpp"
#include "engine/backtest/validation/verdict.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::Result;
using result::Status;

struct Swept {
  backtest::TrialResults results;
  backtest::Verdict verdict;
  std::optional<HeatGrid> grid;
  double seconds = 0;  ///< of the search alone
};

std::string percent_text(double percent) {
  return fixed(percent, 2) + " %";
}

void print_best(const backtest::SweepRequest& request, const backtest::TrialResults& results,
                std::ostream& out) {
  const auto& by = request.trials.objective.statistic();
  std::vector<std::string> header = {"params"};
  if (!by.quick) header.emplace_back(by.name);
  for (const char* name : {"Sharpe", "return", "max drawdown", "trades", "win rate"}) {
    header.emplace_back(name);
  }
  TextTable table(header);
  for (const auto& row : results.best) {
    const auto& statistics = row.statistics;
    std::vector<std::string> cells = {text_of(request.space.at(row.number))};
    if (!by.quick) cells.push_back(fixed(row.value, 4));
    cells.push_back(fixed(statistics.sharpe_ratio, 3));
    cells.push_back(percent_text(statistics.return_pct));
    cells.push_back(percent_text(statistics.max_drawdown_pct));
    cells.push_back(grouped(statistics.trades));
    cells.push_back(percent_text(statistics.win_rate_pct));
    table.add(std::move(cells));
  }
  table.print(out);
}

void print_swept(const backtest::SweepRequest& request, const Swept& swept, const MarketData& data,
                 CommandEnvironment& environment) {
  auto& out = environment.out;
  const auto& results = swept.results;
  const auto& objective = request.trials.objective;
  out << request.plan.slots.front().definition->name << " on ";
  for (const auto& symbol : data.symbols) out << symbol.text() << " ";
  out << "(" << grouped(data.candles()) << " candles), " << (objective.minimize() ? "lowest " : "")
      << objective.statistic().name << " first\n\n";
  print_best(request, results, out);
  out << "\n";
  if (swept.grid) {
    print(*swept.grid, std::string{objective.statistic().name}, environment.out_terminal, out);
    out << "\n";
  }
  for (const auto& sentence : swept.verdict.sentences) out << sentence << "\n";
  out << "\n"
      << grouped(results.evaluated) << " of " << grouped(results.combinations)
      << " combinations in " << fixed(swept.seconds * 1000, 1) << " ms";
  if (results.refused > 0) {
    out << ", " << grouped(results.refused) << " refused (" << results.first_refusal << ")";
  }
  out << "\n";
}

Status write_heat_map(const HeatGrid& grid, const backtest::SweepRequest& request,
                      const std::filesystem::path& path) {
  report::HeatMap map;
  map.title = request.plan.slots.front().definition->name + ": " +
              std::string{request.trials.objective.statistic().name};
  map.x_title = grid.x().name;
  map.y_title = grid.y().name;
  map.x_labels = grid.x().labels;
  map.y_labels = grid.y().labels;
  map.values = grid.values();
  map.marked = grid.best();
  auto drawing = report::draw_heat_map(map);
  if (!drawing) return std::move(drawing).error();
  return report::write_picture(*drawing, path, "heatmap");
}

/// Where the rows go: the heat map, and a file if one was asked for.
Result<Swept> sweep(const backtest::SweepRequest& request,
                    std::span<const market::CandleView> candles,
                    const options::variables_map& values, CommandEnvironment& environment) {
  Swept swept;
  swept.grid = HeatGrid::over(request.space, request.trials.objective);
  if (values.count("heatmap") > 0) {
    auto checked = report::check_place(values["heatmap"].as<std::string>());
    if (!checked) return std::move(checked).error();
  }
  std::unique_ptr<RowFile> file;
  if (values.count("out") > 0) {
    auto opened = open_row_file(values["out"].as<std::string>(), request);
    if (!opened) return std::move(opened).error();
    file = std::move(opened).value();
  }
  const auto sink = [&](std::span<const backtest::TrialRow> rows) -> Status {
    if (swept.grid) swept.grid->add(rows);
    return file ? file->append(rows) : result::success();
  };

  ProgressBar bar(environment.err, environment.terminal);
  const threads::InterruptWatch watch(environment.interrupted);
  backtest::StudyControl control;
  control.cancel = &watch.flag();
  control.progress = [&](double share) {
    bar.show("sweeping", static_cast<std::uint64_t>(share * 1000), 1000);
  };
  threads::WorkerPool pool(values["threads"].as<std::uint32_t>());
  const auto started = std::chrono::steady_clock::now();
  auto results = backtest::run_sweep(request, candles, pool.workers(), control, sink);
  if (!results) return std::move(results).error();
  swept.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  swept.results = std::move(results).value();
  if (file) {
    if (auto finished = file->finish(); !finished) return std::move(finished).error();
  }
  bar.show("judging the best", 999, 1000);
  control.progress = nullptr;
  backtest::VerdictOptions judged;
  judged.check_bias = values.count("no-check-bias") == 0;
  judged.bias.seed = values["seed"].as<std::uint64_t>();
  auto verdict =
      backtest::judge_winner(request, swept.results, candles, judged, pool.workers(), control);
  if (!verdict) return std::move(verdict).error();
  swept.verdict = std::move(verdict).value();
  return swept;
}

Status check_files(const options::variables_map& values) {
  if (values.count("heatmap") > 0) {
    const auto format = report::picture_format(values["heatmap"].as<std::string>(), "heatmap");
    if (!format) return format.error();
  }
  return values.count("out") > 0 ? check_row_file(values["out"].as<std::string>())
                                 : result::success();
}

}  // namespace

int run_sweep_command(const std::vector<std::string>& arguments, CommandEnvironment& environment) {
  const CommandHelp help{
      "sweep",
      "hts sweep --strategy NAME --param NAME=FIRST:LAST:STEP... --candles FILE... [options]",
      "Tries combinations of parameters, shows the best and says what luck has to do with it.",
      "hts sweep --candles KRW-BTC_1d.csv --strategy sma_cross --param fast=5:50:5 --param "
      "slow=20,50,100"};
  options::options_description described("Options");
  add_market_options(described, environment);
  add_search_options(described);
  described.add_options()("top", options::value<std::uint32_t>()->default_value(10),
                          "how many of the best to show")(
      "out", options::value<std::string>(), "all rows into this .parquet or .csv file")(
      "heatmap", options::value<std::string>(), "the first two parameters as a .png or .svg file")(
      "no-check-bias", "do not check the best for a look into the future")("json", "print JSON");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (auto checked = check_search(values); !checked) {
    return report(checked.error(), environment, exit_usage);
  }
  if (auto checked = check_files(values); !checked) {
    return report(checked.error(), environment, exit_usage);
  }
  auto data = load_market_data(values, environment);
  if (!data) {
    return report(data.error(), environment,
                  is_usage_field(data.error().field) ? exit_usage : exit_failed);
  }
  auto request = read_search(values, *data);
  if (!request) return report(request.error(), environment, exit_usage);
  request->trials.keep = std::max<std::size_t>(values["top"].as<std::uint32_t>(), 1);
  if (values.count("heatmap") > 0 && request->space.swept().size() < 2) {
    return report(
        result::make_error(result::ErrorCode::invalid,
                           "A heat map needs two parameters with several values each.", "heatmap"),
        environment, exit_usage);
  }
  const auto candles = data->views();
  auto swept = sweep(*request, candles, values, environment);
  if (!swept) {
    const bool usage = swept.error().field == "param";
    return report(swept.error(), environment, usage ? exit_usage : exit_failed);
  }
  if (values.count("heatmap") > 0) {
    auto written = write_heat_map(*swept->grid, *request, values["heatmap"].as<std::string>());
    if (!written) return report(written.error(), environment);
  }
  if (values.count("json") > 0) {
    environment.out << json::sweep_to_text(*request, swept->results, swept->verdict) << "\n";
  } else {
    print_swept(*request, *swept, *data, environment);
  }
  return exit_success;
}

}  // namespace hts::cli
