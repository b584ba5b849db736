#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/portfolio/account.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/portfolio/simulate.hpp"
#include "engine/backtest/portfolio/simulation_state.hpp"
#include "engine/backtest/portfolio/timeline.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/trading/order.hpp"

namespace hts::backtest {

/// The strategy of a slot that gives orders of its own, to be asked at the close of a bar: a candle
/// of its timeframe has closed with it.
struct SteppedAsk {
  std::uint32_t slot = 0;
  strategies::AnyStrategy* strategy = nullptr;
  market::Candle candle;
  std::uint64_t seen = 0;  ///< candles before this one
  /// False: what it gives closes what the slot holds and opens nothing.
  bool may_open = true;

  // The answer.
  std::optional<strategies::Signal> signal = {};
  std::optional<result::Error> failure = {};
};

/// One run of a plan: the inside of `simulate`. Used once, by one thread.
///
/// 1. Nothing that happens at a bar reads a candle after it.
/// 2. Bars at which nothing can happen (no order works, no exit guards a position, no signal is
///    due) are skipped and marked in one pass; the result has the same bits as going bar by bar.
class Simulation {
 public:
  /// All arguments outlive it. `signals[i]` are those of slot i, ascending by candle of its symbol;
  /// a slot whose strategy gives orders of its own has none and is asked at every candle.
  Simulation(const PortfolioPlan& plan, std::span<const market::CandleView> candles,
             std::span<const std::span<const strategies::IndexedSignal>> signals,
             const Detail& detail, const StudyControl& control, PortfolioResult& result);
  ~Simulation();

  /// Without candles: they come one bar at a time by `step`. Both arguments outlive it, and the
  /// plan may gain slots (see `add_slot`). Strategies that give orders of their own come with
  /// `step`.
  Simulation(const PortfolioPlan& plan, PortfolioResult& result);

  /// Fills the result. Error: cancelled.
  [[nodiscard]] result::Status run();

  // Bar by bar (stepping.cpp): the same bits as `run` over the same candles and signals, but that
  // nothing is closed at the end. What happened is added to the result's fills, trades and
  // refusals, which the caller takes out; its time and equity stay empty.

  /// One moment of the market: `candles` ascending by symbol, `signals` those given at its close,
  /// ascending by slot. A signal of a symbol without a candle here waits for its next one.
  ///
  /// `asks` ascend by slot, one a slot, none of a slot with a signal. Each is asked where `run`
  /// asks it, with the account as it is then. Of one that fails the orders and the entry that waits
  /// are cancelled; all else goes on.
  void step(time::Timestamp now, std::span<const SteppedCandle> candles,
            std::span<const SteppedSignal> signals, std::span<SteppedAsk> asks = {});
  /// The plan has a slot more, its last.
  void add_slot();
  /// What the slot's signal that still waits would open, it opens no more. Of its working orders
  /// those against its position go on and turn nothing; the others are cancelled.
  void stop_entry(std::size_t slot);
  void cancel_orders(std::size_t slot) { slots_[slot].orders.clear(); }
  /// The slot's position is closed at the next open of its symbol; its working orders are
  /// cancelled.
  void close_at_next_open(std::size_t slot);
  /// At this price, before slippage, at this moment; the slot's working orders are cancelled.
  /// Requires a position.
  void close_now(std::size_t slot, double price, time::Timestamp moment);
  [[nodiscard]] const Account& account() const noexcept { return account_; }
  /// The day's loss limit is reached: nothing opens before the next UTC day.
  [[nodiscard]] bool is_day_lost() const noexcept;

  [[nodiscard]] SimulationState state() const;
  /// Requires a state of the same plan, whose numbers are possible.
  void restore(const SimulationState& state);

 private:
  class SlotDesk;

  struct Slot {
    std::uint32_t symbol = 0;
    std::unique_ptr<SlotDesk> desk;  ///< of slots that give orders, as are the next three
    std::optional<strategies::AnyStrategy> strategy;  ///< of a whole run
    SteppedAsk* ask = nullptr;  ///< at the present bar of a stepped simulation
    bool may_open = true;       ///< by orders and signals given from now on
    std::span<const strategies::IndexedSignal> signals;
    std::size_t next_signal = 0;
    std::optional<PendingSignal> pending;
    std::vector<WorkingOrder> orders;
    bool entered_inside = false;  ///< the position was opened inside the present candle
    const strategies::Signal* given = nullptr;  ///< at the present bar of a stepped simulation
  };
  struct SymbolState {
    market::CandleView candles;
    std::size_t next = 0;  ///< candle that the next bar may show
    bool present = false;  ///< it has a candle at the present bar
    market::Candle candle;
    trading::LotRule lot;
    std::vector<std::uint32_t> slots;
  };
  enum class Outcome { filled, partly, waiting, refused };

