#pragma once

#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/json/json_writer.hpp"

/// Backtest results in the JSON that clients of the seed system read. Times are ISO 8601 UTC;
/// `return_pct` of a signal is a fraction (0.05 is 5 %), `avg_return` and `max_drawdown` of a
/// symbol are percents, `win_rate` is 0..1, `equity` 1.05 is +5 %.
namespace hts::json {

/// Of the answer's form, not of the program.
inline constexpr const char* answer_version = "1.1.0";

/// The backtest answer with all signals and performance curves, or with all that the account of the
/// mode `portfolio` did (`document`). O(signals), about 1 KB each.
[[nodiscard]] std::string backtest_to_text(const backtest::BacktestRun& run,
                                           Layout layout = Layout::compact);
/// The same as a value inside a document that is being written.
void write_backtest(Writer& writer, const backtest::BacktestRun& run);

/// An item of the history: the answer without signals and curves, with the number of `signals` and
/// of `candles` of each symbol in `signal_count` and `candles`.
[[nodiscard]] std::string summary_to_text(const backtest::RunSummary& summary,
                                          Layout layout = Layout::compact);
void write_summary(Writer& writer, const backtest::RunSummary& summary);

}  // namespace hts::json
