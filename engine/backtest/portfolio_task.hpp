#pragma once

#include <vector>

#include "engine/backtest/backtest_request.hpp"
#include "engine/backtest/backtest_run.hpp"
#include "engine/market/symbol.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

inline constexpr std::size_t max_strategies = 16;

/// What a request of the mode `portfolio` means. Every strategy trades every symbol that is not
/// disabled, symbol by symbol in the order of the request, each with a position of its own. Of a
/// parameter the most special value holds: that of the symbol and strategy, of the symbol, of the
/// strategy, of all. `symbols` are the request's, understood. Errors: invalid with the field
/// (`strategies`, `params.NAME`, `symbol_params.SYMBOL.NAME`, `disabled_symbols[i]`,
/// `portfolio.NAME`).
[[nodiscard]] result::Result<PortfolioTask> make_portfolio_task(
    const RawBacktestRequest& raw, const std::vector<market::Symbol>& symbols);

/// The parameters of a task as an answer shows them: `fast` of a single strategy, `sma_cross.fast`
/// of several, `BTC_KRW:fast` where a symbol's differ from the first symbol's.
[[nodiscard]] std::vector<strategies::NamedValue> shown_parameters(const PortfolioTask& task);

}  // namespace hts::backtest
