#pragma once

#include <string>
#include <vector>

#include <boost/program_options.hpp>

#include "adapters/cli/command.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/result/result.hpp"

namespace hts::cli {

/// The candles that a command works on, and where they come from.
struct MarketData {
  std::vector<market::Symbol> symbols;
  std::vector<market::CandleSeries> series;  ///< by symbol

  [[nodiscard]] std::vector<market::CandleView> views() const;
  [[nodiscard]] std::size_t candles() const;
};

/// --candles, --symbol, --timeframe, --from, --to, --data-root: files, or the catalog.
void add_market_options(boost::program_options::options_description& description,
                        const CommandEnvironment& environment);

/// Files whole or within --from and --to, or the catalog's candles of the symbols. Errors: invalid
/// with the option as field for what is missing or contradicts; those of the files and the catalog.
[[nodiscard]] result::Result<MarketData> load_market_data(
    const boost::program_options::variables_map& values, CommandEnvironment& environment);

/// Whether an error of this field can be corrected by typing something else.
[[nodiscard]] bool is_usage_field(const std::string& field);

}  // namespace hts::cli
