#include "engine/backtest/fingerprint.hpp"

#include <algorithm>
#include <span>
#include <string_view>
#include <variant>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {
namespace {

/// Of the hash's content, not of the program: rises when results change that the version does not
/// tell apart.
constexpr std::uint64_t content_version = 1;
/// Nothing in a backtest is drawn by chance.
constexpr std::uint64_t seed = 0;
/// The size of a part is part of the hash. Of each column 8 MB, hashed in about a millisecond.
constexpr std::size_t candles_a_part = 1U << 20U;

void add_strategy(hash::HashChain& chain, const strategies::StrategyDefinition& definition,
                  const strategies::Parameters& parameters) {
  chain.text(definition.name).text(definition.fingerprint);
  chain.number(parameters.values().size());
  for (const auto& [name, value] : parameters.values()) {
    chain.text(name).number(value.index()).text(strategies::to_text(value));
  }
}

}  // namespace

Fingerprint::Fingerprint(const BacktestRequest& request) {
  const Mode mode = request.portfolio ? Mode::portfolio : Mode::signals;
  chain_.text(HTS_VERSION).number(content_version).number(seed);
  chain_.text(name_of(mode)).text(request.timeframe.name());
  if (mode == Mode::signals) {
    // Its parameters were resolved for a strategy that there is.
    add_strategy(chain_, **strategies::find_strategy(request.strategy), request.parameters);
    return;
  }
  const PortfolioTask& task = *request.portfolio;
  // Symbols that are disabled are in the answer, though not in the plan.
  chain_.number(request.symbols.size());
  for (const market::Symbol& symbol : request.symbols) chain_.text(symbol.text());
  chain_.number(task.plan.slots.size());
  for (const StrategySlot& slot : task.plan.slots) {
    chain_.number(slot.symbol);
    add_strategy(chain_, *slot.definition, slot.parameters);
  }
  for (const NamedText& setting : portfolio_texts(task.options)) {
    chain_.text(setting.name).text(setting.text);
  }
}

result::Status Fingerprint::add(const market::Symbol& symbol, market::CandleView candles,
                                const StudyControl& control) {
  chain_.text(symbol.text()).number(candles.size());
  for (std::size_t done = 0; done < candles.size(); done += candles_a_part) {
    const auto part = candles.slice(done, std::min(candles_a_part, candles.size() - done));
    if (is_cancelled(control)) return cancelled_run();
    chain_.column(part.open_time);
    for (const auto& column : {part.open, part.high, part.low, part.close, part.volume}) {
      if (is_cancelled(control)) return cancelled_run();
      chain_.column(column);
    }
  }
  return result::success();
}

result::Error cancelled_run() {
  return result::make_error(
      result::ErrorCode::cancelled,
      "The backtest was cancelled before its end; start it again for a result.");
}

}  // namespace hts::backtest
