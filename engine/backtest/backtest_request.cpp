#include "engine/backtest/backtest_request.hpp"

#include <set>
#include <utility>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

result::Result<BacktestRequest> make_backtest_request(const RawBacktestRequest& raw) {
  using result::ErrorCode;
  using result::make_error;

  auto definition = strategies::find_strategy(raw.strategy);
  if (!definition) return std::move(definition).error();
  auto parameters = strategies::resolve_for(**definition, raw.params);
  if (!parameters) return std::move(parameters).error();
  if (raw.mode != "signals") {
    return make_error(ErrorCode::invalid,
                      "mode '" + raw.mode.substr(0, 32) + "' is not available: use \"signals\".",
                      "mode");
  }
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

  auto range = time::parse_date_range(raw.start_date, raw.end_date);
  if (!range) return std::move(range).error();
  auto timeframe = market::Timeframe::parse(raw.timeframe);
  if (!timeframe) return std::move(timeframe).error();

  request.strategy = (*definition)->name;
  request.parameters = std::move(parameters).value();
  request.start_date = raw.start_date;
  request.end_date = raw.end_date;
  request.range = *range;
  request.timeframe = *timeframe;
  request.description = raw.description;
  return request;
}

}  // namespace hts::backtest
