#pragma once

#include <optional>
#include <string>
#include <vector>

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

/// The same strategy, which in passing writes down all that it does. Both arguments must outlive
/// the strategies made from it.
[[nodiscard]] strategies::StrategyDefinition recording(
    const strategies::StrategyDefinition& definition, std::vector<RecordedOrder>& record);

/// "submits BUY limit at 100", for the middle of a sentence.
[[nodiscard]] std::string text_of(const RecordedOrder& order);

}  // namespace hts::backtest
