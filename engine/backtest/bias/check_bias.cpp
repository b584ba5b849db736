#include "engine/backtest/bias/check_bias.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>
#include <utility>
#include <vector>

#include "engine/backtest/bias/changed_future.hpp"
#include "engine/backtest/bias/compared_value.hpp"
#include "engine/backtest/bias/decision_text.hpp"
#include "engine/backtest/bias/decisions.hpp"
#include "engine/backtest/bias/operand_bias.hpp"
#include "engine/backtest/control/first_place.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/slot_signals.hpp"
#include "engine/backtest/portfolio/timeline.hpp"
#include "engine/backtest/sweep/mixed_bits.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;
using strategies::IndexedSignal;

/// The elements of two lists at the first place where they differ; null at a list's end.
template <class Element>
std::optional<std::pair<const Element*, const Element*>> first_difference(
    std::span<const Element> a, std::span<const Element> b) {
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  if (in_a == a.end() && in_b == b.end()) return std::nullopt;
  return std::pair{in_a == a.end() ? nullptr : &*in_a, in_b == b.end() ? nullptr : &*in_b};
}

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

/// Where two runs differ.
struct Place {
  time::Timestamp time{};
  std::size_t slot = 0;
  std::optional<std::size_t> candle;  ///< of the slot's symbol; nothing: it is the account's affair
};

struct Noted {
  BiasFinding finding;
  std::size_t slot = 0;
  std::optional<std::size_t> candle;
};

class BiasCheck {
 public:
  BiasCheck(const PortfolioPlan& plan, std::span<const market::CandleView> candles,
            const BiasOptions& options, const StudyControl& control)
      : plan_(plan),
        candles_(candles),
        options_(options),
        control_(control),
        timeline_(candles, control.cancel) {}

  result::Result<BiasReport> run(const Workers& workers) {
    if (auto checked = check_settings(plan_.settings); !checked) return std::move(checked).error();
    if (auto checked = check_history(plan_, candles_); !checked) return std::move(checked).error();
    if (is_cancelled()) return cancelled();
    const std::size_t warm_up = warm_up_of(plan_);
    const std::size_t bars = timeline_.size();
    if (bars < warm_up + 3) {
      return make_error(ErrorCode::invalid,
                        "A look into the future cannot be checked for on " + std::to_string(bars) +
                            " candles, of which " + std::to_string(warm_up) +
                            " warm the strategy up: take a longer range.",
                        "check_bias");
    }
    if (options_.announce) options_.announce(candles_);
    auto decided = decide(plan_, candles_, control_);
    if (!decided) return std::move(decided).error();
    whole_ = std::move(decided).value();

    const std::size_t rounds = std::min(options_.bars, bars - warm_up - 2);
    // One bar from each of equally long stretches, so that no part of the data is left out.
    const std::size_t room = bars - 2 - warm_up;
    std::vector<result::Result<BiasReport>> reports(rounds, cancelled());
    FirstPlace found;
    std::atomic<std::size_t> done{0};
    report_progress(0);
    workers.run(rounds, [&](std::size_t round, std::size_t worker) {
      if (is_cancelled() || found.is_before(round)) return;
      const std::size_t begin = warm_up + 1 + room * round / rounds;
      const std::size_t end = warm_up + 1 + room * (round + 1) / rounds;
      const std::size_t bar = begin + mixed_bits(options_.seed + round) % (end - begin);
      reports[round] = check_after(bar, round);
      if (!reports[round] || !reports[round]->clean()) found.note(round);
      const auto share = static_cast<double>(done.fetch_add(1) + 1) / static_cast<double>(rounds);
      if (worker == 0 && share < 1) report_progress(share);
    });
    auto report = merged(reports);
    if (report) report_progress(1);
    return report;
  }

 private:
  [[nodiscard]] bool is_cancelled() const {
    return control_.cancel != nullptr && control_.cancel->load(std::memory_order_relaxed);
  }
  static result::Error cancelled() {
    return make_error(ErrorCode::cancelled,
                      "The check was cancelled before its end; start it again for a result.");
  }
  void report_progress(double share) const {
    if (control_.progress) control_.progress(share);
  }

