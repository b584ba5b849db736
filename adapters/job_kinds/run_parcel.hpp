#pragma once

#include <string>
#include <string_view>

#include "engine/backtest/backtest_run.hpp"
#include "engine/result/result.hpp"

/// A finished run on its way from a worker on another machine to the daemon that stores it: JSON,
/// `{"run": "..."}` with the run's msgpack in base64 (RFC 4648).
namespace hts::job_kinds {

[[nodiscard]] std::string pack_run(const backtest::BacktestRun& run);
/// Error: invalid, when the text is none of these.
[[nodiscard]] result::Result<backtest::BacktestRun> unpack_run(std::string_view text);

}  // namespace hts::job_kinds
