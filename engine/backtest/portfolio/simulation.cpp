#include "engine/backtest/portfolio/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "engine/backtest/portfolio/slot_desk.hpp"
#include "engine/strategies/contained.hpp"

namespace hts::backtest {
namespace {

/// Bars between two looks at the cancel flag; quiet stretches count as one. A strategy that is
/// asked at every bar may take its time for each.
constexpr std::size_t bars_a_look = 256;
constexpr std::size_t asked_bars_a_look = 1;
/// Longest stretch marked in one pass, so that a cancel is seen in time.
constexpr std::size_t longest_quiet = 1U << 20U;
/// New memory touched between two looks; its pages cost more than what is written to them.
constexpr std::size_t bars_touched_a_look = 1U << 17U;

std::vector<std::uint32_t> symbols_of(const PortfolioPlan& plan) {
  std::vector<std::uint32_t> symbols;
  symbols.reserve(plan.slots.size());
  for (const auto& slot : plan.slots) symbols.push_back(static_cast<std::uint32_t>(slot.symbol));
  return symbols;
}

}  // namespace

Simulation::Simulation(const PortfolioPlan& plan, std::span<const market::CandleView> candles,
                       std::span<const std::span<const strategies::IndexedSignal>> signals,
                       const Detail& detail, const StudyControl& control, PortfolioResult& result)
    : plan_(&plan),
      settings_(&plan.settings),
      detail_(detail),
      control_(&control),
      timeline_(candles, control.cancel),
      result_(result),
      account_(plan.settings, symbols_of(plan), plan.symbols.size(), result_, detail.fills),
      symbols_(plan.symbols.size()),
      slots_(plan.slots.size()),
      day_(std::numeric_limits<std::int64_t>::min()),
      equity_at_day_start_(plan.settings.cash) {
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    symbols_[i].candles = candles[i];
    const auto own = plan.lots.find(i);
    symbols_[i].lot = own == plan.lots.end() ? settings_->lot : own->second;
    if (!candles[i].empty()) account_.mark(i, candles[i].open.front());
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const StrategySlot& planned = plan.slots[i];
    slots_[i].symbol = static_cast<std::uint32_t>(planned.symbol);
    slots_[i].signals = signals[i];
    symbols_[planned.symbol].slots.push_back(static_cast<std::uint32_t>(i));
    if (planned.definition->uses_orders) {
      slots_[i].desk = std::make_unique<SlotDesk>(*this, i);
      any_orders_ = true;
    }
  }
}

Simulation::~Simulation() = default;

/// In pieces, because the first touch of new memory takes long; ends early when cancelled, as does
/// the loop then.
void Simulation::make_room(std::size_t bars) {
  if (result_.equity.size() > bars) result_.equity.resize(bars);
  result_.equity.reserve(bars);
  if (detail_.time) result_.time.reserve(bars);
  for (std::size_t done = 0; done < bars; done += bars_touched_a_look) {
    if (control_->cancel != nullptr && control_->cancel->load(std::memory_order_relaxed)) return;
    const std::size_t end = std::min(bars, done + bars_touched_a_look);
    if (result_.equity.size() < end) result_.equity.resize(end);
    if (!detail_.time) continue;
    const auto piece = timeline_.time().subspan(done, end - done);
    result_.time.insert(result_.time.end(), piece.begin(), piece.end());
  }
}

result::Status Simulation::make_strategies() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].desk) continue;
    const StrategySlot& planned = plan_->slots[i];
    auto strategy = strategies::make_contained(*planned.definition, planned.parameters);
    if (!strategy) return std::move(strategy).error();
    slots_[i].strategy.emplace(std::move(strategy).value());
    slots_[i].strategy->obey(control_->cancel);
  }
  return result::success();
}

result::Status Simulation::run() {
  if (auto made = make_strategies(); !made) return made;
  const std::size_t bars = timeline_.size();
  plain_ = is_plain();
  make_room(bars);
  std::size_t signals = 0;
  for (const auto& slot : slots_) signals += slot.signals.size();
  result_.trades.reserve(signals / 2 + 1);
  if (detail_.fills) result_.fills.reserve(signals + 1);
  std::size_t next_report = 0;
  std::size_t next_look = 0;
  for (std::size_t bar = 0; bar < bars;) {
    if (bar >= next_look) {
      if (control_->cancel != nullptr && control_->cancel->load(std::memory_order_relaxed)) {
        return result::make_error(result::ErrorCode::cancelled,
                                  "The backtest was cancelled before its end; start it again for a "
                                  "result.");
      }
      next_look = bar + (any_orders_ ? asked_bars_a_look : bars_a_look);
      if (control_->progress && bar >= next_report) {
        control_->progress(static_cast<double>(bar) / static_cast<double>(bars));
        next_report += bars / 100 + 1;
      }
    }
    if (plain_) {
      const std::size_t traded = trade_plainly(bar);
      if (traded > bar) {
        bar = traded;
        continue;
      }
    } else if (const std::size_t quiet = quiet_until(bar); quiet > bar) {
      mark_quietly(bar, quiet);
      bar = quiet;
      continue;
    }
    begin_bar(bar);
    trade_bar();
    end_bar();
    if (failure_) return *failure_;
    ++bar;
  }
  close_what_is_open();
  if (control_->progress) control_->progress(1);
  return result::success();
}

