#pragma once

#include <cstdint>
#include <optional>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/timeframe_builder.hpp"
#include "engine/paper/live_plan.hpp"
#include "engine/result/result.hpp"
#include "engine/strategies/any_strategy.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::paper {

/// A slot of a session that runs again: minutes in, decisions out. Included only by rerun.cpp.
class RerunSlot {
 public:
  [[nodiscard]] static result::Result<RerunSlot> make(const LiveSlot& slot,
                                                      market::DayBoundary boundary);

  /// Minutes before the session's first bar, or before the slot was changed; decisions are ignored.
  void warm_up(market::CandleView minutes, time::Timestamp up_to);
  /// The minute of a bar.
  void add(const market::Candle& minute);
  /// The bar has closed: the decision, if one of the slot's candles closed with it.
  [[nodiscard]] std::optional<strategies::Signal> close(time::Timestamp minute);
  /// The minute with which the open candle closes; nothing while there is none.
  [[nodiscard]] std::optional<time::Timestamp> closes_with() const;

 private:
  RerunSlot(const strategies::StrategyDefinition& definition, strategies::AnyStrategy strategy,
            const LiveSlot& slot, market::DayBoundary boundary)
      : definition_(&definition),
        strategy_(std::move(strategy)),
        builder_(slot.timeframe, boundary) {}
  std::optional<strategies::Signal> decide(const market::Candle& candle);

  const strategies::StrategyDefinition* definition_;
  strategies::AnyStrategy strategy_;
  market::TimeframeBuilder builder_;
  std::optional<market::TimeframeBuilder::Closed> closed_;  ///< by the minute of the present bar
  std::size_t candles_ = 0;
  bool has_failed_ = false;
};

}  // namespace hts::paper
