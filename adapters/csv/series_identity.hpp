#pragma once

#include <filesystem>
#include <optional>
#include <span>

#include "adapters/csv/candle_reader.hpp"
#include "engine/market/symbol.hpp"
#include "engine/market/timeframe.hpp"

/// Which market and timeframe a candle file is of, when nobody says it.
namespace hts::csv {

struct SeriesIdentity {
  std::optional<market::Symbol> symbol;
  std::optional<market::Timeframe> timeframe;
};

/// From a name such as `KRW-BTC_1m_2020-02-20.csv`, `BTC_USDT-5m.csv` or `EURUSD.csv`. A symbol is
/// taken only when its quote is a known currency, so `my-candles.csv` names none.
[[nodiscard]] SeriesIdentity identity_in_name(const std::filesystem::path& path);

/// The most common distance between neighbours among the first 1,000 rows, forwards or backwards,
/// when it is a timeframe; of equally common distances the shorter.
[[nodiscard]] std::optional<market::Timeframe> usual_spacing(std::span<const CandleRow> rows);

}  // namespace hts::csv