/// One symbol, one slot, signals only and exits by signal only: then nothing happens inside a
/// candle, and a signal meets the market at a known price.
bool Simulation::is_plain() const {
  return slots_.size() == 1 && symbols_.size() == 1 && !any_orders_ && !settings_->risk.any() &&
         settings_->volume_share <= 0 && !settings_->protection.any() &&
         std::none_of(slots_.front().signals.begin(), slots_.front().signals.end(),
                      [](const auto& signal) { return signal.signal.protection.any(); });
}

/// From one signal to the next: what begin_bar, trade_bar and end_bar do, without the rest. Ends
/// at the first bar that is not done; that is `bar` when it may bring a liquidation.
std::size_t Simulation::trade_plainly(std::size_t bar) {
  Slot& slot = slots_.front();
  SymbolState& symbol = symbols_.front();
  const auto& candles = symbol.candles;
  if (slot.pending) {
    bar_ = bar;
    now_ = candles.open_time[bar];
    symbol.candle.volume = candles.volume[bar];
    candle_ = &symbol.candle;
    account_.mark(0, candles.open[bar]);
    execute_pending(0, candles.open[bar]);
  }
  const bool due = slot.next_signal < slot.signals.size();
  const std::size_t signal_bar = due ? slot.signals[slot.next_signal].index : timeline_.size();
  const std::size_t end = std::min({timeline_.size(), bar + longest_quiet, signal_bar + 1});
  if (!stands_until(bar, end)) return bar;
  mark_quietly(bar, end);
  if (end != signal_bar + 1) return end;
  bar_ = signal_bar;
  now_ = candles.open_time[bar_];
  symbol.candle.volume = candles.volume[bar_];
  symbol.candle.close = candles.close[bar_];
  candle_ = &symbol.candle;
  take_signal(0, slot.signals[slot.next_signal++].signal);
  if (settings_->fill_at == FillAt::close) result_.equity[bar_] = account_.equity();
  return end;
}

void Simulation::begin_bar(std::size_t bar) {
  bar_ = bar;
  now_ = timeline_.time()[bar];
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    SymbolState& symbol = symbols_[i];
    symbol.present =
        symbol.next < symbol.candles.size() && symbol.candles.open_time[symbol.next] == now_;
    if (!symbol.present) continue;
    symbol.candle = symbol.candles[symbol.next];
  }
  open_bar();
}

void Simulation::open_bar() {
  start_day(now_);
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].present) account_.mark(i, symbols_[i].candle.open);
  }
}

/// The day's loss is counted from the last equity before the day.
void Simulation::start_day(time::Timestamp now) {
  if (!settings_->risk.any()) return;
  const auto day = std::chrono::floor<std::chrono::days>(now).time_since_epoch().count();
  if (day == day_) return;
  day_ = day;
  equity_at_day_start_ = account_.equity();
}

void Simulation::trade_bar() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const SymbolState& symbol = symbols_[slots_[i].symbol];
    if (!symbol.present) continue;
    candle_ = &symbol.candle;
    slots_[i].entered_inside = false;
    match_at_open(i);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const SymbolState& symbol = symbols_[slots_[i].symbol];
    if (!symbol.present) continue;
    candle_ = &symbol.candle;
    match_inside(i);
  }
  for (std::uint32_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].present) liquidate_if_due(i);
  }
}

void Simulation::end_bar() {
  close_bar();
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].present) ++symbols_[i].next;
  }
  result_.equity[bar_] = account_.equity();
}

void Simulation::close_bar() {
  for (std::size_t i = 0; i < symbols_.size(); ++i) {
    if (symbols_[i].present) account_.mark(i, symbols_[i].candle.close);
  }
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const SymbolState& symbol = symbols_[slots_[i].symbol];
    if (!symbol.present) continue;
    candle_ = &symbol.candle;
    if (detail_.excursions && !account_.position(i).flat() && !slots_[i].entered_inside) {
      Position& position = account_.position(i);
      position.lowest = std::min(position.lowest, candle_->low);
      position.highest = std::max(position.highest, candle_->high);
    }
    follow_prices(i);
    decide(i);
  }
}

/// The first bar from `bar` on at which something can happen.
std::size_t Simulation::quiet_until(std::size_t bar) const {
  if (any_orders_ || symbols_.size() != 1 || settings_->risk.any()) return bar;
  std::size_t until = std::min(timeline_.size(), bar + longest_quiet);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.pending || account_.position(i).protection.any()) return bar;
    if (slot.next_signal < slot.signals.size()) {
      until = std::min(until, slot.signals[slot.next_signal].index);
    }
  }
  if (until <= bar) return bar;
  return stands_until(bar, until) ? until : bar;
}

