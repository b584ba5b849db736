// How fast a backtest is inside the engine: no files, no JSON, one thread.
//
//   backtest           a table: the figures, linearity, instruction sets, times the seed system
//   backtest --lines   figure<TAB>value<TAB>unit, one figure a line, nothing else
//
// A figure is the median of 15 samples; a sample repeats whole studies (a new strategy, signals,
// trades and statistics) for at least 5 ms of processor time. The candles are synthetic, a random
// walk of 0.5 % a candle (hours of a lively coin): five bars of six need the pass over the window
// and one of five is a signal. volume_long_candle is measured at 3 %, where its 2 % bodies are
// common and one candle of twenty is a signal. sma_cross_100k is a whole portfolio backtest (10/30,
// long only, 0.1 % a fill) with every trade and statistic of its report. The table also shows
// calmer and wilder markets.

#include <array>
#include <chrono>
#include <functional>
#include <optional>

#include <benchmark/benchmark.h>
#include <sys/resource.h>

#include "adapters/threads/worker_pool.hpp"
#include "config/memory.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/signal_study.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/backtest/sweep/sweep.hpp"
#include "engine/indicators/sliding_fold.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/market/timeframe.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/strategies/volume_above.hpp"
#include "engine/strategies/volume_zone_breakout.hpp"
#include "engine/time/timestamp.hpp"