  /// Up to the first that found something.
  static result::Result<BiasReport> merged(std::vector<result::Result<BiasReport>>& reports) {
    BiasReport all;
    all.bars = reports.size();
    for (auto& report : reports) {
      if (!report) return std::move(report).error();
      all.decisions += report->decisions;
      all.finding = std::move(report->finding);
      if (all.finding) break;
    }
    return all;
  }

  /// Both runs that know nothing but what was there at `bar`.
  [[nodiscard]] result::Result<BiasReport> check_after(std::size_t bar, std::size_t round) const {
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
    BiasReport report;
    auto checked = check_with(views, known, bar, bar + 1, "are others", report);
    if (!checked) return std::move(checked).error();
    if (!report.clean()) return report;

    views.clear();
    for (std::size_t i = 0; i < candles_.size(); ++i) {
      views.push_back(candles_[i].slice(0, known[i]));
    }
    checked = check_with(views, known, bar, bar, "are not there yet", report);
    if (!checked) return std::move(checked).error();
    return report;
  }

  result::Status check_with(std::span<const market::CandleView> views,
                            const std::vector<std::size_t>& known, std::size_t bar,
                            std::size_t fills_end, const char* how, BiasReport& report) const {
    if (options_.announce) options_.announce(views);
    auto decided = decide(plan_, views, control_);
    if (!decided) return std::move(decided).error();
    auto noted = compare(*decided, known, bar, fills_end, how, report.decisions);
    if (!noted) return result::success();
    if (noted->candle) {
      if (auto explained = explain(views, *noted); !explained) return explained;
    }
    report.finding = std::move(noted->finding);
    return result::success();
  }

  /// Names the first number that the strategy looked at and that is another one.
  result::Status explain(std::span<const market::CandleView> views, Noted& noted) const {
    auto compared = compare_operands(plan_, noted.slot, candles_, views, *noted.candle,
                                     options_.announce, control_);
    if (!compared) return std::move(compared).error();
    auto& finding = noted.finding;
    if (!compared->first) {
      if (!compared->compared.empty()) {
        finding.sentence += " What it looks at is the same up to there (" +
                            joined(compared->compared) + "): it reads the future elsewhere.";
      }
      return result::success();
    }
    const auto& first = *compared->first;
    const auto& view = candles_[plan_.slots[noted.slot].symbol];
    BiasedOperand operand;
    operand.name = first.name;
    operand.bar = bar_at(view.open_time[first.candle]);
    operand.time = view.open_time[first.candle];
    operand.with = first.with;
    operand.without = first.without;
    finding.sentence += " The first number it looks at that differs is " + operand.name + " at " +
                        place(operand.bar) + ": " + value_text(operand.with) + ", but " +
                        value_text(operand.without) + ".";
    finding.operand = std::move(operand);
    return result::success();
  }

  /// Signals on the first `known` candles of each symbol, orders up to `bar` and fills before bar
  /// `fills_end`: the earliest difference. Adds to `decisions` what there was to compare.
  std::optional<Noted> compare(const Decisions& other, const std::vector<std::size_t>& known,
                               std::size_t bar, std::size_t fills_end, const char* how,
                               std::size_t& decisions) const {
    std::optional<Noted> noted;
    const std::string condition = "when the candles after " + place(bar) + " " + how;
    compare_signals(other, known, bar, condition, decisions, noted);
    compare_orders(other, bar, condition, decisions, noted);
    compare_fills(other, bar, fills_end, condition, decisions, noted);
    return noted;
  }

