#include "engine/backtest/bias/check_bias.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "engine/backtest/bias/changed_future.hpp"
#include "engine/backtest/bias/order_record.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"
#include "engine/backtest/portfolio/timeline.hpp"
#include "engine/backtest/sweep/mixed_bits.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;
using strategies::IndexedSignal;

/// Everything that a plan decided on some candles.
struct Decisions {
  std::vector<std::vector<IndexedSignal>> signals;  ///< by slot; index in the slot's symbol
  std::vector<std::vector<RecordedOrder>> orders;   ///< by slot
  std::vector<Fill> fills;
};

std::string text_of(const IndexedSignal* signal) {
  if (signal == nullptr) return "gives no signal";
  const auto& given = signal->signal;
  std::string text = given.side == trading::Side::buy ? "gives BUY" : "gives SELL";
  if (given.exit_only) text += " (exit only)";
  text += " with confidence " + parameters::to_text(given.confidence);
  if (given.protection.any()) text += " and a stop or target";
  return text;
}

std::string text_of(const Fill* fill) {
  if (fill == nullptr) return "does not trade";
  return std::string{fill->side == trading::Side::buy ? "buys " : "sells "} +
         parameters::to_text(fill->quantity) + " at " + parameters::to_text(fill->price);
}

/// The elements of two lists at the first place where they differ; null at a list's end.
template <class Element>
std::optional<std::pair<const Element*, const Element*>> first_difference(
    std::span<const Element> a, std::span<const Element> b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;
  return std::pair{in_a == a.end() ? nullptr : &*in_a, in_b == b.end() ? nullptr : &*in_b};
}

class BiasCheck {
 public:
  BiasCheck(const PortfolioPlan& plan, std::span<const market::CandleView> candles,
            const BiasOptions& options, const StudyControl& control)
      : plan_(plan),
        candles_(candles),
        options_(options),
        control_(control),
        timeline_(candles, control.cancel) {}

