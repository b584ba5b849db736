#pragma once

#include <iosfwd>

#include <boost/json/object.hpp>

#include "engine/backtest/backtest_run.hpp"

namespace hts::cli {

/// A portfolio backtest for people: its statistics in two columns, the last trades, and what to
/// beware of. `answer` is that of the API; throws boost::system::system_error when it is another.
void print_portfolio(const boost::json::object& answer, std::ostream& out);

/// The same of a run of this process (`portfolio` is not null).
void print_portfolio(const backtest::BacktestRun& run, std::ostream& out);

}  // namespace hts::cli
