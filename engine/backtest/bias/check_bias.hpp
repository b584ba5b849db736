#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/control/workers.hpp"
#include "engine/backtest/portfolio/portfolio_plan.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// Does a backtest look into the future? A decision on the close of a bar may depend on nothing
/// after it: so it must come out the same when all later candles are others, and when there are
/// none.
namespace hts::backtest {

struct BiasOptions {
  std::size_t bars = 8;  ///< how many bars are drawn after which the future is changed and cut
  std::uint64_t seed = 1;
  /// Told the candles of each run before it. For whatever gives strategies candles beside the
  /// simulation: it must give the changed ones too, or a look ahead through it is not seen.
  std::function<void(std::span<const market::CandleView>)> announce;
};

/// The first number that a strategy looked at and that knew the future.
struct BiasedOperand {
  std::string name;     ///< "sma(period=10, source=close)"
  std::size_t bar = 0;  ///< in the union of the symbols' candles, not after that of the decision
  time::Timestamp time{};
  double with = 0;     ///< on the candles as they are; NaN: it had no value
  double without = 0;  ///< on those without their future
};

/// The first decision that knew the future.
struct BiasFinding {
  std::size_t bar = 0;  ///< of the decision, in the union of the symbols' candles
  time::Timestamp time{};
  std::size_t known_until = 0;  ///< bar after which the candles differed
  /// Nothing for a fill, for a strategy that does not tell what it looks at (one from outside), and
  /// where that is the same, so that it reads the future elsewhere.
  std::optional<BiasedOperand> operand;
  std::string sentence;  ///< what differs, for people
};

struct BiasReport {
  std::size_t bars = 0;       ///< at which the future was changed and cut
  std::size_t decisions = 0;  ///< signals, orders and fills that were compared, all runs together
  std::optional<BiasFinding> finding;

  [[nodiscard]] bool clean() const noexcept { return !finding.has_value(); }
};

/// The finding, or that there is none, for people.
[[nodiscard]] std::string sentence_of(const BiasReport& report);

/// Simulates the plan once as it is, and for each drawn bar twice more: with the candles after it
/// replaced (scaled, reversed, a random walk, in turn) and with the series cut after it. Signals
/// and orders given up to the bar must be equal, and fills up to it (before it for the cut series,
/// whose last bar closes what is open). A clean report proves nothing about the bars that were not
/// drawn; a finding is certain. What the strategy looked at (its columns, Context::look_at) is then
/// compared too.
///
/// Requires what `simulate` requires. Costs 2 * bars simulations, shared by the workers unless
/// there is someone to announce them to, and a copy of the candles for each worker. The answer does
/// not depend on the workers. Errors: those of `simulate`; invalid for data of too few candles to
/// cut.
[[nodiscard]] result::Result<BiasReport> check_bias(const PortfolioPlan& plan,
                                                    std::span<const market::CandleView> candles,
                                                    const BiasOptions& options = {},
                                                    const Workers& workers = one_worker(),
                                                    const StudyControl& control = {});

}  // namespace hts::backtest
