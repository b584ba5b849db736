#include "engine/backtest/execute.hpp"

#include <array>
#include <cstdio>
#include <utility>

#include "engine/strategies/strategy_definition.hpp"

namespace hts::backtest {

result::Result<BacktestRun> execute(const BacktestRequest& request, const LoadCandles& load,
                                    const StudyControl& control) {
  auto definition = strategies::find_strategy(request.strategy);
  if (!definition) return std::move(definition).error();

  BacktestRun run;
  run.strategy = request.strategy;
  run.parameters = request.parameters.values();
  run.start_date = request.start_date;
  run.end_date = request.end_date;
  run.timeframe = request.timeframe;
  run.description = request.description;
  run.symbols.reserve(request.symbols.size());

  const double all = static_cast<double>(request.symbols.size());
  StudyControl of_symbol;
  of_symbol.cancel = control.cancel;
  if (control.progress) {
    of_symbol.progress = [&](double share) {
      control.progress((static_cast<double>(run.symbols.size()) + share) / all);
    };
  }
  for (const market::Symbol& symbol : request.symbols) {
    if (control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed)) {
      return result::make_error(result::ErrorCode::cancelled, "The backtest was cancelled.");
    }
    auto candles = load(symbol, request.timeframe, request.range);
    if (!candles) {
      result::Error error = std::move(candles).error();
      if (error.field.empty() || error.field == "symbol") error.field = "symbols";
      return error;
    }
    auto report = run_signal_study(**definition, request.parameters, candles->view(), of_symbol);
    if (!report) return std::move(report).error();
    run.total_signals += report->trades.size();
    run.symbols.push_back({symbol, true, std::move(report).value()});
  }
  return run;
}

std::string make_run_id(std::uint64_t high, std::uint64_t low) {
  high = (high & 0xffffffffffff0fffU) | 0x4000U;            // version 4
  low = (low & 0x3fffffffffffffffU) | 0x8000000000000000U;  // RFC 9562 variant
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>((high >> 16U) & 0xffffU),
                static_cast<unsigned>(high & 0xffffU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xffffffffffffU));
  return text.data();
}

}  // namespace hts::backtest
