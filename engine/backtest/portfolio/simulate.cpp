#include "engine/backtest/portfolio/simulate.hpp"

namespace hts::backtest {

result::Result<PortfolioResult> simulate(const PortfolioPlan& /*plan*/,
                                         std::span<const market::CandleView> /*candles*/,
                                         const Detail& /*detail*/,
                                         const StudyControl& /*control*/) {
  return result::make_error(result::ErrorCode::internal, "The simulation is not built yet.");
}

}  // namespace hts::backtest