  result::Result<BiasReport> run() {
    if (auto checked = check_settings(plan_.settings); !checked) return std::move(checked).error();
    if (auto checked = check_history(plan_, candles_); !checked) return std::move(checked).error();
    if (control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed)) {
      return make_error(ErrorCode::cancelled,
                        "The check was cancelled before its end; start it again for a result.");
    }
    const std::size_t warm_up = warm_up_of(plan_);
    const std::size_t bars = timeline_.size();
    if (bars < warm_up + 3) {
      return make_error(ErrorCode::invalid,
                        "A look into the future cannot be checked for on " + std::to_string(bars) +
                            " candles, of which " + std::to_string(warm_up) +
                            " warm the strategy up: take a longer range.",
                        "check_bias");
    }
    if (auto decided = decide(candles_, whole_); !decided) return std::move(decided).error();
    BiasReport report;
    report.bars = std::min(options_.bars, bars - warm_up - 2);
    report.decisions = 0;
    for (std::size_t i = 0; i < report.bars && report.clean(); ++i) {
      if (control_.progress) {
        control_.progress(static_cast<double>(i) / static_cast<double>(report.bars));
      }
      // One bar from each of equally long stretches, so that no part of the data is left out.
      const std::size_t room = bars - 2 - warm_up;
      const std::size_t begin = warm_up + 1 + room * i / report.bars;
      const std::size_t end = warm_up + 1 + room * (i + 1) / report.bars;
      const std::size_t bar = begin + mixed_bits(options_.seed + i) % (end - begin);
      if (auto checked = check_after(bar, i, report); !checked) return std::move(checked).error();
    }
    if (control_.progress) control_.progress(1);
    return report;
  }

 private:
  result::Status decide(std::span<const market::CandleView> candles, Decisions& decisions) const {
    if (options_.announce) options_.announce(candles);
    StudyControl control;
    control.cancel = control_.cancel;
    decisions.signals.assign(plan_.slots.size(), {});
    decisions.orders.assign(plan_.slots.size(), {});
    PortfolioPlan recorded = plan_;
    std::vector<strategies::StrategyDefinition> definitions;
    definitions.reserve(plan_.slots.size());
    for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
      const auto& definition = *plan_.slots[i].definition;
      if (!definition.uses_orders) continue;
      definitions.push_back(recording(definition, decisions.orders[i]));
      recorded.slots[i].definition = &definitions.back();
    }
    std::vector<std::span<const IndexedSignal>> spans(plan_.slots.size());
    strategies::ColumnCache columns{0, control.cancel};
    for (std::size_t i = 0; i < plan_.slots.size(); ++i) {
      columns.begin_scan();
      auto scanned = scan_slot(plan_.slots[i], candles[plan_.slots[i].symbol], &columns, control,
                               decisions.signals[i]);
      if (!scanned) return scanned;
      spans[i] = decisions.signals[i];
    }
    Detail detail;
    detail.excursions = false;
    detail.time = false;
    PortfolioResult result;
    auto simulated = simulate_signals(recorded, candles, spans, detail, control, result);
    decisions.fills = std::move(result.fills);
    return simulated;
  }

  /// Both runs that know nothing but what was there at `bar`.
  result::Status check_after(std::size_t bar, std::size_t round, BiasReport& report) const {
    const auto now = timeline_.time()[bar];
    std::vector<std::size_t> known;
    for (const auto& view : candles_) {
      const auto end = std::upper_bound(view.open_time.begin(), view.open_time.end(), now);
      known.push_back(static_cast<std::size_t>(end - view.open_time.begin()));
    }

    constexpr std::array changes = {FutureChange::scaled, FutureChange::reversed,
                                    FutureChange::random_walk};
    std::vector<market::CandleSeries> changed;
    std::vector<market::CandleView> views;
    for (std::size_t i = 0; i < candles_.size(); ++i) {
      changed.push_back(with_changed_future(candles_[i], known[i], changes[round % changes.size()],
                                            options_.seed + round));
    }
    for (const auto& series : changed) views.push_back(series.view());
    Decisions decisions;
    if (auto decided = decide(views, decisions); !decided) return decided;
    compare(decisions, known, bar, bar + 1, "are others", report);
    if (!report.clean()) return result::success();

    views.clear();
    for (std::size_t i = 0; i < candles_.size(); ++i) {
      views.push_back(candles_[i].slice(0, known[i]));
    }
    if (auto decided = decide(views, decisions); !decided) return decided;
    compare(decisions, known, bar, bar, "are not there yet", report);
    return result::success();
  }

  /// Signals on the first `known` candles of each symbol and fills before bar `fills_end`.
  void compare(const Decisions& other, const std::vector<std::size_t>& known, std::size_t bar,
               std::size_t fills_end, const char* how, BiasReport& report) const {
    for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot) {
      const std::size_t symbol = plan_.slots[slot].symbol;
      const auto until = [&](const std::vector<IndexedSignal>& signals) {
        const auto end = std::partition_point(
            signals.begin(), signals.end(),
            [&](const IndexedSignal& signal) { return signal.index < known[symbol]; });
        return std::span<const IndexedSignal>{signals.begin(), end};
      };
      const auto before = until(whole_.signals[slot]);
      report.decisions += before.size();
      const auto difference = first_difference(before, until(other.signals[slot]));
      if (!difference) continue;
      const auto [with, without] = *difference;
      std::size_t index = with == nullptr ? without->index : with->index;
      if (with != nullptr && without != nullptr) index = std::min(with->index, without->index);
      note(bar_at(candles_[symbol].open_time[index]), bar, slot,
           text_of(with != nullptr && with->index == index ? with : nullptr),
           text_of(without != nullptr && without->index == index ? without : nullptr),
           "when the candles after " + place(bar) + " " + how, report);
    }
    compare_orders(other, bar, how, report);
    const auto end_time = timeline_.time()[fills_end];
    const auto until = [&](const std::vector<Fill>& fills) {
      const auto end = std::partition_point(fills.begin(), fills.end(),
                                            [&](const Fill& fill) { return fill.time < end_time; });
      return std::span<const Fill>{fills.begin(), end};
    };
    const auto before = until(whole_.fills);
    report.decisions += before.size();
    const auto difference = first_difference(before, until(other.fills));
    if (!difference) return;
    const auto [with, without] = *difference;
    const Fill& known_fill = with != nullptr ? *with : *without;
    note(bar_at(known_fill.time), bar, known_fill.slot, text_of(with), text_of(without),
         "when the candles after " + place(bar) + " " + how, report);
  }

  /// What strategies with orders of their own did up to the close of the bar.
  void compare_orders(const Decisions& other, std::size_t bar, const char* how,
                      BiasReport& report) const {
    const auto now = timeline_.time()[bar];
    const auto until = [&](const std::vector<RecordedOrder>& orders) {
      const auto end =
          std::partition_point(orders.begin(), orders.end(),
                               [&](const RecordedOrder& order) { return order.time <= now; });
      return std::span<const RecordedOrder>{orders.begin(), end};
    };
    for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot) {
      const auto before = until(whole_.orders[slot]);
      report.decisions += before.size();
      const auto difference = first_difference(before, until(other.orders[slot]));
      if (!difference) continue;
      const auto [with, without] = *difference;
      auto time = with == nullptr ? without->time : with->time;
      if (with != nullptr && without != nullptr) time = std::min(with->time, without->time);
      const auto said = [&](const RecordedOrder* order) {
        return order != nullptr && order->time == time ? text_of(*order) : "does nothing";
      };
      note(bar_at(time), bar, slot, said(with), said(without),
           "when the candles after " + place(bar) + " " + how, report);
    }
  }

  [[nodiscard]] std::size_t bar_at(time::Timestamp time) const {
    const auto at = std::lower_bound(timeline_.time().begin(), timeline_.time().end(), time);
    return static_cast<std::size_t>(at - timeline_.time().begin());
  }

  [[nodiscard]] std::string place(std::size_t bar) const {
    return "bar " + std::to_string(bar) + " (" + time::format_iso8601(timeline_.time()[bar]) + ")";
  }

  /// Keeps the earliest.
  void note(std::size_t decision_bar, std::size_t bar, std::size_t slot, const std::string& with,
            const std::string& without, const std::string& condition, BiasReport& report) const {
    if (report.finding && report.finding->bar <= decision_bar) return;
    BiasFinding finding;
    finding.bar = decision_bar;
    finding.time = timeline_.time()[decision_bar];
    finding.known_until = bar;
    finding.sentence = plan_.slots[slot].definition->name + " looks into the future: at " +
                       place(decision_bar) + " on " +
                       plan_.symbols[plan_.slots[slot].symbol].text() + " it " + with + ", but " +
                       without + " " + condition + ".";
    report.finding = std::move(finding);
  }

  const PortfolioPlan& plan_;
  std::span<const market::CandleView> candles_;
  const BiasOptions& options_;
  const StudyControl& control_;
  Timeline timeline_;
  Decisions whole_;
};

}  // namespace

std::string sentence_of(const BiasReport& report) {
  if (report.finding) return report.finding->sentence;
  return "No look into the future: " + std::to_string(report.decisions) +
         " decisions came out the same with the future cut off or changed after " +
         std::to_string(report.bars) + (report.bars == 1 ? " bar." : " bars.");
}

result::Result<BiasReport> check_bias(const PortfolioPlan& plan,
                                      std::span<const market::CandleView> candles,
                                      const BiasOptions& options, const StudyControl& control) {
  return BiasCheck{plan, candles, options, control}.run();
}

}  // namespace hts::backtest
