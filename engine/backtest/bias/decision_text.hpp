#pragma once

#include <string>

#include "engine/backtest/bias/order_record.hpp"
#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/strategies/context.hpp"

/// Decisions for the middle of a sentence, with all that makes them differ.
namespace hts::backtest {

/// "gives BUY with confidence 1 and stop_loss 0.03".
[[nodiscard]] std::string text_of(const strategies::Signal& signal);
/// "submits BUY limit of 2 at 100".
[[nodiscard]] std::string text_of(const RecordedOrder& order);
/// "buys 2 at 100".
[[nodiscard]] std::string text_of(const Fill& fill);

}  // namespace hts::backtest
