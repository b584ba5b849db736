#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "../order_giver.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/market/synthetic_candles.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/paper_account.hpp"
#include "engine/strategies/strategy_definition.hpp"

/// A draw of a session: an account, a market with holes, and what its strategies say.
namespace hts::paper::test {

inline constexpr std::int64_t first_minute = 26'297'280;  // 2020-01-01T00:00Z

struct Bar {
  time::Timestamp open_time{};
  std::vector<backtest::SteppedCandle> candles;
  std::vector<backtest::SteppedSignal> signals;
  std::vector<backtest::SlotCandle> closed;  ///< of slots whose strategies give orders

  [[nodiscard]] std::vector<PaperAccount::Asked> asked() const {
    std::vector<PaperAccount::Asked> all;
    for (const auto& [slot, candle] : closed) all.push_back({slot, candle});
    return all;
  }
};

/// A strategy that has seen nothing.
inline WarmStrategy fresh(const LiveSlot& slot) {
  WarmStrategy warm;
  warm.strategy.emplace((*strategies::find_strategy(slot.strategy))->make(slot.parameters));
  warm.warmed_from = slot.warmed_from;
  return warm;
}
/// An account or a session with its strategies that give orders.
template <class Taker>
void give_strategies(Taker& taker, const LivePlan& plan) {
  for (SlotId i = 0; i < plan.slots.size(); ++i) {
    const LiveSlot& slot = plan.slots[i];
    if ((*strategies::find_strategy(slot.strategy))->uses_orders) {
      taker.take_strategy(i, fresh(slot));
    }
  }
}

struct RandomSession {
  LivePlan plan;
  std::vector<market::CandleSeries> candles;                    ///< by symbol
  std::vector<std::vector<strategies::IndexedSignal>> signals;  ///< by slot
  std::vector<Bar> bars;

