#include "engine/backtest/validation/walk_forward.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"
#include "engine/backtest/portfolio/timeline.hpp"
#include "engine/backtest/sweep/statistics_of.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;
using strategies::IndexedSignal;

constexpr std::size_t fewest_bars = 2;

class WalkForward {
 public:
  WalkForward(const WalkForwardRequest& request, std::span<const market::CandleView> candles,
              const Workers& workers, const StudyControl& control)
      : request_(request),
        candles_(candles),
        workers_(workers),
        control_(control),
        timeline_(candles, control.cancel) {}

  result::Result<WalkForwardResult> run() {
    if (control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed)) {
      return make_error(ErrorCode::cancelled,
                        "The walk was cancelled before its end; start it again for a result.");
    }
    if (auto checked = check(); !checked) return std::move(checked).error();
    const std::size_t bars = timeline_.size();
    result_.out_of_sample.symbols = request_.sweep.plan.symbols;
    cash_ = request_.sweep.plan.settings.cash;
    for (std::size_t test = request_.train_bars; test + fewest_bars <= bars && cash_ > 0;
         test += std::min(request_.test_bars, bars - test)) {
      WalkForwardWindow window;
      window.train_begin = request_.anchored ? 0 : test - request_.train_bars;
      window.train_end = test;
      window.test_end = test + std::min(request_.test_bars, bars - test);
      window.train_from = timeline_.time()[window.train_begin];
      window.test_from = timeline_.time()[test];
      window.test_to = timeline_.time()[window.test_end - 1];
      if (auto found = train(window); !found) return std::move(found).error();
      if (auto traded = trade(window); !traded) return std::move(traded).error();
      result_.windows.push_back(std::move(window));
    }
    finish();
    return std::move(result_);
  }

 private:
  [[nodiscard]] result::Status check() const {
    if (request_.train_bars < fewest_bars) {
      return make_error(ErrorCode::invalid, "A training window needs at least 2 bars.", "train");
    }
    if (request_.test_bars < fewest_bars) {
      return make_error(ErrorCode::invalid, "A test window needs at least 2 bars.", "test");
    }
    if (timeline_.size() >= fewest_bars && request_.train_bars <= timeline_.size() - fewest_bars) {
      return result::success();
    }
    return make_error(ErrorCode::invalid,
                      "The data has " + std::to_string(timeline_.size()) +
                          " bars, so nothing is left to test after a training window of " +
                          std::to_string(request_.train_bars) +
                          ": take a shorter one or more data.",
                      "train");
  }

  /// Each symbol's candles of the bars [begin, end).
  [[nodiscard]] std::vector<market::CandleView> slices(std::size_t begin, std::size_t end) const {
    std::vector<market::CandleView> views;
    for (const auto& view : candles_) {
      const std::size_t first = candles_before(view, begin);
      views.push_back(view.slice(first, candles_before(view, end) - first));
    }
    return views;
  }
  [[nodiscard]] std::size_t candles_before(const market::CandleView& view, std::size_t bar) const {
    if (bar >= timeline_.size()) return view.size();
    const auto found =
        std::lower_bound(view.open_time.begin(), view.open_time.end(), timeline_.time()[bar]);
    return static_cast<std::size_t>(found - view.open_time.begin());
  }

  result::Status train(WalkForwardWindow& window) {
    const auto views = slices(window.train_begin, window.train_end);
    StudyControl control;
    control.cancel = control_.cancel;
    const double begin = share_of(window.train_end - request_.train_bars);
    const double end = share_of(window.test_end);
    if (control_.progress) {
      control.progress = [&](double share) {
        const double reached = begin + (end - begin) * share;
        if (reached < next_report_ && reached < 1) return;
        next_report_ = reached + 0.01;
        control_.progress(reached);
      };
    }
    auto found = run_sweep(request_.sweep, views, workers_, control);
    if (!found) return std::move(found).error();
    const TrialRow& winner = found->best.front();
    auto parameters = strategies::resolve_for(*request_.sweep.plan.slots.front().definition,
                                              request_.sweep.space.at(winner.number));
    if (!parameters) return std::move(parameters).error();
    window.evaluated = found->evaluated;
    window.combination = winner.number;
    window.objective = winner.value;
    window.parameters = std::move(parameters).value();

    const auto plan = plan_with(request_.sweep.plan, window.parameters);
    control.progress = nullptr;
    auto simulated = simulate(plan, views, quick_detail(), control);
    if (!simulated) return std::move(simulated).error();
    window.train = report_on(*simulated, views, plan.settings.cash);
    return result::success();
  }

  [[nodiscard]] double share_of(std::size_t bar) const {
    const auto tested = static_cast<double>(timeline_.size() - request_.train_bars);
    return std::min(static_cast<double>(bar) / tested, 1.0);
  }

  static Detail quick_detail() {
    Detail detail;
    detail.fills = false;
    return detail;
  }

  result::Status trade(WalkForwardWindow& window) {
    auto plan = plan_with(request_.sweep.plan, window.parameters);
    plan.settings.cash = cash_;
    const auto warmed = slices(window.train_begin, window.test_end);
    const auto views = slices(window.train_end, window.test_end);
    StudyControl control;
    control.cancel = control_.cancel;

    std::vector<std::vector<IndexedSignal>> signals(plan.slots.size());
    std::vector<std::span<const IndexedSignal>> spans(plan.slots.size());
    for (std::size_t i = 0; i < plan.slots.size(); ++i) {
      const std::size_t symbol = plan.slots[i].symbol;
      auto scanned = scan_slot(plan.slots[i], warmed[symbol], nullptr, control, signals[i]);
      if (!scanned) return scanned;
      const std::size_t before = warmed[symbol].size() - views[symbol].size();
      std::erase_if(signals[i], [&](const IndexedSignal& one) { return one.index < before; });
      for (auto& signal : signals[i]) signal.index -= before;
      spans[i] = signals[i];
    }
    PortfolioResult tested;
    auto simulated = simulate_signals(plan, views, spans, quick_detail(), control, tested);
    if (!simulated) return simulated;
    tested.warm_up_bars = 0;
    window.test = report_on(tested, views, cash_);
    append(std::move(tested));
    return result::success();
  }

  /// Statistics of a stretch by itself, as if it were all there is.
  [[nodiscard]] PortfolioStatistics report_on(const PortfolioResult& simulated,
                                              std::span<const market::CandleView> views,
                                              double cash) const {
    PortfolioSettings settings = request_.sweep.plan.settings;
    settings.cash = cash;
    return statistics_of(settings, simulated, simulated.time, views);
  }

  void append(PortfolioResult&& tested) {
    PortfolioResult& whole = result_.out_of_sample;
    const std::size_t offset = whole.time.size();
    whole.time.insert(whole.time.end(), tested.time.begin(), tested.time.end());
    whole.equity.insert(whole.equity.end(), tested.equity.begin(), tested.equity.end());
    for (auto& trade : tested.trades) {
      trade.entry_bar += offset;
      trade.exit_bar += offset;
      whole.trades.push_back(trade);
    }
    whole.refused += tested.refused;
    whole.ambiguous_bars += tested.ambiguous_bars;
    whole.commission += tested.commission;
    whole.liquidated = whole.liquidated || tested.liquidated;
    cash_ = whole.equity.back();
  }

  void finish() {
    const std::size_t begin = result_.windows.front().train_end;
    result_.statistics =
        report_on(result_.out_of_sample, slices(begin, result_.windows.back().test_end),
                  request_.sweep.plan.settings.cash);
    double promised = 0;
    for (const auto& window : result_.windows) promised += window.train.return_ann_pct;
    promised /= static_cast<double>(result_.windows.size());
    result_.efficiency_ratio = promised > 0 ? result_.statistics.return_ann_pct / promised
                                            : std::numeric_limits<double>::quiet_NaN();
    if (control_.progress) control_.progress(1);
  }

  const WalkForwardRequest& request_;
  std::span<const market::CandleView> candles_;
  const Workers& workers_;
  const StudyControl& control_;
  Timeline timeline_;
  WalkForwardResult result_;
  double cash_ = 0;
  double next_report_ = 0;
};

}  // namespace

result::Result<WalkForwardResult> walk_forward(const WalkForwardRequest& request,
                                               std::span<const market::CandleView> candles,
                                               const Workers& workers,
                                               const StudyControl& control) {
  return WalkForward{request, candles, workers, control}.run();
}

}  // namespace hts::backtest
