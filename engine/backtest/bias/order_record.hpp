#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/backtest/bias/look_record.hpp"
#include "engine/strategies/context.hpp"
#include "engine/strategies/strategy_definition.hpp"
#include "engine/time/timestamp.hpp"
#include "engine/trading/order.hpp"

namespace hts::backtest {

/// One thing that a strategy with orders of its own did on the close of a candle.
struct RecordedOrder {
  enum class Kind { submit, cancel, cancel_all, signal };
  time::Timestamp time{};  ///< of the candle
  Kind kind = Kind::submit;
  trading::OrderRequest request;  ///< of submit
  trading::OrderId id = 0;        ///< of cancel
  strategies::Signal signal;      ///< of signal

  friend bool operator==(const RecordedOrder&, const RecordedOrder&) = default;
};

/// The same strategy, which in passing writes down all that it does, and all that it looks at when
/// `looks` is not null. What is given must outlive the strategies made from it.
[[nodiscard]] strategies::StrategyDefinition recording(
    const strategies::StrategyDefinition& definition, std::vector<RecordedOrder>& record,
    LookRecord* looks = nullptr);

}  // namespace hts::backtest
