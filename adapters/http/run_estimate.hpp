#pragma once

#include <chrono>

#include "adapters/http/http_message.hpp"
#include "engine/backtest/backtest_run.hpp"

namespace hts::http {

/// From this estimate on a client that prefers it gets a task instead of waiting.
inline constexpr std::chrono::seconds async_from{10};

/// Candles that one core computes in a second, loading them included: rather too few than too many.
/// A portfolio trades all symbols on one account.
inline constexpr double signal_candles_per_second = 10e6;
inline constexpr double portfolio_candles_per_second = 2e6;

/// How long the run would take if all its candles were there: those in the range times the symbols,
/// at the speeds above. An open range counts as ten years.
[[nodiscard]] std::chrono::duration<double> estimated_run_time(
    const backtest::BacktestRequest& request);

/// `Prefer: respond-async` (RFC 7240), among other preferences or alone.
[[nodiscard]] bool prefers_async(const HttpRequest& request) noexcept;

}  // namespace hts::http