  void compare_signals(const Decisions& other, const std::vector<std::size_t>& known,
                       std::size_t bar, const std::string& condition, std::size_t& decisions,
                       std::optional<Noted>& noted) const {
    for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot) {
      const std::size_t symbol = plan_.slots[slot].symbol;
      const auto until = [&](const std::vector<IndexedSignal>& signals) {
        const auto end = std::partition_point(
            signals.begin(), signals.end(),
            [&](const IndexedSignal& signal) { return signal.index < known[symbol]; });
        return std::span<const IndexedSignal>{signals.begin(), end};
      };
      const auto before = until(whole_.signals[slot]);
      decisions += before.size();
      const auto difference = first_difference(before, until(other.signals[slot]));
      if (!difference) continue;
      const auto [with, without] = *difference;
      std::size_t index = with == nullptr ? without->index : with->index;
      if (with != nullptr && without != nullptr) index = std::min(with->index, without->index);
      const auto said = [&](const IndexedSignal* signal) {
        return signal != nullptr && signal->index == index ? text_of(signal->signal)
                                                           : "gives no signal";
      };
      note({candles_[symbol].open_time[index], slot, index}, said(with), said(without), bar,
           condition, noted);
    }
  }

  void compare_fills(const Decisions& other, std::size_t bar, std::size_t fills_end,
                     const std::string& condition, std::size_t& decisions,
                     std::optional<Noted>& noted) const {
    const auto end_time = timeline_.time()[fills_end];
    const auto until = [&](const std::vector<Fill>& fills) {
      const auto end = std::partition_point(fills.begin(), fills.end(),
                                            [&](const Fill& fill) { return fill.time < end_time; });
      return std::span<const Fill>{fills.begin(), end};
    };
    const auto before = until(whole_.fills);
    decisions += before.size();
    const auto difference = first_difference(before, until(other.fills));
    if (!difference) return;
    const auto [with, without] = *difference;
    const Fill& known_fill = with != nullptr ? *with : *without;
    const auto said = [](const Fill* fill) {
      return fill != nullptr ? text_of(*fill) : "does not trade";
    };
    note({known_fill.time, known_fill.slot, std::nullopt}, said(with), said(without), bar,
         condition, noted);
  }

  /// What strategies with orders of their own did up to the close of the bar.
  void compare_orders(const Decisions& other, std::size_t bar, const std::string& condition,
                      std::size_t& decisions, std::optional<Noted>& noted) const {
    const auto now = timeline_.time()[bar];
    const auto until = [&](const std::vector<RecordedOrder>& orders) {
      const auto end =
          std::partition_point(orders.begin(), orders.end(),
                               [&](const RecordedOrder& order) { return order.time <= now; });
      return std::span<const RecordedOrder>{orders.begin(), end};
    };
    for (std::size_t slot = 0; slot < plan_.slots.size(); ++slot) {
      const auto before = until(whole_.orders[slot]);
      decisions += before.size();
      const auto difference = first_difference(before, until(other.orders[slot]));
      if (!difference) continue;
      const auto [with, without] = *difference;
      auto time = with == nullptr ? without->time : with->time;
      if (with != nullptr && without != nullptr) time = std::min(with->time, without->time);
      const auto said = [&](const RecordedOrder* order) {
        return order != nullptr && order->time == time ? text_of(*order) : "does nothing";
      };
      const auto& times = candles_[plan_.slots[slot].symbol].open_time;
      const auto candle = std::lower_bound(times.begin(), times.end(), time) - times.begin();
      note({time, slot, static_cast<std::size_t>(candle)}, said(with), said(without), bar,
           condition, noted);
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
  void note(const Place& at, const std::string& with, const std::string& without, std::size_t bar,
            const std::string& condition, std::optional<Noted>& noted) const {
    const std::size_t decision_bar = bar_at(at.time);
    if (noted && noted->finding.bar <= decision_bar) return;
    BiasFinding finding;
    finding.bar = decision_bar;
    finding.time = at.time;
    finding.known_until = bar;
    finding.sentence = plan_.slots[at.slot].definition->name + " looks into the future: at " +
                       place(decision_bar) + " on " +
                       plan_.symbols[plan_.slots[at.slot].symbol].text() + " it " + with +
                       ", but " + without + " " + condition + ".";
    noted = Noted{std::move(finding), at.slot, at.candle};
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
                                      const BiasOptions& options, const Workers& workers,
                                      const StudyControl& control) {
  // What else gives candles to strategies can tell them one run at a time.
  return BiasCheck{plan, candles, options, control}.run(options.announce ? one_worker() : workers);
}

}  // namespace hts::backtest
