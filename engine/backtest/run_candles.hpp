#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "engine/backtest/backtest_run.hpp"
#include "engine/backtest/control/study_control.hpp"
#include "engine/backtest/fingerprint.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// Where a run's candles come from: the catalog, a file, a test. The flag is that of the run's
/// control; whoever takes long looks at it and gives an error of code cancelled.
using LoadCandles = std::function<result::Result<market::CandleSeries>(
    const market::Symbol&, market::Timeframe, time::TimeRange, const std::atomic<bool>* cancel)>;

/// The candles of a run on their way. A run takes them symbol by symbol; who wants the fingerprint
/// before that makes it keep them up to a limit, for a thousand symbols of minutes do not fit into
/// memory, and what is beyond is loaded again. One thread at a time; the request outlives it.
class RunCandles {
 public:
  explicit RunCandles(const BacktestRequest& request, LoadCandles load,
                      std::size_t keep_bytes = std::numeric_limits<std::size_t>::max());

  /// Symbols that are traded, in the order of the request.
  [[nodiscard]] const std::vector<market::Symbol>& symbols() const noexcept { return symbols_; }
  /// Of all candles; loads those that were not taken yet. Errors: those of `load` (field
  /// `symbols`), cancelled.
  [[nodiscard]] result::Result<std::string> fingerprint(const StudyControl& control = {});
  /// The candles of `symbols()[place]`, handed over; places ascending. Errors as above.
  [[nodiscard]] result::Result<market::CandleSeries> take(std::size_t place,
                                                          const StudyControl& control = {});

 private:
  [[nodiscard]] result::Result<market::CandleSeries> load_one(std::size_t place,
                                                              const StudyControl& control) const;

  const BacktestRequest* request_;
  LoadCandles load_;
  std::size_t bytes_left_;
  std::vector<market::Symbol> symbols_;
  std::vector<std::optional<market::CandleSeries>> kept_;
  Fingerprint fingerprint_;
  std::size_t hashed_ = 0;  ///< symbols in the fingerprint
};

}  // namespace hts::backtest
