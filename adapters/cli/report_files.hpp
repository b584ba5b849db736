#pragma once

#include <atomic>

#include <boost/program_options.hpp>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/run_candles.hpp"
#include "engine/result/result.hpp"

/// The options `--report FILE.html` and `--plot FILE.png|svg` of a portfolio backtest.
namespace hts::cli {

void add_report_options(boost::program_options::options_description& description);

/// Whether one of them was given.
[[nodiscard]] bool wants_report_files(const boost::program_options::variables_map& values);

/// What can be refused before the work: files of a run that has no trades or happens elsewhere, a
/// name of another kind of file. Errors: invalid, field `report` or `plot`.
[[nodiscard]] result::Status check_report_options(
    const boost::program_options::variables_map& values);

/// Whether the files can be made where they are wanted, to be asked before the work. Error:
/// storage.
[[nodiscard]] result::Status check_report_places(
    const boost::program_options::variables_map& values);

/// Writes the files that were asked for. The run's candles are loaded once more, for it did not
/// keep them; `run.portfolio` is not null. Errors: those of `load`, to which `cancel` goes;
/// storage.
[[nodiscard]] result::Status write_report_files(const boost::program_options::variables_map& values,
                                                const backtest::BacktestRun& run,
                                                const backtest::BacktestRequest& request,
                                                const backtest::LoadCandles& load,
                                                const std::atomic<bool>& cancel);

}  // namespace hts::cli
