#include "engine/backtest/validation/walk_forward.hpp"

#include <algorithm>
#include <functional>
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

/// Of what is given or computed for the window of that number.
using FindWinner = std::function<result::Result<WindowWinner>(
    std::size_t number, std::span<const market::CandleView> candles, const StudyControl& control)>;

class WalkForward {
 public:
  WalkForward(const WalkForwardRequest& request, std::span<const market::CandleView> candles,
              FindWinner find_winner, const StudyControl& control)
      : request_(request),
        candles_(candles),
        find_winner_(std::move(find_winner)),
        control_(control),
        timeline_(candles, control.cancel) {}

  result::Result<WalkForwardResult> run() {
    if (control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed)) {
      return make_error(ErrorCode::cancelled,
                        "The walk was cancelled before its end; start it again for a result.");
    }
    if (auto checked = check(); !checked) return std::move(checked).error();
    result_.out_of_sample.symbols = request_.sweep.plan.symbols;
    cash_ = request_.sweep.plan.settings.cash;
    for (std::size_t number = 0; number < windows() && cash_ > 0; ++number) {
      WalkForwardWindow window = window_of(number);
      if (auto found = train(number, window); !found) return std::move(found).error();
      if (auto traded = trade(window); !traded) return std::move(traded).error();
      result_.windows.push_back(std::move(window));
    }
    finish();
    return std::move(result_);
  }

  result::Result<std::size_t> count() const {
    if (auto checked = check(); !checked) return std::move(checked).error();
    return windows();
  }

  /// Of the windows [first, last) as far as there are so many.
  result::Result<std::vector<WindowWinner>> train_all(std::size_t first, std::size_t last) {
    if (auto checked = check(); !checked) return std::move(checked).error();
    std::vector<WindowWinner> winners;
    for (std::size_t number = first; number < std::min(last, windows()); ++number) {
      const WalkForwardWindow window = window_of(number);
      const auto share = [&](std::size_t done) {
        return static_cast<double>(done - first) / static_cast<double>(last - first);
      };
      auto winner = find_winner_(number, slices(window.train_begin, window.train_end),
                                 told_between(share(number), share(number + 1)));
      if (!winner) return std::move(winner).error();
      winners.push_back(*winner);
    }
    return winners;
  }

 private:
  /// Those whose test has enough bars; of all but the last as many as asked for.
  [[nodiscard]] std::size_t windows() const {
    const std::size_t tested = timeline_.size() - request_.train_bars;
    return tested / request_.test_bars + (tested % request_.test_bars >= fewest_bars ? 1 : 0);
  }
  [[nodiscard]] WalkForwardWindow window_of(std::size_t number) const {
    const std::size_t bars = timeline_.size();
    const std::size_t test = request_.train_bars + number * request_.test_bars;
    WalkForwardWindow window;
    window.train_begin = request_.anchored ? 0 : test - request_.train_bars;
    window.train_end = test;
    window.test_end = test + std::min(request_.test_bars, bars - test);
    window.train_from = timeline_.time()[window.train_begin];
    window.test_from = timeline_.time()[test];
    window.test_to = timeline_.time()[window.test_end - 1];
    return window;
  }

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

  /// Watches a step that is the share [begin, end] of the whole.
  [[nodiscard]] StudyControl told_between(double begin, double end) {
    StudyControl control;
    control.cancel = control_.cancel;
    if (!control_.progress) return control;
    control.progress = [this, begin, end](double share) {
      const double reached = begin + (end - begin) * share;
      if (reached < next_report_ && reached < 1) return;
      next_report_ = reached + 0.01;
      control_.progress(reached);
    };
    return control;
  }

  result::Status train(std::size_t number, WalkForwardWindow& window) {
    const auto views = slices(window.train_begin, window.train_end);
    StudyControl control =
        told_between(share_of(window.train_end - request_.train_bars), share_of(window.test_end));
    auto winner = find_winner_(number, views, control);
    if (!winner) return std::move(winner).error();
    auto parameters = strategies::resolve_for(*request_.sweep.plan.slots.front().definition,
                                              request_.sweep.space.at(winner->combination));
    if (!parameters) return std::move(parameters).error();
    window.evaluated = winner->evaluated;
    window.combination = winner->combination;
    window.objective = winner->objective;
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
  const FindWinner find_winner_;
  const StudyControl& control_;
  Timeline timeline_;
  WalkForwardResult result_;
  double cash_ = 0;
  double next_report_ = 0;
};

/// Searches in the window's candles.
FindWinner searching(const WalkForwardRequest& request, const Workers& workers) {
  return [&request, &workers](std::size_t, std::span<const market::CandleView> candles,
                              const StudyControl& control) -> result::Result<WindowWinner> {
    auto found = run_sweep(request.sweep, candles, workers, control);
    if (!found) return std::move(found).error();
    const TrialRow& winner = found->best.front();
    return WindowWinner{found->evaluated, winner.number, winner.value};
  };
}

}  // namespace

result::Result<WalkForwardResult> walk_forward(const WalkForwardRequest& request,
                                               std::span<const market::CandleView> candles,
                                               const Workers& workers,
                                               const StudyControl& control) {
  return WalkForward{request, candles, searching(request, workers), control}.run();
}

result::Result<std::size_t> count_windows(const WalkForwardRequest& request,
                                          std::span<const market::CandleView> candles) {
  return WalkForward{request, candles, {}, {}}.count();
}

result::Result<std::vector<WindowWinner>> train_windows(const WalkForwardRequest& request,
                                                        std::span<const market::CandleView> candles,
                                                        std::size_t first, std::size_t last,
                                                        const Workers& workers,
                                                        const StudyControl& control) {
  return WalkForward{request, candles, searching(request, workers), control}.train_all(first, last);
}

result::Result<WalkForwardResult> walk_forward_with(const WalkForwardRequest& request,
                                                    std::span<const market::CandleView> candles,
                                                    std::span<const WindowWinner> winners,
                                                    const StudyControl& control) {
  const auto look_up = [winners](std::size_t number, std::span<const market::CandleView>,
                                 const StudyControl&) -> result::Result<WindowWinner> {
    if (number < winners.size()) return winners[number];
    return make_error(ErrorCode::invalid,
                      "The parts of the walk are not those of this request: start it again.",
                      "parts");
  };
  return WalkForward{request, candles, look_up, control}.run();
}

}  // namespace hts::backtest
