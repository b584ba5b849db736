#pragma once

#include <boost/json/object.hpp>

#include "engine/backtest/statistics/portfolio_statistics.hpp"

namespace hts::conformance {

/// Expects each line of a golden file's `stats`, and that there is no other, to a relative 1e-8.
void expect_report(const backtest::PortfolioStatistics& report, const boost::json::object& stats);

}  // namespace hts::conformance
