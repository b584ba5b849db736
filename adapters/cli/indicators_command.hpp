#pragma once

#include <string>
#include <vector>

#include "adapters/cli/command.hpp"

namespace hts::cli {

/// `hts indicators list [NAME]`: what there is and what each can be told.
int run_indicators_list(const std::vector<std::string>& arguments, CommandEnvironment& environment);

/// `hts indicators compute NAME --candles FILE`: the values over a candle file.
int run_indicators_compute(const std::vector<std::string>& arguments,
                           CommandEnvironment& environment);

}  // namespace hts::cli
