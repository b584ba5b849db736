#pragma once

#include <string>
#include <vector>

#include "engine/backtest/sweep/sweep.hpp"
#include "engine/backtest/validation/verdict.hpp"
#include "engine/backtest/validation/walk_forward.hpp"
#include "engine/json/json_writer.hpp"

/// Searches and what they are worth, in JSON. Statistics have the names and units of the portfolio
/// answer; what is undefined or was not computed is null.
namespace hts::json {

/// `{"strategy", "symbols", "by", "minimize", "combinations", "evaluated", "refused",
/// "first_refusal", "best": [{"combination", "params", "statistics"}], "winner": {"params",
/// "statistics"}, "sharpe": ..., "overfitting": ..., "bias": ..., "notes": [...]}`.
[[nodiscard]] std::string sweep_to_text(const backtest::SweepRequest& request,
                                        const backtest::TrialResults& results,
                                        const backtest::Verdict& verdict);

/// `{"strategy", "symbols", "by", "minimize", "anchored", "train_bars", "test_bars", "windows":
/// [{"train_begin", ..., "params", "train": statistics, "test": statistics}], "statistics",
/// "efficiency_ratio", "trades", "equity", "time"}`.
[[nodiscard]] std::string walk_forward_to_text(const backtest::WalkForwardRequest& request,
                                               const backtest::WalkForwardResult& result);

/// An object: `{"clean", "bars", "decisions", "bar", "time", "known_until", "sentence"}`, the last
/// four null when nothing was found.
void write_bias(Writer& writer, const backtest::BiasReport& bias);

}  // namespace hts::json
