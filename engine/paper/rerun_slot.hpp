#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/paper/warm_strategy.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::paper {

/// A slot of a session that runs again: minutes in, decisions out. Included only by rerun.cpp.
class RerunSlot {
 public:
  /// `cash`: what the session begins with.
  [[nodiscard]] static result::Result<RerunSlot> make(const LiveSlot& slot,
                                                      market::DayBoundary boundary, double cash);

  /// Minutes before the session's first bar, or before the slot was changed; decisions are ignored.
  void warm_up(market::CandleView minutes, time::Timestamp up_to);
  /// The minute of a bar.
  void add(const market::Candle& minute);
  /// The bar has closed: the decision, if one of the slot's candles closed with it.
  [[nodiscard]] std::optional<strategies::Signal> close(time::Timestamp minute);
  /// Its strategy gives orders of its own, so the account asks it: it goes there once it is warm,
  /// and what closes with a bar is its candle.
  [[nodiscard]] bool gives_orders() const noexcept { return definition_->uses_orders; }
  [[nodiscard]] WarmStrategy take_strategy();
  [[nodiscard]] std::optional<market::Candle> close_candle(time::Timestamp minute);
  /// The minute with which the open candle closes; nothing while there is none.
  [[nodiscard]] std::optional<time::Timestamp> closes_with() const;

 private:
  RerunSlot(const strategies::StrategyDefinition& definition, strategies::AnyStrategy strategy,
            const LiveSlot& slot, market::DayBoundary boundary, double cash)
      : definition_(&definition), builder_(slot.timeframe, boundary), cash_(cash) {
    warm_.strategy.emplace(std::move(strategy));
    warm_.warmed_from = slot.warmed_from;
  }
  std::optional<strategies::Signal> decide(const market::Candle& candle);
  void fail(const std::string& why);

  const strategies::StrategyDefinition* definition_;
  WarmStrategy warm_;
  market::TimeframeBuilder builder_;
  std::optional<market::TimeframeBuilder::Closed> closed_;  ///< by the minute of the present bar
  double cash_;
};

}  // namespace hts::paper
