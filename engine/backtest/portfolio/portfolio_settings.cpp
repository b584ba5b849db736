#include "engine/backtest/portfolio/portfolio_settings.hpp"

namespace hts::backtest {

PortfolioSettings backtesting_py_profile(double cash, double commission) {
  PortfolioSettings settings;
  settings.cash = cash;
  settings.fees.maker_rate = commission;
  settings.fees.taker_rate = commission;
  settings.sizing.rule = trading::Sizing::Rule::all_in;
  settings.lot.step = 1;
  settings.direction = Direction::both;
  settings.close_at_last_open = true;
  settings.backtesting_py_sizing = true;
  return settings;
}

}  // namespace hts::backtest
