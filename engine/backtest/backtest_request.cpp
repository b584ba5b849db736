#include "engine/backtest/backtest_request.hpp"

#include <set>
#include <utility>

#include "engine/backtest/portfolio_task.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

/// What only an account can do must not be asked of the signals, where it would be ignored.
result::Status refuse_in_signals(const RawBacktestRequest& raw) {
  const auto refuse = [](const std::string& what, const std::string& field) {
    return result::make_error(result::ErrorCode::invalid,
                              what + " for mode \"portfolio\": choose that mode or leave it out.",
                              field);
  };
  if (!raw.more_strategies.empty()) return refuse("Several strategies are", "strategies");
  if (!raw.symbol_params.empty()) return refuse("symbol_params is", "symbol_params");
  if (!raw.disabled_symbols.empty()) return refuse("disabled_symbols is", "disabled_symbols");
  if (!raw.portfolio.empty()) {
    return refuse(raw.portfolio.front().name + " is", "portfolio." + raw.portfolio.front().name);
  }
  return result::success();
}

result::Status read_signals_mode(const RawBacktestRequest& raw, BacktestRequest& request) {
  auto definition = strategies::find_strategy(raw.strategy);
  if (!definition) return std::move(definition).error();
  auto parameters = strategies::resolve_for(**definition, raw.params);
  if (!parameters) return std::move(parameters).error();
  if (auto refused = refuse_in_signals(raw); !refused) return refused;
  if ((*definition)->uses_orders) {
    return result::make_error(result::ErrorCode::invalid,
                              (*definition)->name +
                                  " gives orders of its own, so it needs an "
                                  "account: use mode \"portfolio\".",
                              "mode");
  }
  request.strategy = (*definition)->name;
  request.parameters = std::move(parameters).value();
  request.shown_parameters = request.parameters.values();
  return result::success();
}

result::Status read_portfolio_mode(const RawBacktestRequest& raw, BacktestRequest& request) {
  auto task = make_portfolio_task(raw, request.symbols);
  if (!task) return std::move(task).error();
  request.strategy = raw.strategy;
  for (const std::string& more : raw.more_strategies) request.strategy += "+" + more;
  request.shown_parameters = shown_parameters(*task);
  request.portfolio = std::move(task).value();
  return result::success();
}

}  // namespace

result::Result<BacktestRequest> make_backtest_request(const RawBacktestRequest& raw) {
  using result::ErrorCode;
  using result::make_error;

  if (auto known = strategies::find_strategy(raw.strategy); !known) {
    return std::move(known).error();
  }
  auto mode = parse_mode(raw.mode);
  if (!mode) return std::move(mode).error();
  if (raw.symbols.empty()) {
    return make_error(ErrorCode::invalid,
                      "symbols is empty: give at least one, for example \"KRW-BTC\".", "symbols");
  }
  if (raw.symbols.size() > max_symbols) {
    return make_error(ErrorCode::invalid,
                      "symbols has " + std::to_string(raw.symbols.size()) +
                          " entries: give at most " + std::to_string(max_symbols) + " a run.",
                      "symbols");
  }
  if (raw.description.size() > max_description_bytes) {
    return make_error(ErrorCode::invalid,
                      "description is longer than " + std::to_string(max_description_bytes) +
                          " bytes: shorten it.",
                      "description");
  }

  BacktestRequest request;
  std::set<market::Symbol> seen;
  for (std::size_t i = 0; i < raw.symbols.size(); ++i) {
    const std::string field = "symbols[" + std::to_string(i) + "]";
    auto symbol = market::Symbol::parse(raw.symbols[i]);
    if (!symbol) {
      return make_error(symbol.error().code, field + ": " + symbol.error().message, field);
    }
    if (!seen.insert(*symbol).second) {
      return make_error(ErrorCode::invalid,
                        field + ": " + symbol->text() + " is listed twice: name each symbol once.",
                        field);
    }
    request.symbols.push_back(std::move(symbol).value());
  }

  auto read =
      *mode == Mode::signals ? read_signals_mode(raw, request) : read_portfolio_mode(raw, request);
  if (!read) return std::move(read).error();

  auto range = time::parse_date_range(raw.start_date, raw.end_date);
  if (!range) return std::move(range).error();
  auto timeframe = market::Timeframe::parse(raw.timeframe);
  if (!timeframe) return std::move(timeframe).error();

  request.start_date = raw.start_date;
  request.end_date = raw.end_date;
  request.range = *range;
  request.timeframe = *timeframe;
  request.description = raw.description;
  request.fresh = raw.fresh;
  return request;
}

}  // namespace hts::backtest
