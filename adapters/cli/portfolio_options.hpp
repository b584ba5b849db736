#pragma once

#include <vector>

#include <boost/program_options.hpp>

#include "engine/backtest/portfolio/portfolio_options.hpp"
#include "engine/result/result.hpp"

/// The account's options as every command of portfolio backtests takes them: `stop_loss` is
/// `--stop-loss`.
namespace hts::cli {

void add_portfolio_options(boost::program_options::options_description& description);

/// What was given of them, to be checked by the engine or sent to a daemon.
[[nodiscard]] std::vector<backtest::NamedText> portfolio_texts_given(
    const boost::program_options::variables_map& values);

/// The same, understood. Errors: those of `backtest::read_portfolio_options`.
[[nodiscard]] result::Result<backtest::PortfolioOptions> read_portfolio_options(
    const boost::program_options::variables_map& values);

}  // namespace hts::cli
