#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/sweep/sweep.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

/// A sweep in stretches of its walk that are tried anywhere, in any order, and put together to the
/// very answer of `run_sweep`.
///
/// A stretch tells of each combination only what the search needs of all of them, 16 bytes. The
/// period returns of the sampled trials and the statistics of the best are computed once more when
/// the stretches are put together: some ten trials for each sampled one at most, whatever the
/// number of combinations. All functions are of one thread; progress and cancel as in a sweep.
namespace hts::backtest {

struct SweepStretch {
  std::uint64_t begin = 0;         ///< place of the walk, `SearchWalk::start_at`
  std::uint64_t combinations = 0;  ///< to be tried; those that the strategy refuses not counted

  friend bool operator==(const SweepStretch&, const SweepStretch&) = default;
};

/// At most `most` stretches of about equal size, each of at least `fewest` combinations but for a
/// shorter sweep. Walks once: about a microsecond a combination. Errors: those of `run_trials`
/// about the space; cancelled.
[[nodiscard]] result::Result<std::vector<SweepStretch>> cut_sweep(const SweepRequest& request,
                                                                  std::size_t most,
                                                                  std::uint64_t fewest,
                                                                  const StudyControl& control = {});

/// What the search needs to know of a trial.
struct TriedCombination {
  double value = 0;  ///< of the objective
  double period_sharpe = 0;
  bool refused = false;
};
struct TriedStretch {
  std::vector<TriedCombination> tried;  ///< in the order of the walk
  std::string first_refusal;            ///< of the data, not of the strategy; empty without any
};

/// Errors: those of `run_sweep`.
[[nodiscard]] result::Result<TriedStretch> try_stretch(const SweepRequest& request,
                                                       const SweepStretch& stretch,
                                                       std::span<const market::CandleView> candles,
                                                       const StudyControl& control = {});

/// All stretches of a cut, in order. Errors: those of `run_sweep`; invalid when the stretches are
/// not those of this request.
[[nodiscard]] result::Result<TrialResults> join_stretches(
    const SweepRequest& request, std::span<const TriedStretch> stretches,
    std::span<const market::CandleView> candles, const StudyControl& control = {});

}  // namespace hts::backtest
