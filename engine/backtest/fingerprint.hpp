#pragma once

#include <string>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/hash/hash128.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// Tells results apart without computing them: two runs of one fingerprint have the same result. It
/// is a hash of the engine's version, the mode, strategies (those from outside with their code's
/// hash), parameters, account settings, symbols, timeframe, the seed (0: nothing here is drawn) and
/// every candle; dates, descriptions and places in which candles lie are not in it. As fast as
/// memory, about 10 GB/s. Not safe against people who choose candles in order to deceive.
class Fingerprint {
 public:
  /// All but the candles.
  explicit Fingerprint(const BacktestRequest& request);

  /// Candles of each symbol that is traded, in the order of the request. Error: cancelled.
  [[nodiscard]] result::Status add(const market::Symbol& symbol, market::CandleView candles,
                                   const StudyControl& control = {});
  /// 32 hexadecimal digits.
  [[nodiscard]] std::string text() const { return hash::to_hex(chain_.hash()); }

 private:
  hash::HashChain chain_;
};

/// The error of a computation that somebody stopped.
[[nodiscard]] result::Error cancelled_run();
[[nodiscard]] inline bool is_cancelled(const StudyControl& control) noexcept {
  return control.cancel != nullptr && control.cancel->load(std::memory_order_relaxed);
}

}  // namespace hts::backtest
