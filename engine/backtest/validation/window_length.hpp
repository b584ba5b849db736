#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "engine/market/candle_series.hpp"
#include "engine/result/result.hpp"

namespace hts::backtest {

/// How long a window is: a number of bars, or a share of the data.
class WindowLength {
 public:
  /// "500" bars, "0.4" or "40%" of all. Error: invalid, with that field.
  [[nodiscard]] static result::Result<WindowLength> parse(std::string_view text,
                                                          std::string_view field);
  /// Of data with so many bars.
  [[nodiscard]] std::size_t bars(std::size_t all) const noexcept;

 private:
  double value_ = 0;
  bool is_share_ = false;
};

/// Bars of the union of the symbols' candles, which are oldest first.
[[nodiscard]] std::size_t count_bars(std::span<const market::CandleView> candles);

}  // namespace hts::backtest
