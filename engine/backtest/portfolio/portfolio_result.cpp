#include "engine/backtest/portfolio/portfolio_result.hpp"

namespace hts::backtest {

std::string_view name_of(ExitReason reason) noexcept {
  switch (reason) {
    case ExitReason::signal:
      return "signal";
    case ExitReason::order:
      return "order";
    case ExitReason::stop_loss:
      return "stop_loss";
    case ExitReason::take_profit:
      return "take_profit";
    case ExitReason::trailing_stop:
      return "trailing_stop";
    case ExitReason::liquidation:
      return "liquidation";
    case ExitReason::end_of_data:
      return "end_of_data";
    case ExitReason::by_hand:
      return "by_hand";
  }
  return "unknown";
}

}  // namespace hts::backtest