/// Whether no price from `bar` to `end` can bring a liquidation, whatever their order. A short or
/// borrowed position can be liquidated; a paid one cannot.
bool Simulation::stands_until(std::size_t bar, std::size_t end) const {
  if (account_.open_positions() == 0) return true;
  const bool paid = settings_->leverage <= 1 && settings_->maintenance_margin <= 0;
  if (paid && slots_.size() == 1 && account_.position(0).is_long()) return true;
  const auto& candles = symbols_.front().candles;
  double low = candles.low[bar];
  double high = candles.high[bar];
  for (std::size_t i = bar; i < end; ++i) {
    low = candles.low[i] < low ? candles.low[i] : low;
    high = candles.high[i] > high ? candles.high[i] : high;
  }
  double gross = 0;
  double worst = account_.cash();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Position& position = account_.position(i);
    gross += std::fabs(position.quantity) * high;
    worst += std::min(position.quantity * (low - position.entry_price),
                      position.quantity * (high - position.entry_price));
  }
  return worst > settings_->maintenance_margin * gross && worst > 0;
}

/// What begin_bar, trade_bar and end_bar do when there is nothing to do but to mark.
void Simulation::mark_quietly(std::size_t begin, std::size_t end) {
  SymbolState& symbol = symbols_.front();
  const double cash = account_.cash();
  double* equity = result_.equity.data();
  bool marked = false;
  for (std::size_t i = 0; i < slots_.size() && account_.open_positions() > 0; ++i) {
    Position& position = account_.position(i);
    if (position.flat()) continue;
    const double quantity = position.quantity;
    const double entry = position.entry_price;
    const double* close = symbol.candles.close.data();
    if (!marked) {
      for (std::size_t bar = begin; bar < end; ++bar) {
        equity[bar] = cash + quantity * (close[bar] - entry);
      }
      marked = true;
    } else {
      for (std::size_t bar = begin; bar < end; ++bar) {
        equity[bar] += quantity * (close[bar] - entry);
      }
    }
    if (!detail_.excursions) continue;
    const double* low = symbol.candles.low.data();
    const double* high = symbol.candles.high.data();
    double lowest = position.lowest;
    double highest = position.highest;
    for (std::size_t bar = begin; bar < end; ++bar) {
      lowest = low[bar] < lowest ? low[bar] : lowest;
      highest = high[bar] > highest ? high[bar] : highest;
    }
    position.lowest = lowest;
    position.highest = highest;
  }
  if (!marked) std::fill(equity + begin, equity + end, cash);
  account_.mark(0, symbol.candles.close[end - 1]);
  symbol.next = end;
}

void Simulation::liquidate_if_due(std::uint32_t symbol_index) {
  const SymbolState& symbol = symbols_[symbol_index];
  double net = 0;
  double gross_quantity = 0;
  for (const auto slot : symbol.slots) {
    net += account_.position(slot).quantity;
    gross_quantity += std::fabs(account_.position(slot).quantity);
  }
  if (gross_quantity == 0) return;
  const double margin = settings_->maintenance_margin;
  if (net > 0 && settings_->leverage <= 1 && margin <= 0 && net == gross_quantity) return;
  const double open = symbol.candle.open;
  const double worst = net >= 0 ? symbol.candle.low : symbol.candle.high;
  account_.mark(symbol_index, worst);
  const double equity_at_worst = account_.equity();
  const double gross_at_worst = account_.gross_value();
  account_.mark(symbol_index, open);
  if (equity_at_worst > margin * gross_at_worst && equity_at_worst > 0) return;

  // The price at which equity meets the margin, between the open and the worst price.
  const double others = account_.gross_value() - gross_quantity * open;
  const double slope = net - margin * gross_quantity;
  double price = open;
  if (slope != 0) price = (margin * others - account_.equity() + net * open) / slope;
  price = std::clamp(price, std::min(open, worst), std::max(open, worst));
  account_.mark(symbol_index, price);
  result_.liquidated = true;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Position& position = account_.position(i);
    slots_[i].pending.reset();
    slots_[i].orders.clear();
    if (position.flat()) continue;
    const auto side = position.is_long() ? trading::Side::sell : trading::Side::buy;
    account_.fill(i, side, std::fabs(position.quantity), account_.marked(slots_[i].symbol), 0,
                  false, ExitReason::liquidation, {bar_, now_, 0});
  }
}

void Simulation::close_what_is_open() {
  if (timeline_.size() == 0 || account_.open_positions() == 0) return;
  bar_ = timeline_.size() - 1;
  now_ = timeline_.time().back();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Position& position = account_.position(i);
    if (position.flat()) continue;
    const auto& candles = symbols_[slots_[i].symbol].candles;
    const double price = settings_->close_at_last_open ? candles.open.back() : candles.close.back();
    const double volume = candles.volume.back();
    const double quantity = std::fabs(position.quantity);
    const auto side = position.is_long() ? trading::Side::sell : trading::Side::buy;
    const double slipped = settings_->slippage.apply(price, side, quantity, volume);
    account_.fill(i, side, quantity, slipped, std::fabs(slipped - price), false,
                  ExitReason::end_of_data, {bar_, now_, volume});
  }
  result_.equity[bar_] = account_.equity();
}

}  // namespace hts::backtest
