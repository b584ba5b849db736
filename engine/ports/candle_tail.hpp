#pragma once

#include <vector>

#include "engine/market/candle.hpp"
#include "engine/market/candle_series.hpp"
#include "engine/market/symbol.hpp"
#include "engine/ports/alerts.hpp"
#include "engine/result/result.hpp"
#include "engine/time/timestamp.hpp"

/// The newest 1-minute candles, kept so that one more costs one row: the catalog's files are
/// rewritten a year at a time. What the catalog has taken over is dropped here.
///
/// May block; thread-safe.
namespace hts::ports {

struct TailCandle {
  market::Symbol symbol;
  market::Candle candle;  ///< of one minute, closed
};

/// One minute of the market in which some symbols may have had no trade.
struct TailBar {
  time::Timestamp open_time{};
  std::vector<TailCandle> candles;
  /// What people are to know before the market goes on: it is in their outbox when this is durable.
  std::vector<Alert> alerts = {};
};

class CandleTail {
 public:
  virtual ~CandleTail() = default;

  /// Durable when it returns, all or nothing. A candle that is there already stays as it is.
  [[nodiscard]] virtual result::Status append(const std::vector<TailBar>& bars) = 0;
  /// Ascending; empty when there is none.
  [[nodiscard]] virtual result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                                                  time::TimeRange range) = 0;
  struct Held {
    market::Symbol symbol;
    std::uint64_t candles = 0;
    time::Timestamp first{};
    time::Timestamp last{};
  };
  [[nodiscard]] virtual result::Result<std::vector<Held>> held() = 0;
  /// Candles that opened before `before` are in the catalog now.
  [[nodiscard]] virtual result::Status drop(const market::Symbol& symbol,
                                            time::Timestamp before) = 0;
};

}  // namespace hts::ports
