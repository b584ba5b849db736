#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/backtest/portfolio/portfolio_result.hpp"
#include "engine/backtest/statistics/portfolio_statistics.hpp"
#include "engine/backtest/sweep/sweep.hpp"

/// Searches on one stretch of the data, trades what it found on the next, and so on to the end:
/// what remains is a result that no choice of parameters has seen.
namespace hts::backtest {

struct WalkForwardRequest {
  SweepRequest sweep;          ///< searched anew in each training window
  std::size_t train_bars = 0;  ///< of the first window, in bars of the symbols' union; at least 2
  std::size_t test_bars = 0;   ///< at least 2; the last window may be shorter
  bool anchored = false;       ///< training always starts at the first bar and grows
};

/// Bars are places in the union of the symbols' candles; a window ends before its end.
struct WalkForwardWindow {
  std::size_t train_begin = 0;
  std::size_t train_end = 0;  ///< where the test begins
  std::size_t test_end = 0;
  time::Timestamp train_from{};
  time::Timestamp test_from{};
  time::Timestamp test_to{};  ///< of the last bar
  std::uint64_t evaluated = 0;
  std::uint64_t combination = 0;      ///< the winner's number in the space
  strategies::Parameters parameters;  ///< the winner's
  double objective = 0;               ///< of the winner in training
  PortfolioStatistics train;
  PortfolioStatistics test;
};

struct WalkForwardResult {
  std::vector<WalkForwardWindow> windows;
  /// The test windows one after the other, each starting with the cash that the one before ended
  /// with. Bars count from the first tested one. Without fills.
  PortfolioResult out_of_sample;
  PortfolioStatistics statistics;  ///< of it
  /// Annual return out of sample / mean annual return of the winners in training. 1 keeps what was
  /// promised, 0 nothing; NaN when training promised no gain.
  double efficiency_ratio = 0;
};

/// 1. No window's winner has seen a candle of its test. Its indicators are warm when the test
///    begins, from the candles of the training before it; only signals on candles of the test
///    count. A strategy that gives orders of its own starts cold with each test.
/// 2. A position open at the end of a test is closed there and its costs are paid.
///
/// Cancel and progress as in a sweep; the answer does not depend on the workers. Errors: those of
/// `run_sweep`; invalid (field `train` or `test`) when the data holds no test window.
[[nodiscard]] result::Result<WalkForwardResult> walk_forward(
    const WalkForwardRequest& request, std::span<const market::CandleView> candles,
    const Workers& workers, const StudyControl& control = {});

/// How many windows the data holds, when the account does not lose everything before their end.
/// Errors: invalid as above.
[[nodiscard]] result::Result<std::size_t> count_windows(
    const WalkForwardRequest& request, std::span<const market::CandleView> candles);

/// What training on a window found.
struct WindowWinner {
  std::uint64_t evaluated = 0;
  std::uint64_t combination = 0;
  double objective = 0;

  friend bool operator==(const WindowWinner&, const WindowWinner&) = default;
};

/// The training of the windows [first, last) alone. Windows are trained anywhere, in any order.
/// Errors: those of `walk_forward`.
[[nodiscard]] result::Result<std::vector<WindowWinner>> train_windows(
    const WalkForwardRequest& request, std::span<const market::CandleView> candles,
    std::size_t first, std::size_t last, const Workers& workers, const StudyControl& control = {});

/// The very answer of `walk_forward`, given the winners of all windows.
[[nodiscard]] result::Result<WalkForwardResult> walk_forward_with(
    const WalkForwardRequest& request, std::span<const market::CandleView> candles,
    std::span<const WindowWinner> winners, const StudyControl& control = {});

}  // namespace hts::backtest
