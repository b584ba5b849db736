#pragma once

#include <vector>

#include <boost/json/object.hpp>

#include "engine/backtest/backtest_request.hpp"
#include "engine/result/result.hpp"

namespace hts::http {

/// The members of a request that belong to the mode `portfolio` (`strategies`, `symbol_params`,
/// `disabled_symbols`, `portfolio`), as far as they can be checked without the engine. An option of
/// `portfolio` may be a number, a text, an array of them, or, for lots, an object by symbol.
/// Errors: invalid with the field (`portfolio.NAME`, `symbol_params.SYMBOL`, `strategies[1]`).
[[nodiscard]] result::Status read_portfolio_request(const boost::json::object& body,
                                                    backtest::RawBacktestRequest& into);
/// Only `portfolio`.
[[nodiscard]] result::Status read_account_options(const boost::json::object& body,
                                                  std::vector<backtest::NamedText>& into);

}  // namespace hts::http
