#include "adapters/cli/walk_forward_command.hpp"

#include <cmath>
#include <cstdint>
#include <ostream>
#include <utility>

#include "adapters/cli/market_data.hpp"
#include "adapters/cli/progress_bar.hpp"
#include "adapters/cli/search_options.hpp"
#include "adapters/cli/text_table.hpp"
#include "adapters/json/sweep_json.hpp"
#include "adapters/threads/interrupt_watch.hpp"
#include "adapters/threads/worker_pool.hpp"
#include "engine/backtest/validation/window_length.hpp"

namespace hts::cli {
namespace {

namespace options = boost::program_options;
using result::Result;

Result<backtest::WalkForwardResult> walk(const backtest::WalkForwardRequest& request,
                                         std::span<const market::CandleView> candles,
                                         const options::variables_map& values,
                                         CommandEnvironment& environment) {
  ProgressBar bar(environment.err, environment.terminal);
  const threads::InterruptWatch watch(environment.interrupted);
  backtest::StudyControl control;
  control.cancel = &watch.flag();
  control.progress = [&](double share) {
    bar.show("walking forward", static_cast<std::uint64_t>(share * 1000), 1000);
  };
  threads::WorkerPool pool(values["threads"].as<std::uint32_t>());
  return backtest::walk_forward(request, candles, pool.workers(), control);
}

std::string efficiency_sentence(double ratio) {
  if (std::isnan(ratio)) {
    return "Efficiency unknown: the winners gained nothing even where they were chosen.";
  }
  return "Efficiency " + fixed(ratio * 100, 1) +
         " %: so much of the yearly return that training promised was left out of sample. " +
         (ratio >= 0.5 ? "Half and more is usually taken as robust."
                       : "Below half, the search found mostly what was there only once.");
}

void print_walk(const backtest::WalkForwardRequest& request,
                const backtest::WalkForwardResult& result, std::ostream& out) {
  out << request.sweep.plan.slots.front().definition->name << ", "
      << (request.anchored ? "anchored" : "rolling") << ", training on "
      << grouped(request.train_bars) << " bars, trading the next " << grouped(request.test_bars)
      << "\n\n";
  const std::string by{request.sweep.trials.objective.statistic().name};
  TextTable table({"test from", "to", "params", by, "return", "Sharpe", "trades"});
  for (const auto& window : result.windows) {
    table.add({time::format_minute(window.test_from), time::format_minute(window.test_to),
               text_of(request.sweep.space.at(window.combination)), fixed(window.objective, 3),
               fixed(window.test.return_pct, 2) + " %", fixed(window.test.sharpe_ratio, 3),
               grouped(window.test.trades)});
  }
  table.print(out);
  const auto& statistics = result.statistics;
  out << "\nOut of sample: return " << fixed(statistics.return_pct, 2) << " % (buy and hold "
      << fixed(statistics.buy_and_hold_return_pct, 2) << " %), Sharpe "
      << fixed(statistics.sharpe_ratio, 3) << ", max drawdown "
      << fixed(statistics.max_drawdown_pct, 2) << " %, " << grouped(statistics.trades)
      << " trades, equity " << fixed(statistics.equity_final, 2) << "\n"
      << efficiency_sentence(result.efficiency_ratio) << "\n";
}

}  // namespace

int run_walk_forward_command(const std::vector<std::string>& arguments,
                             CommandEnvironment& environment) {
  const CommandHelp help{
      "walk-forward",
      "hts walk-forward --strategy NAME --param ... --candles FILE... --train BARS --test BARS "
      "[options]",
      "Chooses parameters on one stretch of the data, trades them on the next, to the end.",
      "hts walk-forward --candles KRW-BTC_1d.csv --strategy sma_cross --param fast=5:30:5 --param "
      "slow=40,60 --train 40% --test 10%"};
  options::options_description described("Options");
  described.add_options()("train", options::value<std::string>()->required(),
                          "bars of a training window, or a share of all: 500, 0.4 or 40%")(
      "test", options::value<std::string>()->required(), "bars of a test window, or a share")(
      "anchored", "training always starts at the first bar");
  add_market_options(described, environment);
  add_search_options(described);
  described.add_options()("json", "print JSON");
  const auto parsed = parse_arguments(help, std::move(described), {}, arguments, environment);
  if (parsed.finished) return *parsed.finished;
  const auto& values = parsed.values;
  if (auto checked = check_search(values); !checked) {
    return report(checked.error(), environment, exit_usage);
  }
  auto data = load_market_data(values, environment);
  if (!data) {
    return report(data.error(), environment,
                  is_usage_field(data.error().field) ? exit_usage : exit_failed);
  }
  auto search = read_search(values, *data);
  if (!search) return report(search.error(), environment, exit_usage);
  const auto train = backtest::WindowLength::parse(values["train"].as<std::string>(), "train");
  if (!train) return report(train.error(), environment, exit_usage);
  const auto test = backtest::WindowLength::parse(values["test"].as<std::string>(), "test");
  if (!test) return report(test.error(), environment, exit_usage);
  const auto candles = data->views();
  const std::size_t bars = backtest::count_bars(candles);
  const backtest::WalkForwardRequest request{std::move(search).value(), train->bars(bars),
                                             test->bars(bars), values.count("anchored") > 0};
  auto result = walk(request, candles, values, environment);
  if (!result) {
    const auto& field = result.error().field;
    return report(
        result.error(), environment,
        field == "train" || field == "test" || field == "param" ? exit_usage : exit_failed);
  }
  if (values.count("json") > 0) {
    environment.out << json::walk_forward_to_text(request, *result) << "\n";
  } else {
    print_walk(request, *result, environment.out);
  }
  return exit_success;
}

}  // namespace hts::cli
