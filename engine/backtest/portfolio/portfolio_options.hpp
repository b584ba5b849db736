#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/backtest/portfolio/portfolio_settings.hpp"
#include "engine/market/symbol.hpp"
#include "engine/parameters/parameters.hpp"
#include "engine/result/result.hpp"

/// What people may say about the account of a portfolio backtest, declared once: the command line,
/// the API and the documentation are made from this list, so all take and refuse the same.
namespace hts::backtest {

struct PortfolioOption {
  std::string_view name;   ///< as in JSON: "stop_loss"; on a command line --stop-loss
  std::string_view value;  ///< the form of its value: "FRACTION"
  std::string_view help;   ///< one line
  bool repeatable = false;
};
/// In display order; lives as long as the program.
[[nodiscard]] std::span<const PortfolioOption> portfolio_options();

/// Name and text of one option as it came from outside, in the order given.
struct NamedText {
  std::string name;
  std::string text;

  friend bool operator==(const NamedText&, const NamedText&) = default;
};

/// The same, understood.
struct PortfolioOptions {
  std::string profile = "hts";
  PortfolioSettings settings;
  /// Both answers for candles that hold a stop and a target; `settings` has the pessimistic one.
  bool both_intrabar = false;
  std::map<market::Symbol, trading::LotRule> lots;  ///< of symbols with their own

  friend bool operator==(const PortfolioOptions&, const PortfolioOptions&) = default;
};

/// The profile's settings with what is given put over them, whatever the order. Errors: invalid
/// with the field `portfolio.NAME` for an unknown option (naming the known ones), one given twice
/// and a value that is not allowed.
[[nodiscard]] result::Result<PortfolioOptions> read_portfolio_options(
    std::span<const NamedText> given);

/// Texts that `read_portfolio_options` reads as these very options: what an answer shows and a
/// fingerprint is made of. Every setting that a profile does not imply is named.
[[nodiscard]] std::vector<NamedText> portfolio_texts(const PortfolioOptions& options);

}  // namespace hts::backtest
