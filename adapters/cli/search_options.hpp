#pragma once

#include <boost/program_options.hpp>

#include "adapters/cli/market_data.hpp"
#include "engine/backtest/sweep/sweep.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// --strategy, --param, --rules, --random, --seed, --by, --minimize, --yes, --threads and the
/// account's options: what `hts sweep` and `hts walk-forward` search and how.
void add_search_options(boost::program_options::options_description& description);

/// A plan with a slot for each symbol. Errors: those of the options, with their field.
[[nodiscard]] result::Result<backtest::SweepRequest> read_search(
    const boost::program_options::variables_map& values, const MarketData& data);

/// What of a request needs no candles, so that a typing mistake shows before a file is read.
[[nodiscard]] result::Status check_search(const boost::program_options::variables_map& values);

/// "fast=5, slow=20": the values that a combination has.
[[nodiscard]] std::string text_of(const std::vector<strategies::NamedValue>& values);

}  // namespace hts::cli