namespace {

using hts::market::CandleSeries;
using hts::market::CandleView;
using hts::strategies::NamedValue;
using hts::strategies::Parameters;
using hts::strategies::StrategyDefinition;
using hts::strategies::VolumeZoneBreakout;

constexpr double seed_seconds_per_1k = 0.2688;

CandleSeries candles_with(double volatility, std::size_t count) {
  hts::market::SyntheticMarket market;
  market.volatility = volatility;
  return hts::market::make_synthetic_candles(market,
                                             hts::time::from_milliseconds(1'577'836'800'000),
                                             hts::market::Timeframe::minute(), count, 20200220);
}

/// Processor time of this thread in seconds: what one core did, also beside a busy neighbour.
double processor_seconds() {
  std::timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Seconds of one call: the median of the samples.
template <class Work>
double seconds_of(Work&& work) {
  constexpr std::size_t samples = 15;
  constexpr double sample_seconds = 0.005;
  std::vector<double> seconds;
  std::size_t calls = 1;
  while (seconds.size() < samples) {
    const double begin = processor_seconds();
    for (std::size_t i = 0; i < calls; ++i) work();
    const double elapsed = processor_seconds() - begin;
    if (elapsed < sample_seconds && seconds.empty()) {
      calls *= 2;
      continue;
    }
    seconds.push_back(elapsed / static_cast<double>(calls));
  }
  std::nth_element(seconds.begin(), seconds.begin() + samples / 2, seconds.end());
  return seconds[samples / 2];
}

double seconds_by_the_clock(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// How many times as fast the same work is on two threads, by the wall clock: the best of 15 each,
/// in turn, so that both see the same moments. On a quiet machine only.
double speed_up_of_two(const std::function<void(const hts::backtest::Workers&)>& work) {
  hts::threads::WorkerPool pool{2};
  double one = 1e9;
  double two = 1e9;
  for (int sample = 0; sample < 15; ++sample) {
    one = std::min(one, seconds_by_the_clock([&] { work(hts::backtest::one_worker()); }));
    two = std::min(two, seconds_by_the_clock([&] { work(pool.workers()); }));
  }
  return one / two;
}

/// What the machine allows: arithmetic on four numbers, half of it for each of two threads.
void arithmetic(const hts::backtest::Workers& workers) {
  workers.run(2, [](std::size_t /*task*/, std::size_t /*worker*/) {
    std::array<std::uint64_t, 4> numbers = {1, 2, 3, 4};
    for (std::uint64_t i = 0; i < 5'000'000; ++i) {
      for (auto& number : numbers) number = (number ^ (number << 13U)) + i;
      benchmark::DoNotOptimize(numbers);
    }
  });
}

struct Study {
  const StrategyDefinition* definition;
  Parameters parameters;

  explicit Study(std::string_view strategy, const std::vector<NamedValue>& given = {}) {
    const auto found = hts::strategies::find_strategy(strategy);
    if (!found) std::abort();
    definition = *found;
    auto resolved = hts::strategies::resolve(definition->schema, given);
    if (!resolved) std::abort();
    parameters = *resolved;
  }

  [[nodiscard]] std::size_t signals(CandleView candles) const {
    const auto report = hts::backtest::run_signal_study(*definition, parameters, candles);
    if (!report) std::abort();
    benchmark::DoNotOptimize(report->statistics);
    return report->trades.size();
  }
  [[nodiscard]] double seconds(CandleView candles) const {
    return seconds_of([&] { benchmark::DoNotOptimize(signals(candles)); });
  }
};

/// The strategy alone (no trades, no statistics) with one variant of the pass over the window.
double seconds_with(hts::strategies::VolumeAbove variant, const Parameters& parameters,
                    CandleView candles) {
  std::vector<hts::strategies::IndexedSignal> signals;
  return seconds_of([&] {
    VolumeZoneBreakout strategy{parameters, variant};
    signals.clear();
    hts::strategies::scan_candles(strategy, candles, 0, signals);
    benchmark::DoNotOptimize(signals.data());
  });
}

/// The whole of a portfolio backtest on one symbol: signals, fills, equity, every trade with its
/// excursions and every statistic of the report. Long only, all in, 0.1 % a fill.
class SmaCrossPortfolio {
 public:
  explicit SmaCrossPortfolio(CandleView candles)
      : study_{"sma_cross", {{"fast", std::int64_t{10}}, {"slow", std::int64_t{30}}}},
        candles_(candles) {
    plan_.symbols = {hts::market::Symbol::parse("KRW-BTC").value()};
    plan_.slots = {{0, study_.definition, study_.parameters}};
    plan_.settings.fees.maker_rate = 0.001;
    plan_.settings.fees.taker_rate = 0.001;
  }

  [[nodiscard]] std::size_t trades() const {
    const std::array<CandleView, 1> views = {candles_};
    const auto result = hts::backtest::simulate(plan_, views);
    if (!result) std::abort();
    const auto statistics = hts::backtest::compute_statistics(
        {result->time, result->equity, result->trades, candles_.close, result->warm_up_bars,
         plan_.settings.cash, 0, result->commission});
    benchmark::DoNotOptimize(statistics);
    return result->trades.size();
  }
  [[nodiscard]] double candles_per_second() const {
    const double seconds = seconds_of([&] { benchmark::DoNotOptimize(trades()); });
    return static_cast<double>(candles_.size()) / seconds;
  }

 private:
  Study study_;
  CandleView candles_;
  hts::backtest::PortfolioPlan plan_;
};

/// A hundred pairs of averages over the same candles, as `hts sweep` tries them: trades, return,
/// Sharpe ratio, largest drawdown and win rate of each, and the ten best. Nothing is kept between
/// two sweeps.
class SmaSweep {
 public:
  explicit SmaSweep(CandleView candles) : candles_{candles} {
    const Study study{"sma_cross"};
    hts::backtest::PortfolioPlan plan;
    plan.symbols = {hts::market::Symbol::parse("KRW-BTC").value()};
    plan.slots = {{0, study.definition, study.parameters}};
    plan.settings.fees.maker_rate = 0.001;
    plan.settings.fees.taker_rate = 0.001;
    const std::vector<std::string> pairs = {"fast=5:50:5", "slow=60:150:10"};
    auto space = hts::backtest::SearchSpace::parse(*study.definition, pairs);
    if (!space) std::abort();
    request_.emplace(hts::backtest::SweepRequest{std::move(plan), std::move(space).value(), {}});
  }

  void run(const hts::backtest::Workers& workers) const {
    const auto results = hts::backtest::run_sweep(*request_, candles_, workers);
    if (!results || results->evaluated != 100) std::abort();
    benchmark::DoNotOptimize(results->best.data());
  }
  [[nodiscard]] double seconds() const {
    return seconds_of([&] { run(hts::backtest::one_worker()); });
  }

 private:
  std::array<CandleView, 1> candles_;
  std::optional<hts::backtest::SweepRequest> request_;
};

/// What the process has needed at most so far, in MB.
double peak_memory_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1000;
}

/// How many bars reach the lowest level of their window, below which no pass is needed (with the
/// default parameters).
std::size_t bars_with_pass(CandleView candles) {
  constexpr std::size_t window = 60;
  hts::indicators::SlidingFold<hts::indicators::MinimumFold> lowest{window};
  std::size_t bars = 0;
  for (std::size_t i = 0; i < candles.size(); ++i) {
    if (i >= window && candles.high[i] >= lowest.current() * 1.01) ++bars;
    lowest.push(candles.low[i]);
  }
  return bars;
}

double percent(std::size_t part, std::size_t whole) {
  return 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void print_lines() {
  const auto candles = candles_with(0.005, 100'000);
  const auto view = candles.view();
  // First, while the process has needed nothing else.
  const SmaSweep sweep{view};
  std::printf("sweep_100x100k\t%.6f\ts\n", sweep.seconds());
  std::printf("sweep_peak_memory\t%.1f\tMB\n", peak_memory_mb());
  std::printf("sweep_two_cores\t%.2f\ttimes\n",
              speed_up_of_two([&](const auto& workers) { sweep.run(workers); }));
  std::printf("arithmetic_two_cores\t%.2f\ttimes\n", speed_up_of_two(arithmetic));
  const Study zone{"volume_zone_breakout"};
  const Study candle{"volume_long_candle"};
  const auto wild = candles_with(0.03, 1'000'000);
  std::printf("volume_zone_breakout_1k\t%.9f\ts\n", zone.seconds(view.slice(0, 1'000)));
  std::printf("volume_zone_breakout_100k\t%.9f\ts\n", zone.seconds(view));
  std::printf("volume_long_candle\t%.0f\tcandles/s\n", 1e6 / candle.seconds(wild.view()));
  std::printf("sma_cross_100k\t%.0f\tcandles/s\n", SmaCrossPortfolio{view}.candles_per_second());
}

void print_zone_breakout(const char* market, CandleView candles) {
  const Study zone{"volume_zone_breakout"};
  std::printf("volume_zone_breakout, default parameters, %s\n", market);
  std::printf("  %10s %12s %12s %10s %10s %14s\n", "candles", "seconds", "ns/candle", "with pass",
              "signals", "times the seed");
  for (std::size_t count = 1'000; count <= candles.size(); count *= 10) {
    const auto view = candles.slice(0, count);
    const double seconds = zone.seconds(view);
    const auto size = static_cast<double>(count);
    std::printf("  %10zu %12.6f %12.1f %9.1f%% %9.1f%% %13.0fx\n", count, seconds,
                seconds / size * 1e9, percent(bars_with_pass(view), count),
                percent(zone.signals(view), count), seed_seconds_per_1k * size / 1'000 / seconds);
  }
}

void print_variants(CandleView candles) {
  const Study zone{"volume_zone_breakout"};
  std::printf("the strategy alone, %zu candles\n", candles.size());
  for (const auto& variant : hts::strategies::volume_above_variants()) {
    std::printf("  %12.6f s with the %s pass\n",
                seconds_with(variant.compute, zone.parameters, candles),
                std::string{variant.instruction_set}.c_str());
  }
  for (const std::int64_t window : {std::int64_t{20}, std::int64_t{500}}) {
    const Study study{"volume_zone_breakout", {{"volume_window", window}}};
    std::printf("  %12.6f s with volume_window=%d\n",
                seconds_with(hts::strategies::fastest_volume_above(), study.parameters, candles),
                static_cast<int>(window));
  }
}

void print_long_candle(const char* market, CandleView candles) {
  std::printf("volume_long_candle, %zu candles, %s\n", candles.size(), market);
  const auto print = [&](const char* text, const std::vector<NamedValue>& given) {
    const Study study{"volume_long_candle", given};
    const double rate = static_cast<double>(candles.size()) / study.seconds(candles);
    std::printf("  %10.1f M candles/s, signals %.1f%%, %s\n", rate / 1e6,
                percent(study.signals(candles), candles.size()), text);
  };
  print("default parameters", {});
  print("body_pct=0.002 vol_multiplier=1", {{"body_pct", 0.002}, {"vol_multiplier", 1.0}});
  print("vol_ma_window=500", {{"vol_ma_window", std::int64_t{500}}});
}

void print_table() {
  const auto candles = candles_with(0.005, 10'000'000);
  print_zone_breakout("0.5 % a candle", candles.view());
  print_zone_breakout("0.2 % a candle", candles_with(0.002, 100'000).view());
  print_zone_breakout("1 % a candle", candles_with(0.01, 100'000).view());
  print_zone_breakout("3 % a candle", candles_with(0.03, 100'000).view());
  print_variants(candles.view().slice(0, 100'000));
  print_long_candle("3 % a candle", candles_with(0.03, 1'000'000).view());
  const SmaCrossPortfolio portfolio{candles.view().slice(0, 100'000)};
  std::printf("sma_cross 10/30 as a portfolio, 100000 candles\n  %10.1f M candles/s, %zu trades\n",
              portfolio.candles_per_second() / 1e6, portfolio.trades());
}

}  // namespace

int main(int argc, char** argv) {
  hts::config::keep_freed_columns();  // as `hts` does
  if (argc == 2 && std::string_view{argv[1]} == "--lines") {
    print_lines();
    return 0;
  }
  if (argc != 1) {
    std::fprintf(stderr, "Usage: backtest [--lines]\n");
    return 2;
  }
  print_table();
  return 0;
}
