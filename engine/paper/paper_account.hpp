#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::paper {

/// The account of a paper session: the very simulation of a backtest, moved on one bar at a time.
///
/// 1. Equal plans, bars and signals give the fills, trades and refusals of
///    `backtest::simulate_signals` to the last bit, but that open positions stay open.
/// 2. `snapshot` after any bar, restored into a new account of the same plan, goes on with the same
///    bits. Memory does not grow with the bars.
///
/// Amounts in the quote currency. Used by one thread at a time.
class PaperAccount {
 public:
  /// Errors: invalid with the setting's name as field; invalid, field `strategy`: an unknown one,
  /// or one that gives orders of its own, which only a backtest can carry out.
  [[nodiscard]] static result::Result<std::unique_ptr<PaperAccount>> make(const LivePlan& plan);
  PaperAccount(const PaperAccount&) = delete;
  PaperAccount& operator=(const PaperAccount&) = delete;

  /// What a bar or a request brought about.
  struct Outcome {
    std::vector<backtest::Fill> fills;             ///< in order of execution
    std::vector<backtest::PortfolioTrade> trades;  ///< in order of exit
    std::vector<backtest::Refusal> refusals;       ///< the first thousand of the bar
  };
  /// `candles` ascending by symbol, `signals` (given at this bar's close) ascending by slot. Bars
  /// ascend. O(slots + symbols).
  [[nodiscard]] Outcome step(time::Timestamp open_time,
                             std::span<const backtest::SteppedCandle> candles,
                             std::span<const backtest::SteppedSignal> signals);
  /// The next SlotId. Errors as for `make`.
  [[nodiscard]] result::Status add_slot(const LiveSlot& slot);
  /// A waiting signal of the slot opens nothing any more.
  void stop_entry(SlotId slot) { simulation_.stop_entry(slot); }
  void close_at_next_open(SlotId slot) { simulation_.close_at_next_open(slot); }
  /// Requires a position. `price` is before slippage.
  [[nodiscard]] Outcome close_now(SlotId slot, double price, time::Timestamp moment);

  [[nodiscard]] const backtest::Position& position(SlotId slot) const noexcept {
    return simulation_.account().position(slot);
  }
  [[nodiscard]] std::size_t slots() const noexcept { return plan_.slots.size(); }
  [[nodiscard]] double cash() const noexcept { return simulation_.account().cash(); }
  [[nodiscard]] double equity() const noexcept { return simulation_.account().equity(); }
  [[nodiscard]] double free_equity() const noexcept { return simulation_.account().free_equity(); }
  [[nodiscard]] std::size_t open_positions() const noexcept {
    return simulation_.account().open_positions();
  }
  /// The newest close; 0 before the first candle.
  [[nodiscard]] double marked(InstrumentId instrument) const noexcept {
    return simulation_.account().marked(instrument);
  }
  [[nodiscard]] bool is_day_lost() const noexcept { return simulation_.is_day_lost(); }
  [[nodiscard]] const backtest::PortfolioSettings& settings() const noexcept {
    return plan_.settings;
  }

  /// Exact bytes of everything that the next bar depends on. O(symbols + slots).
  [[nodiscard]] std::string snapshot() const;
  /// Requires an account of the same plan. Error: conflict, field `state`, and nothing is changed:
  /// bytes of another version or plan, or damaged ones.
  [[nodiscard]] result::Status restore(std::string_view bytes);

 private:
  explicit PaperAccount(backtest::PortfolioPlan plan);
  [[nodiscard]] Outcome take_outcome();

  backtest::PortfolioPlan plan_;
  backtest::PortfolioResult result_;
  backtest::Simulation simulation_;
};

}  // namespace hts::paper