  /// With orders: most of its strategies give their own.
  explicit RandomSession(unsigned seed, bool with_orders = false) : random_(seed) {
    draw_settings();
    const unsigned symbols = 1 + any(3);
    constexpr std::array names = {"BTC_KRW", "ETH_KRW", "XRP_KRW"};
    const std::size_t minutes = 200 + any(1'500);
    for (unsigned i = 0; i < symbols; ++i) {
      plan.symbols.push_back(*market::Symbol::parse(names.at(i)));
      draw_candles(seed * 7 + i, minutes);
    }
    const unsigned slots = 1 + any(4);
    for (unsigned i = 0; i < slots; ++i) draw_slot(with_orders && (i == 0 || any(3) != 0));
    lay_out_bars(minutes);
  }

  [[nodiscard]] unsigned any(unsigned count) { return static_cast<unsigned>(random_() % count); }

  /// The same as one backtest over everything.
  [[nodiscard]] backtest::PortfolioPlan whole() const {
    backtest::PortfolioPlan all;
    all.symbols = plan.symbols;
    all.settings = plan.account;
    for (const auto& [instrument, lot] : plan.lots) all.lots[instrument] = lot;
    for (const LiveSlot& slot : plan.slots) {
      all.slots.push_back(
          {slot.instrument, *strategies::find_strategy(slot.strategy), slot.parameters});
    }
    return all;
  }

 private:
  void draw_settings() {
    auto& account = plan.account;
    using backtest::Direction;
    account.direction =
        std::array{Direction::long_only, Direction::short_only, Direction::both}.at(any(3));
    if (any(3) == 0) account.fill_at = backtest::FillAt::close;
    if (any(2) == 0) account.intrabar = backtest::Intrabar::optimistic;
    account.fees.taker_rate = 0.001 * any(3);
    account.fees.maker_rate = 0.0005 * any(3);
    if (any(4) == 0) account.fees.minimum = 3;
    if (any(3) == 0) account.fees.tiers = {{50'000, 0.0001, 0.0002}};
    if (any(2) == 0) account.slippage = {trading::Slippage::Model::percent, 0.0005};
    if (any(4) == 0) account.slippage = {trading::Slippage::Model::volume_share, 0.1};
    if (any(2) == 0) account.sizing = {trading::Sizing::Rule::percent_of_equity, 5.0 + any(60)};
    if (any(4) == 0) account.sizing = {trading::Sizing::Rule::fixed_cash, 500.0 + any(3'000)};
    if (any(3) == 0) account.lot.step = 0.0001;
    if (any(3) == 0) plan.lots[0].minimum_value = 100;
    if (any(2) == 0) account.protection.stop_loss = 0.002 * (1 + any(10));
    if (any(2) == 0) account.protection.take_profit = 0.002 * (1 + any(10));
    if (any(2) == 0) account.protection.trailing_stop = 0.002 * (1 + any(10));
    if (any(3) == 0) account.volume_share = 0.01 * (1 + any(50));
    if (any(3) == 0) account.leverage = 1 + any(5);
    if (any(3) == 0) account.maintenance_margin = 0.02 * any(10);
    if (any(3) == 0) account.risk.max_positions = 1 + any(2);
    if (any(3) == 0) account.risk.daily_loss_limit_pct = 0.5 * (1 + any(8));
    if (any(4) == 0) account.risk.max_slippage_pct = 0.01 * (1 + any(10));
  }

  void draw_candles(unsigned seed, std::size_t minutes) {
    market::SyntheticMarket made_up;
    made_up.start_price = 100;
    made_up.tick = 0.01;
    made_up.volatility = 0.001 * (1 + any(20));
    made_up.mean_volume = 5.0 + any(500);
    const auto all =
        market::make_synthetic_candles(made_up, time::from_milliseconds(first_minute * 60'000),
                                       market::Timeframe::minute(), minutes, seed);
    const unsigned holes = any(3) == 0 ? 2 + any(20) : 0;
    market::CandleSeries kept;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (holes == 0 || any(holes) != 0 || i == 0) kept.push_back(all.view()[i]);
    }
    candles.push_back(std::move(kept));
  }

  void draw_slot(bool gives_orders) {
    LiveSlot slot;
    slot.instrument = any(static_cast<unsigned>(candles.size()));
    if (gives_orders) {
      const auto& definition = hts::test::OrderGiver::registered();
      slot.strategy = definition.name;
      const auto seed = static_cast<std::int64_t>(1 + any(999'999));
      slot.parameters = *strategies::resolve_for(definition, {{"seed", seed}});
      signals.emplace_back();
      plan.slots.push_back(std::move(slot));
      return;
    }
    slot.strategy = "buy_and_hold";
    slot.parameters = *strategies::resolve_for(**strategies::find_strategy(slot.strategy), {});
    const unsigned rarity = 2 + any(40);
    auto& given = signals.emplace_back();
    for (std::size_t i = 0; i < candles[slot.instrument].size(); ++i) {
      if (any(rarity) != 0) continue;
      strategies::Signal signal;
      signal.side = any(2) == 0 ? trading::Side::buy : trading::Side::sell;
      signal.confidence = 1;
      signal.exit_only = any(4) == 0;
      if (any(4) == 0) signal.protection.stop_loss = 0.001 * (1 + any(9));
      if (any(4) == 0) signal.protection.take_profit = 0.001 * (1 + any(9));
      given.push_back({i, signal});
    }
    plan.slots.push_back(std::move(slot));
  }

  void lay_out_bars(std::size_t minutes) {
    std::vector<std::size_t> next(candles.size());
    std::vector<std::size_t> given(signals.size());
    for (std::size_t minute = 0; minute < minutes; ++minute) {
      Bar bar;
      bar.open_time =
          time::from_milliseconds((first_minute + static_cast<std::int64_t>(minute)) * 60'000);
      std::vector<bool> present(candles.size());
      for (std::uint32_t i = 0; i < candles.size(); ++i) {
        const auto view = candles[i].view();
        present[i] = next[i] < view.size() && view.open_time[next[i]] == bar.open_time;
        if (present[i]) bar.candles.push_back({i, view[next[i]]});
      }
      for (std::uint32_t i = 0; i < signals.size(); ++i) {
        const std::uint32_t symbol = plan.slots[i].instrument;
        if (present[symbol] && plan.slots[i].strategy == hts::test::OrderGiver::name) {
          bar.closed.push_back({i, candles[symbol].view()[next[symbol]]});
        }
        if (!present[symbol] || given[i] >= signals[i].size()) continue;
        if (signals[i][given[i]].index != next[symbol]) continue;
        bar.signals.push_back({i, signals[i][given[i]++].signal});
      }
      for (std::size_t i = 0; i < candles.size(); ++i) next[i] += present[i] ? 1 : 0;
      if (!bar.candles.empty()) bars.push_back(std::move(bar));
    }
  }

  std::mt19937 random_;
};

}  // namespace hts::paper::test