  // The loop (simulation.cpp).
  [[nodiscard]] result::Status make_strategies();
  void make_room(std::size_t bars);
  void begin_bar(std::size_t bar);
  void open_bar();
  void trade_bar();
  void end_bar();
  void close_bar();
  [[nodiscard]] bool is_plain() const;
  [[nodiscard]] std::size_t trade_plainly(std::size_t bar);
  [[nodiscard]] std::size_t quiet_until(std::size_t bar) const;
  [[nodiscard]] bool stands_until(std::size_t bar, std::size_t end) const;
  void mark_quietly(std::size_t begin, std::size_t end);
  void close_what_is_open();
  void start_day(time::Timestamp now);
  void liquidate_if_due(std::uint32_t symbol);

  // Signals (signals.cpp).
  void decide(std::size_t slot);
  void decide_with_desk(std::size_t slot);
  void answer(std::size_t slot);
  void take_given(std::size_t slot);
  void take_signal(std::size_t slot, const strategies::Signal& signal);
  void execute_pending(std::size_t slot, double price);
  [[nodiscard]] bool may_open(trading::Side side) const noexcept;

  // Orders and protections against one candle (matching.cpp).
  void match_at_open(std::size_t slot);
  void match_inside(std::size_t slot);
  void match_at_close(std::size_t slot);
  bool protect_at_open(std::size_t slot);
  void note_ambiguity(std::size_t slot);
  void run_stops(std::size_t slot);
  void run_targets(std::size_t slot);
  void run_entries(std::size_t slot);
  void follow_prices(std::size_t slot);
  void retire_orders(std::size_t slot);
  void exit_protected(std::size_t slot, double price, bool maker, ExitReason reason);
  void execute(std::size_t slot, WorkingOrder& order, double price, bool maker);

  // Quantities, prices and refusals (entry.cpp).
  struct Entry {
    trading::Side side = trading::Side::buy;
    double price = 0;  ///< before slippage
    double limit = 0;  ///< slippage goes no further; 0 is no limit
    bool maker = false;
    bool whole_or_nothing = false;
    trading::Protection protection;
  };
  /// Opens or enlarges by `remaining`, or by what sizing gives when that is 0; leaves in it what
  /// this candle's volume could not fill.
  Outcome enter(std::size_t slot, const Entry& entry, double& remaining);
  [[nodiscard]] bool is_overexposed(std::size_t slot, double value) const;
  Outcome leave(std::size_t slot, const Entry& exit, double quantity, ExitReason reason);
  [[nodiscard]] double size_of(std::size_t slot, const Entry& entry) const;
  [[nodiscard]] double affordable(double price, bool maker) const noexcept;
  [[nodiscard]] double slipped(const Entry& entry, double quantity) const noexcept;
  [[nodiscard]] double capacity() const noexcept;
  void refuse(std::size_t slot, std::string_view reason);

  [[nodiscard]] Moment moment() const noexcept {
    return {bar_, now_, candle_ != nullptr ? candle_->volume : 0};
  }

  const PortfolioPlan* plan_;
  const PortfolioSettings* settings_;
  Detail detail_;
  const StudyControl* control_;
  Timeline timeline_;
  PortfolioResult& result_;
  Account account_;
  std::vector<SymbolState> symbols_;
  std::vector<Slot> slots_;
  trading::OrderId next_id_ = 1;

  std::size_t bar_ = 0;
  time::Timestamp now_{};
  const market::Candle* candle_ = nullptr;  ///< of the slot that trades
  std::int64_t day_ = 0;
  double equity_at_day_start_ = 0;
  bool plain_ = false;                    ///< see is_plain
  bool any_orders_ = false;               ///< a strategy gives orders of its own: no bar is quiet
  std::optional<result::Error> failure_;  ///< of a strategy that gives orders: ends the run
};

}  // namespace hts::backtest
