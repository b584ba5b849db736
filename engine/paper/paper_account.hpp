#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/portfolio/simulation.hpp"
#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/paper/account_bytes.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/warm_strategy.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::paper {

/// The account of a paper session: the very simulation of a backtest, moved on one bar at a time.
///
/// 1. Equal plans, bars and signals give the fills, trades and refusals of
///    `backtest::simulate_signals` to the last bit, but that open positions stay open.
/// 2. `snapshot` after any bar, restored into a new account of the same plan, goes on with the same
///    bits. Memory does not grow with the bars.
/// 3. Strategies that give orders of their own live in it, because they read it: each is asked at
///    its candle's close, on the caller's thread. One that fails, or cannot be stored, is not asked
///    again; its orders and the entry that waits are cancelled, and its position stays.
///
/// Amounts in the quote currency. Used by one thread at a time.
class PaperAccount {
 public:
  /// Errors: invalid with the setting's name as field; invalid, field `strategy`: an unknown one.
  [[nodiscard]] static result::Result<std::unique_ptr<PaperAccount>> make(const LivePlan& plan);
  PaperAccount(const PaperAccount&) = delete;
  PaperAccount& operator=(const PaperAccount&) = delete;

  /// What a bar or a request brought about.
  struct Outcome {
    std::vector<backtest::Fill> fills;             ///< in order of execution
    std::vector<backtest::PortfolioTrade> trades;  ///< in order of exit
    std::vector<backtest::Refusal> refusals;       ///< the first thousand of the bar
  };
  /// A candle for a strategy that gives orders of its own.
  struct Asked {
    SlotId slot = 0;
    market::Candle candle;
    bool may_open = true;  ///< else its orders close what it holds and open nothing
  };
  /// `candles` ascending by symbol, `signals` (given at this bar's close) ascending by slot, as is
  /// `asked`. Bars ascend. O(slots + symbols).
  [[nodiscard]] Outcome step(time::Timestamp open_time,
                             std::span<const backtest::SteppedCandle> candles,
                             std::span<const backtest::SteppedSignal> signals,
                             std::span<const Asked> asked = {});
  /// What the strategies that the last step has asked answered: a signal, a failure or neither.
  [[nodiscard]] std::span<const backtest::SteppedAsk> answers() const noexcept { return asks_; }
  /// From now on this one gives the orders of the slot, which has a strategy that gives orders;
  /// what the one before left is cancelled. See `check_snapshot`.
  void take_strategy(SlotId slot, WarmStrategy warm);
  /// Null: its strategy gives signals. One without a strategy has failed.
  [[nodiscard]] const WarmStrategy* strategy_of(SlotId slot) const noexcept;
  /// The next SlotId. Errors as for `make`.
  [[nodiscard]] result::Status add_slot(const LiveSlot& slot);
  /// A waiting signal of the slot opens nothing any more; see Simulation::stop_entry for orders.
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

  /// Exact bytes of everything that the next bar depends on. O(symbols + slots + orders).
  [[nodiscard]] std::string snapshot() const;
  /// Requires an account of the same plan. A strategy that is not what it was when the bytes were
  /// made (its code, its state version) has failed. Error: conflict, field `state`, and nothing is
  /// changed: bytes of a later version or another plan, or damaged ones.
  [[nodiscard]] result::Status restore(std::string_view bytes);

 private:
  /// The strategy of a slot that gives orders of its own.
  struct OrderGiver {
    SlotId slot = 0;
    WarmStrategy warm;
    std::string snapshot;  ///< after its newest candle; empty: it has failed
  };

  explicit PaperAccount(backtest::PortfolioPlan plan);
  [[nodiscard]] Outcome take_outcome();
  [[nodiscard]] OrderGiver* giver_of(SlotId slot) noexcept;
  void note_giver(SlotId slot, const LiveSlot& planned);
  void keep(OrderGiver& giver, backtest::SteppedAsk& ask);
  void restore(OrderGiver& giver, StoredStrategy stored);

  backtest::PortfolioPlan plan_;
  backtest::PortfolioResult result_;
  backtest::Simulation simulation_;
  std::vector<OrderGiver> givers_;          ///< ascending by slot
  std::vector<backtest::SteppedAsk> asks_;  ///< of the last step
};

}  // namespace hts::paper
